"""Words teachers use for one another (教案 = 教学设计), applied to queries only."""

from __future__ import annotations

import re
from functools import cache

from yanxiu.search.text.fold import data_lines, fold


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in data_lines("synonyms.txt"):
        members = tuple(fold(word) for word in line.split())
        for word in members:
            others = tuple(other for other in members if other != word)
            table[word] = tuple(dict.fromkeys(table.get(word, ()) + others))
    return table


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(_table(), key=len, reverse=True)))


def with_synonyms(folded: str) -> list[tuple[str, tuple[str, ...]]]:
    """The words of a query that have others of the same meaning, longest first where they overlap."""
    found = dict.fromkeys(match.group() for match in _pattern().finditer(folded))
    return [(word, _table()[word]) for word in found]
