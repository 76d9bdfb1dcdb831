"""School terms: a school year starts in September, its second term in February."""

from __future__ import annotations

from datetime import date

SECOND_TERM_STARTS = (2, 15)


def term_of(day: date) -> str:
    """Return the term a day belongs to, e.g. 2025-2026学年第二学期."""
    start = day.year if day.month >= 9 else day.year - 1
    second = day.month < 9 and (day.month, day.day) >= SECOND_TERM_STARTS
    return f"{start}-{start + 1}学年第{'二' if second else '一'}学期"


def terms_around(day: date) -> list[str]:
    """Return the terms a new workshop may choose: the last, this and the next two."""
    current = term_of(day)
    start = int(current[:4])
    every = [f"{year}-{year + 1}学年第{half}学期" for year in range(start - 1, start + 3) for half in "一二"]
    place = every.index(current)
    return every[place - 1 : place + 3]
