"""What belongs into the archive of a workshop. A workshop does not know what it contains, so each feature tells which of
its tables go along, which stay and why, and fills folders that people can read; `wiring` lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Table

from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models import Workshop

Row = dict[str, Any]
Scope = Callable[[Any], Select[int]]
"""Give a model, get the ids of its rows that go along."""

Move = Callable[[str], str]
"""Give a text with addresses of this site as they were, get it with those they have now."""


@dataclass(frozen=True)
class Wish:
    """What an archive shall hold: recordings themselves, and what even leaders do not see (`sealed`).

    `reader_id` is who asked for it: what this person sees on the pages goes along, too.
    """

    with_videos: bool = False
    sealed: bool = False
    reader_id: int | None = None


Where = Callable[[Wish], ColumnElement[bool]]


def as_it_is(row: Row, _wish: Wish) -> Row:
    return row


def as_it_came(row: Row) -> Row:
    return row


def nothing_more(_ids: Sequence[int]) -> None:
    """Rows that need nothing once they are here."""


@dataclass(frozen=True)
class Kept:
    """A table whose rows go along.

    `via` is the column that leads to the row it belongs to; empty for the workshop itself. `where` leaves rows out,
    `asked` those that the wish does not hold, `chosen` replaces `via` where no column leads anywhere. `points` names the table that a number without a foreign key
    points into, or the column that says which of several. `word` stands before the id in addresses, `live` before it in
    the names of live lists, `index` is its kind in the search. `leaving` takes out of a row what must not leave,
    `arriving` gives it what it needs to live elsewhere, `moving` finds addresses in values that are no text.
    `known` finds the same thing where it is brought, `placed` hears the new ids of what was put in.
    """

    model: Any
    via: str = ""
    where: ColumnElement[bool] | None = None
    asked: Where | None = None
    chosen: Callable[[Scope], ColumnElement[bool]] | None = None
    points: Mapping[str, str | tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    word: str = ""
    live: tuple[str, ...] = ()
    index: str = ""
    leaving: Callable[[Row, Wish], Row] = as_it_is
    arriving: Callable[[Row], Row] = as_it_came
    moving: Callable[[Row, Move], Row] | None = None
    known: Callable[[Row], int | None] | None = None
    placed: Callable[[Sequence[int]], None] = nothing_more

    @property
    def table(self) -> Table:
        table: Table = self.model.__table__
        return table


@dataclass(frozen=True)
class Left:
    """A table that stays where it is, though it belongs to something that goes along, and why."""

    model: Any
    why: str


class Shelf(Protocol):
    """Where a feature puts what people read. Words of a path may hold anything; the path that is returned is safe."""

    wish: Wish

    def place(self, file: StoredFile, *words: str) -> str | None:
        """Put a stored file; it lies there once, however often it is placed. None if its bytes are gone."""

    def folder(self, *words: str) -> tuple[str, ...]:
        """Return a folder of that name that nothing lies in yet."""

    def write(self, data: bytes, *words: str) -> str:
        """Put something drawn."""

    def word(self, *words: str) -> Any:
        """Open a Word file to be written into (`core.word.WordFile`), as a context; `.path` is where it will lie."""

    def both(self, *words: str) -> Any:
        """Open the same as Word and PDF (`core.pdf.PdfFile`), named without an ending; `.path` is the Word file, `.pdf`
        are the paths of the PDF files once the context has ended."""

    def pdf(self, *words: str) -> Any:
        """Open a PDF alone; `.paths` are its files once the context has ended."""

    def tell(self, section: str, title: str, path: str | None, note: str = "", also: Sequence[str] = ()) -> None:
        """Name it in the 目录; `path` None when there is nothing to open, `also` are other forms of the same."""

    def scratch(self) -> Path:
        """Return a folder for work under way."""


@dataclass(frozen=True)
class ArchivePart:
    """What one feature gives."""

    kept: tuple[Kept, ...]
    left: tuple[Left, ...] = ()
    fill: Callable[[Shelf, Workshop], None] = lambda _shelf, _workshop: None


_parts: list[ArchivePart] = []


def register_archive_parts(parts: Iterable[ArchivePart]) -> None:
    """Say who gives what, in the order in which it is read; done once by `wiring`."""
    _parts[:] = parts


def archive_parts() -> tuple[ArchivePart, ...]:
    return tuple(_parts)


def kept_tables() -> dict[str, Kept]:
    """Return the tables that go along by name, each after those it needs."""
    kept = {each.table.name: each for part in _parts for each in part.kept}
    if not kept:
        return {}
    order = next(iter(kept.values())).table.metadata.sorted_tables
    return {table.name: kept[table.name] for table in order if table.name in kept}


def left_tables() -> dict[str, Left]:
    return {each.model.__table__.name: each for part in _parts for each in part.left}
