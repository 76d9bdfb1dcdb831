"""School terms: a school year starts in September, its second term in February."""

from __future__ import annotations

import re
from datetime import date, timedelta

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


_TERM = re.compile(r"(\d{4})-\d{4}学年第([一二])学期")


def next_term(term: str) -> str:
    """Return the term that follows; of what is no term, the one that follows itself."""
    found = _TERM.fullmatch(term)
    if found is None:
        return term
    start = int(found[1]) + (found[2] == "二")
    return f"{start}-{start + 1}学年第{'一' if found[2] == '二' else '二'}学期"


def first_monday(term: str) -> date | None:
    """Return the first Monday of a term, counted from 1 September or 15 February; None of what is no term."""
    found = _TERM.fullmatch(term)
    if found is None:
        return None
    begins = _first_day(term)
    return begins + timedelta(days=-begins.weekday() % 7)


def term_days(term: str) -> tuple[date, date]:
    """Return the first and the last day of a term; ValueError for what is no term."""
    begins = _first_day(term)
    return begins, _first_day(next_term(term)) - timedelta(days=1)


def _first_day(term: str) -> date:
    found = _TERM.fullmatch(term)
    if found is None:
        raise ValueError(term)
    return date(int(found[1]), 9, 1) if found[2] == "一" else date(int(found[1]) + 1, *SECOND_TERM_STARTS)


def days_between(before: str, after: str) -> int:
    """Return how many days lie between the first Mondays of two terms: always whole weeks; 0 if one is no term."""
    first, second = first_monday(before), first_monday(after)
    return 0 if first is None or second is None else (second - first).days
