"""Counting what happens in a lesson: schemes of codes, S-T and Flanders analysis, agreement of coders. Pure computation."""
