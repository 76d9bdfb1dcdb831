"""One database per test process, brought back to its first state from a copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.support.postgres_copies import PostgresDatabase
from tests.support.written import WrittenTables, let_rest

ADMIN_URL = os.environ.get("YANXIU_TEST_DATABASE_URL", "")


def let_go(engine: Engine) -> None:
    """Close the pool once no thread of the application holds a connection of it any more."""
    let_rest(engine)
    engine.dispose()


class SqliteDatabase:
    """A file, and copies of it to start again from: one by one its pages, or only the rows of the tables written since."""

    def __init__(self, folder: Path) -> None:
        self.file, self.template = folder / "yanxiu.db", folder / "template.db"
        self.url = f"sqlite:///{self.file}"
        self._written = WrittenTables(str(self.file))
        self._here: Path | None = None
        self._giver: sqlite3.Connection | None = None

    def keep_as_template(self, engine: Engine) -> None:
        self.keep(engine, self.template)

    def keep(self, engine: Engine, copy: Path) -> None:
        """Copy the state as it is now."""
        self._let_go(engine)
        self._close_giver()
        with sa.create_engine(self.url, poolclass=sa.pool.NullPool).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.file, copy)
        self._arrive(copy)

    def reset(self, engine: Engine, copy: Path | None = None) -> None:
        """Start again from a copy: the template, or one that `keep` made."""
        wanted = copy or self.template
        if wanted == self._here:
            let_rest(engine)
            self._give_back_rows(wanted)
            return
        self._let_go(engine)
        self._give_back_pages(wanted)
        self._arrive(wanted)

    def is_written(self) -> bool:
        """Whether somebody has written since it was brought back."""
        return bool(self._written.found())

    def drop(self, engine: Engine) -> None:
        self._written.close()
        self._close_giver()
        let_go(engine)

    def _let_go(self, engine: Engine) -> None:
        """Before the file is what it was or is copied: what a late thread writes from here on is to be given back later."""
        self._written.take_at_rest(engine)
        engine.dispose()

    def _arrive(self, copy: Path) -> None:
        if copy != self._here:
            self._close_giver()
        self._here = copy

    def _close_giver(self) -> None:
        if self._giver is not None:
            self._giver.close()
            self._giver = None

    def _give_back_pages(self, copy: Path) -> None:
        """Into the open file: a thread of the application that reads meanwhile sees the state before or after, never a
        file without tables."""
        with (
            closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as source,
            closing(sqlite3.connect(self.file)) as target,
        ):
            target.execute("PRAGMA synchronous=OFF")
            source.backup(target)

    def _give_back_rows(self, copy: Path) -> None:
        """Connections stay open and know the tables still."""
        if self._giver is None:
            self._giver = sqlite3.connect(f"file:{self.file}", uri=True, check_same_thread=False)
            self._giver.execute("PRAGMA synchronous=OFF")
            self._giver.execute(f"ATTACH 'file:{copy}?immutable=1' AS kept")
            self._giver.set_authorizer(deaf_to_triggers)
        with self._giver:
            # From here on nobody writes: what a late thread of the test before wrote is known, what it will write comes after.
            self._giver.execute("BEGIN IMMEDIATE")
            for statement in giving_back(self._written.found()):
                self._giver.execute(statement)
            self._written.forget()


def deaf_to_triggers(
    _action: int, _first: str | None, _second: str | None, _database: str | None, trigger: str | None
) -> int:
    """Leave out what a trigger would do: here the audit log may forget.

    To drop its triggers and make them again would change the schema, and every connection would read the tables' and
    parse its statements anew, after each test that wrote.
    """
    return sqlite3.SQLITE_IGNORE if trigger else sqlite3.SQLITE_OK


def giving_back(tables: frozenset[str]) -> Iterator[str]:
    """The statements that give these tables the rows of the copy that is attached as `kept`."""
    for table in (*sorted(tables), "sqlite_sequence"):
        yield f'DELETE FROM main."{table}"'
        yield f'INSERT INTO main."{table}" SELECT * FROM kept."{table}"'


def new_database(folder: Path, worker: str) -> SqliteDatabase | PostgresDatabase:
    """Return this process's database: SQLite unless YANXIU_TEST_DATABASE_URL names a PostgreSQL server."""
    return PostgresDatabase(ADMIN_URL, f"yanxiu_test_{worker}") if ADMIN_URL else SqliteDatabase(folder)
