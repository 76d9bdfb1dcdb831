"""The piece of a text that shows why it was found, cut where most of the query's words stand together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from yanxiu.search.text.fold import fold

MAX_MATCHES = 400
WIDTH = 120
LEAD = 24
"""Characters of context before the first word found."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `hit` when it is one of the words looked for."""

    text: str
    hit: bool


@lru_cache(maxsize=64)
def _pattern(needles: tuple[str, ...]) -> re.Pattern[str] | None:
    """The same for all hits of a page."""
    wanted = sorted({needle for needle in needles if needle}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, wanted))) if wanted else None


def _spans(folded: str, needles: Iterable[str]) -> list[tuple[int, int]]:
    pattern = _pattern(tuple(needles))
    if pattern is None:
        return []
    spans: list[tuple[int, int]] = []
    for match in pattern.finditer(folded):
        spans.append(match.span())
        if len(spans) >= MAX_MATCHES:
            break
    return spans


def mark(text: str, needles: Iterable[str]) -> list[Piece]:
    """The whole text in pieces, the words looked for marked (needles are folded)."""
    return _pieces(text, 0, len(text), _spans(fold(text), needles))


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for first, last in spans:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append(Piece(text[at:first], False))
        pieces.append(Piece(text[first:last], True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end], False))
    return pieces


def _best_start(folded: str, spans: list[tuple[int, int]], width: int) -> int:
    """Where a window of `width` characters holds the most different words, then the most characters of them."""
    best, best_value = 0, (-1, -1)
    for i, (start, _) in enumerate(spans):
        inside = [span for span in spans[i : i + 40] if span[1] <= start + width - LEAD]
        value = (len({folded[a:b] for a, b in inside}), sum(b - a for a, b in inside))
        if value > best_value:
            best, best_value = start, value
    return best


def line_found(text: str, needles: Iterable[str]) -> int | None:
    """The number (from 0) of the line in which most of the words looked for begin to stand together; None without any."""
    folded = fold(text)
    spans = _spans(folded, needles)
    return text.count("\n", 0, _best_start(folded, spans, WIDTH)) if spans else None


def snippet(text: str, needles: Iterable[str], width: int = WIDTH) -> list[Piece]:
    """About `width` characters of `text` around the words looked for; its beginning when none of them is in it."""
    folded = fold(text)
    spans = _spans(folded, needles)
    start = max(0, _best_start(folded, spans, width) - LEAD) if spans else 0
    end = min(len(text), start + width)
    start = max(0, min(start, end - width))
    pieces = _pieces(text, start, end, spans)
    if start > 0:
        pieces.insert(0, Piece("…", False))
    if end < len(text):
        pieces.append(Piece("…", False))
    return pieces
