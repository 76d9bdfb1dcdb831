"""Searching in tests: bring the index up to date, and a shelf of made-up things to find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import Flask

from yanxiu.core.search_queue import PUBLIC, IndexDocument, IndexSource
from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.indexer import Indexer, engine_of


def bring_index_up_to_date(app: Flask) -> SearchEngine:
    """Do what the indexer does until nothing waits; the engine, looking at the newest generation."""
    engine = engine_of(app)
    with app.app_context(), engine.home.indexer_lock():
        indexer = Indexer(engine)
        indexer.recover()
        indexer.run_until_idle()
    engine.look_again()
    return engine


class Shelf:
    """A source of made-up books, kept in a dict; `hidden` ones are nobody's."""

    kind = "book"

    def __init__(self) -> None:
        self.books: dict[int, IndexDocument] = {}
        self.broken: set[int] = set()
        self.hidden: set[int] = set()
        self.source = IndexSource(self.kind, "书", self.load, self.all_ids, self.visible)

    def put(self, number: int, title: str, **fields: object) -> None:
        """Put a book on the shelf, or replace one."""
        self.books[number] = IndexDocument(
            **{"kind": self.kind, "object_id": number, "title": title, "url": f"/books/{number}",
               "acl": frozenset({PUBLIC}), **fields}
        )  # fmt: skip

    def load(self, ids: Sequence[int]) -> Iterator[IndexDocument]:
        for number in ids:
            if number in self.broken:
                raise ValueError("this book cannot be read")
            if number in self.books:
                book = self.books[number]
                yield replace(book, acl=frozenset()) if number in self.hidden else book

    def all_ids(self) -> Iterator[int]:
        return iter(sorted(self.books))

    def visible(self, _viewer: object, ids: Sequence[int]) -> set[int]:
        return {number for number in ids if number in self.books and number not in self.hidden}
