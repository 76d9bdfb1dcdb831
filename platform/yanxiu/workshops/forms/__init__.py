"""Forms of the workshops, by what they are about."""
