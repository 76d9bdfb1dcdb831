"""The words of a segment by how they are spelled: a sorted list of lines, made when first asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from yanxiu.search.text.fold import han_runs
from yanxiu.search.text.pinyin import spellings

MAX_WORD = 8
"""Longer ones are no words."""
BYTES_A_LINE = 41
FEW = 4096
"""So few lines are a dict: an index has many small segments, and each is asked."""
BYTES_A_SPELLING = 250
_BETWEEN = b" "


class SpelledWords:
    """Chinese words of an immutable segment, found by their spelling."""

    def __init__(self, words: Iterable[str]) -> None:
        lines = sorted(
            f"{spelling} {word}".encode()
            for word in words
            if len(word) <= MAX_WORD and han_runs(word) == [word]
            for spelling in spellings(word)
        )
        self._lines = lines
        self._words: dict[str, list[str]] | None = None
        if len(lines) <= FEW:
            self._lines, self._words = [], defaultdict(list)
            for line in lines:
                spelling, word = line.decode().split(" ")
                self._words[spelling].append(word)

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        if self._words is not None:
            return BYTES_A_SPELLING * len(self._words)
        return sum(map(len, self._lines)) + BYTES_A_LINE * len(self._lines)

    def find(self, spelling: str) -> list[str]:
        """The words that are spelled exactly so."""
        if self._words is not None:
            return self._words.get(spelling, [])
        wanted = spelling.encode() + _BETWEEN
        found: list[str] = []
        for at in range(bisect_left(self._lines, wanted), len(self._lines)):
            if not self._lines[at].startswith(wanted):
                break
            found.append(self._lines[at][len(wanted) :].decode())
        return found
