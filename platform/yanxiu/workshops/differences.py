"""What changed between two versions of a text, as one reads it: kept, taken out, put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

KEPT, OUT, IN = "kept", "out", "in"
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")
MOST_LETTERS = 300
"""Longer sentences are shown as taken out and put in as a whole: comparing letters grows with their square."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text and what happened to it."""

    text: str
    fate: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in the order of reading; sentence by sentence, and inside a changed one by letters."""
    return list(_joined(_compared(_sentences(before), _sentences(after))))


def _sentences(text: str) -> list[str]:
    return [found for found in _SENTENCE.findall(text) if found]


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        old, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal":
            yield Piece(old, KEPT)
        elif tag == "replace" and max(len(old), len(new)) <= MOST_LETTERS:
            yield from _letters(old, new)
        else:
            yield Piece(old, OUT)
            yield Piece(new, IN)


def _letters(old: str, new: str) -> Iterator[Piece]:
    """Letters tell more than whole sentences only as long as something substantial of them stayed."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.5:
        yield Piece(old, OUT)
        yield Piece(new, IN)
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(old[i1:i2], KEPT)
        else:
            yield Piece(old[i1:i2], OUT)
            yield Piece(new[j1:j2], IN)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.fate == piece.fate:
            last = Piece(last.text + piece.text, last.fate)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
