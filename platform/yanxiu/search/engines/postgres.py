"""The engine in PostgreSQL: an index that any number of processes and machines read, written by the one indexer.

For when several of them serve one site: the embedded engine's index is a folder of one machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from yanxiu.search.engines import postgres_index as index
from yanxiu.search.engines.interface import (
    Batch,
    EngineDocument,
    EngineStats,
)
from yanxiu.search.engines.postgres_home import HOME, PostgresHome, connections
from yanxiu.search.engines.postgres_index import PostgresSegment
from yanxiu.search.engines.reader import SnapshotReader
from yanxiu.search.engines.snapshot import FACTS, Snapshot

SCHEMA_VERSION = 3


class NotPreparedError(Exception):
    """`open` found no index that could be written to."""


@dataclass
class Reading:
    """What a process knows of the index in use: its stretches of numbers, and which numbers are gone."""

    name: str
    generation: int = -1
    segments: list[PostgresSegment] = field(default_factory=list)
    gone: np.ndarray[Any, Any] = field(default_factory=lambda: np.empty(0, np.int64))

    def parts(self) -> list[tuple[PostgresSegment, Any]]:
        """The stretches with their own numbers of what is gone."""
        return [
            (part, (self.gone[(self.gone >= part.first) & (self.gone <= part.last)] - part.first).astype(np.int32))
            for part in self.segments
        ]


class PostgresEngine(SnapshotReader):
    """Implements `SearchEngine` over a database of PostgreSQL; ranking, rights and counts are those of every engine."""

    FAILURES = (DBAPIError,)

    def __init__(self, url: str, segmenter: str) -> None:
        super().__init__()
        self.engine = connections(url)
        self.home = PostgresHome(self.engine)
        self.format = HOME + "_" + re.sub(r"[^a-z0-9]+", "_", f"v{SCHEMA_VERSION}_{segmenter}".lower())[:36]
        self._writable = ""
        self._reading = Reading("")

    def close(self) -> None:
        """Let the connections go."""
        self.engine.dispose()

    # --- reading ---

    def _forget(self) -> None:
        super()._forget()
        self._reading = Reading("")

    def _look(self) -> None:
        try:
            self._read_newest()
        except ProgrammingError:  # removed between the pointer and its tables
            self._forget()
            self._read_newest()

    def _read_newest(self) -> None:
        with self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            name = self.home.current(connection)
            if not name:
                self._forget()
                return
            generation, last = index.newest(connection, name)
            if (name, generation) == (self._reading.name, self._reading.generation):
                return
            known = self._reading if name == self._reading.name else Reading(name)
            self._reading = self._read_on(connection, known, generation, last)
        self._snapshot = Snapshot(generation, self._reading.parts(), self._cache)

    def _read_on(self, connection: Connection, known: Reading, generation: int, last: int) -> Reading:
        """What came after `known`, as a stretch of its own that is joined with others no longer than it."""
        removed = connection.exec_driver_sql(
            f"SELECT unnest(removed) FROM {known.name}.change WHERE generation > %s AND %s >= 0",
            (known.generation, known.generation),
        ).scalars()
        gone = [known.gone, np.array(list(removed), np.int64)]
        segments = list(known.segments)
        first = segments[-1].last + 1 if segments else 1
        if last >= first:
            facts, missing = _facts(connection, known.name, first, last)
            gone.append(missing)
            while segments and segments[-1].size <= 2 * len(facts):
                facts = np.concatenate([segments[-1].facts, facts])
                first = segments.pop().first
            segments.append(PostgresSegment(self.engine, known.name, first, facts))
        return Reading(known.name, generation, segments, np.unique(np.concatenate(gone)))

    # --- writing ---

    def open(self) -> int:
        """Make the index ready for writing; its generation, or -1 when one has to be built."""
        self.home.prepare()
        self.home.sweep()
        with self.engine.connect() as connection:
            name = self.home.current(connection)
            self._writable = name if re.fullmatch(rf"{self.format}_[0-9a-f]{{8}}", name) else ""
            return index.newest(connection, name)[0] if self._writable else -1

    def name(self) -> str:
        """Which index is in use: unlike a generation, never the same for two builds."""
        with self.engine.connect() as connection:
            return self.home.current(connection)

    def apply(self, batch: Batch) -> int:
        """Commit durably, all of it or nothing; the new generation."""
        if not self._writable:
            raise NotPreparedError("the index was not opened for writing")
        name = self._writable
        with self.engine.begin() as connection:
            generation, last = index.newest(connection, name)
            removed = index.remove(connection, name, [*batch.deleted, *(document.key for document in batch.documents)])
            newest = index.insert(connection, name, last + 1, batch.documents)
            index.note(connection, name, generation + 1, last + 1, newest, removed)
        return generation + 1

    def rebuild(self, documents: Iterable[Sequence[EngineDocument]], between: Callable[[], None]) -> int:
        """Build a new index beside the old one and change over in one transaction; a crash leaves the old one."""
        self.home.prepare()
        name = self.home.new(self.format)
        with self.engine.begin() as connection:
            index.create(connection, name)
        last = 0
        for batch in documents:
            with self.engine.begin() as connection:
                last = index.insert(connection, name, last + 1, batch)
            between()
        with self.engine.begin() as connection:
            index.finish(connection, name)
        with self.engine.begin() as connection:
            index.note(connection, name, 1, 1, last, [])
            self.home.change_over(connection, name)
        self.home.sweep()
        self._writable = name
        return 1

    def check(self) -> list[str]:
        """Read everything back; what is wrong (nothing when all is well)."""
        with self.engine.connect() as connection:
            name = self.home.current(connection)
            return list(_wrong(connection, name)) if name else ["there is no index"]

    def stats(self) -> EngineStats:
        """Size and state."""
        snapshot = self._current()
        with self.engine.connect() as connection:
            size = connection.exec_driver_sql(
                "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n "
                "ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'",
                (self.home.current(connection),),
            ).scalar_one()
        if snapshot is None:
            return EngineStats("postgres", -1, 0, 0, int(size))
        return EngineStats("postgres", snapshot.generation, snapshot.documents, len(snapshot.segments), int(size))


def _facts(connection: Connection, name: str, first: int, last: int) -> tuple[Any, Any]:
    """The facts of a stretch of numbers, and the numbers in it that no document has."""
    rows = connection.exec_driver_sql(
        f"SELECT number, object_id, date, length_w, length_b FROM {name}.entry WHERE number BETWEEN %s AND %s",
        (first, last),
    ).all()
    facts = np.zeros(last - first + 1, FACTS)
    numbers = np.array([row[0] for row in rows], np.int64)
    facts[numbers - first] = np.array([tuple(row[1:]) for row in rows], FACTS)
    return facts, np.setdiff1d(np.arange(first, last + 1), numbers)


def _wrong(connection: Connection, name: str) -> Iterator[str]:
    """What cannot be: documents and changes that disagree, words that nobody would find."""
    ask = {
        "documents that no change speaks of, or the other way round": f"""
            SELECT (SELECT count(*) FROM {name}.entry) <>
                   (SELECT coalesce(sum(last - first + 1 - cardinality(removed)), 0) FROM {name}.change)""",
        "words that are not in the list of words": f"""
            SELECT EXISTS (SELECT FROM (SELECT DISTINCT unnest(tsvector_to_array(lexemes)) AS term FROM {name}.entry) t
                           WHERE left(term, 1) IN ('w', 'b')
                           AND NOT EXISTS (SELECT FROM {name}.word WHERE lexeme = term))""",
    }
    for sentence, question in ask.items():
        if connection.exec_driver_sql(question).scalar():
            yield f"{name}: {sentence}"
