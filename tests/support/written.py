"""Which tables the application has written since a test database was in a known state."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from tests.support.eventually import eventually
from yanxiu.core.db import db

_WRITTEN = re.compile(r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)\"?", re.IGNORECASE)


class WrittenTables:
    """Listens to every statement sent to the database of that name."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._depending = depending_tables()
        sa.event.listen(Engine, "before_cursor_execute", self._note)

    def found(self) -> frozenset[str]:
        """The tables written since, and those that the database itself changes with them (ON DELETE)."""
        with self._lock:
            seen = frozenset(self._seen)
        return self._with_depending(seen)

    def take_at_rest(self, engine: Engine) -> frozenset[str]:
        """The same, forgotten once every write to them has ended; what is written from here on is noted anew."""
        while True:
            let_rest(engine)
            with self._lock:
                taken = frozenset(self._seen)
                self._seen.clear()
            if is_at_rest(engine):
                return self._with_depending(taken)
            self.note(taken)  # a thread that is late may still be about to write what it said it would

    def note(self, tables: frozenset[str]) -> None:
        """These were written."""
        with self._lock:
            self._seen.update(tables)

    def forget(self) -> None:
        """The database is in a known state, and nobody writes."""
        with self._lock:
            self._seen.clear()

    def _with_depending(self, seen: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        new = {table for table in seen if table in db.metadata.tables}
        while new:
            found |= new
            new = {other for table in new for other in self._depending.get(table, ())} - found
        return frozenset(found)

    def close(self) -> None:
        sa.event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        if (written := tables_written(statement)) and connection.engine.url.database == self._database:
            self.note(written)


@lru_cache(5_000)  # statements are few; most are asked thousands of times, and read only
def tables_written(statement: str) -> frozenset[str]:
    """The names after INSERT INTO, UPDATE and DELETE FROM."""
    return frozenset(_WRITTEN.findall(statement))


def depending_tables() -> dict[str, set[str]]:
    """For each table those whose rows the database deletes or changes with its rows."""
    found: dict[str, set[str]] = {}
    for table in db.metadata.tables.values():
        for key in table.foreign_keys:
            if key.ondelete:
                found.setdefault(key.column.table.name, set()).add(table.name)
    return found


def let_rest(engine: Engine) -> None:
    """Wait until no thread of the application holds a connection."""
    eventually(lambda: is_at_rest(engine), 10)


def is_at_rest(engine: Engine) -> bool:
    pool = engine.pool
    assert isinstance(pool, sa.pool.QueuePool)
    return pool.checkedout() == 0
