"""Divided observation: what may be watched, and dealing it to those who watch."""
