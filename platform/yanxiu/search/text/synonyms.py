"""Words teachers use for one another (教案 = 教学设计), applied to queries only."""

from __future__ import annotations

from functools import cache

from yanxiu.search.text.fold import data_lines, fold

MAX_JOINED = 4


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in data_lines("synonyms.txt"):
        members = tuple(fold(word) for word in line.split())
        for word in members:
            others = tuple(other for other in members if other != word)
            table[word] = tuple(dict.fromkeys(table.get(word, ()) + others))
    return table


def synonyms_of(word: str) -> tuple[str, ...]:
    """Other words for a folded word."""
    return _table().get(word, ())


def with_synonyms(pieces: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """A text in pieces → its words, each with its synonyms; pieces that make one word of the table are joined."""
    found: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + MAX_JOINED), at, -1):
            word = "".join(pieces[at:end])
            if end == at + 1 or word in _table():
                found.append((word, synonyms_of(word)))
                at = end
                break
    return found
