"""What is done to a video file: look into it, decide, convert it. Nothing here knows the database."""
