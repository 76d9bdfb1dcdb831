"""Writes of the workshops. Every function runs inside the caller's unit of work."""
