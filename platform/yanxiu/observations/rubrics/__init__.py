"""Rubrics as data: the sheets schools really use, and the arithmetic over them."""
