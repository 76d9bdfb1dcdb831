"""Watching one recording together: one leads, every page shows the same moment."""
