"""Two lessons side by side (同课异构): aligned phase by phase, and compared."""
