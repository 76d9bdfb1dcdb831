"""What a file looks like without downloading it."""
