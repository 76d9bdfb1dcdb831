"""What people do with lessons. Every function takes the acting person first and never commits."""
