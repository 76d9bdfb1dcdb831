"""The HTTP and socket edge that all features share."""
