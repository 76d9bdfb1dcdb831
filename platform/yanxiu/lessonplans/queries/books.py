"""The catalog of textbooks that a plan's place is chosen from. The library keeps it and tells; `wiring` says who."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

BOOK_LEVELS = ("stage", "grade", "subject", "edition", "volume")
INSIDE = ("unit", "lesson")
"""The levels of a place: the first are chosen, those inside a book are typed with the catalog's names offered."""


@dataclass(frozen=True)
class BookSource:
    """Who knows a county's catalog: the names of each level next to what is chosen, and whether a name is one at all."""

    names: Callable[[int | None, Mapping[str, str]], Mapping[str, Sequence[str]]]
    knows: Callable[[int | None, str, str], bool]


_sources: list[BookSource] = []


def register_book_source(source: BookSource) -> None:
    """Say who knows; done once by `wiring`."""
    _sources[:] = [source]


def book_names(county_id: int | None, chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what may be chosen at each level next to `chosen`; nothing where nobody knows."""
    return {level: list(names) for source in _sources for level, names in source.names(county_id, chosen).items()}


def is_book_name(county_id: int | None, level: str, name: str) -> bool:
    """Tell whether the county's catalog has the name at that level."""
    return any(source.knows(county_id, level, name) for source in _sources)
