"""The resource bank."""
