"""Words teachers use for one another (教案 = 教学设计), applied to queries only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from yanxiu.search.text.fold import data_lines, fold

MAX_JOINED = 4


@dataclass(frozen=True)
class Synonyms:
    """For each folded word the others that say the same."""

    others: Mapping[str, tuple[str, ...]]

    def of(self, word: str) -> tuple[str, ...]:
        """Other words for a folded word."""
        return self.others.get(word, ())

    def also(self, more: Mapping[str, tuple[str, ...]]) -> Synonyms:
        """The same table with further words; what is said of a word there counts in place of the old."""
        return Synonyms({**self.others, **more}) if more else self


def synonyms_from(lines: Iterable[str]) -> Synonyms:
    """A table of sets, one a line, words parted by blanks."""
    table: dict[str, tuple[str, ...]] = {}
    for line in lines:
        members = tuple(fold(word) for word in line.split())
        for word in members:
            others = tuple(other for other in members if other != word)
            table[word] = tuple(dict.fromkeys(table.get(word, ()) + others))
    return Synonyms(table)


@cache
def shipped_lines() -> tuple[str, ...]:
    """The sets that come with the program."""
    return tuple(data_lines("synonyms.txt"))


@cache
def shipped() -> Synonyms:
    """The table of those."""
    return synonyms_from(shipped_lines())


def with_synonyms(pieces: list[str], synonyms: Synonyms) -> list[tuple[str, tuple[str, ...]]]:
    """A text in pieces → its words, each with its synonyms; pieces that make one word of the table are joined."""
    found: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + MAX_JOINED), at, -1):
            word = "".join(pieces[at:end])
            if end == at + 1 or word in synonyms.others:
                found.append((word, synonyms.of(word)))
                at = end
                break
    return found
