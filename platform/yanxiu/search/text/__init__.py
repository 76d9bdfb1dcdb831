"""Everything Chinese about search: pure functions above the engines."""
