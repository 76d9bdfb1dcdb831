"""What is inside an uploaded file: allow list, child process, checks and text."""
