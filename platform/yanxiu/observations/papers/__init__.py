"""What a lesson leaves behind on paper: comments as files, and the forms a school files."""
