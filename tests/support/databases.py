"""One database per test process, brought back to its first state by copying a template."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url

from tests.support.eventually import eventually

ADMIN_URL = os.environ.get("YANXIU_TEST_DATABASE_URL", "")


def let_go(engine: Engine) -> None:
    """Close the pool once no thread of the application holds a connection of it any more."""
    pool = engine.pool
    assert isinstance(pool, sa.pool.QueuePool)
    eventually(lambda: pool.checkedout() == 0, 10)
    engine.dispose()


class SqliteDatabase:
    """A file, and a copy of it to start again from."""

    def __init__(self, folder: Path) -> None:
        self.file, self.template = folder / "yanxiu.db", folder / "template.db"
        self.url = f"sqlite:///{self.file}"

    def keep_as_template(self, engine: Engine) -> None:
        self.keep(engine, self.template)

    def keep(self, engine: Engine, copy: Path) -> None:
        """Copy the state as it is now."""
        let_go(engine)
        with sa.create_engine(self.url, poolclass=sa.pool.NullPool).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.file, copy)

    def reset(self, engine: Engine, copy: Path | None = None) -> None:
        """Start again from a copy: the template, or one that `keep` made.

        The pages are written into the open file: a thread of the application that reads meanwhile sees the state before
        or after, never a file without tables.
        """
        let_go(engine)
        with (
            closing(sqlite3.connect(f"file:{copy or self.template}?immutable=1", uri=True)) as source,
            closing(sqlite3.connect(self.file)) as target,
        ):
            target.execute("PRAGMA synchronous=OFF")
            source.backup(target)

    def drop(self, engine: Engine) -> None:
        let_go(engine)


class PostgresDatabase:
    """A database made from a template database on the server of YANXIU_TEST_DATABASE_URL."""

    def __init__(self, name: str) -> None:
        self.name, self.template = name, f"{name}_template"
        self.url = make_url(ADMIN_URL).set(database=name).render_as_string(hide_password=False)
        self._admin = sa.create_engine(ADMIN_URL, isolation_level="AUTOCOMMIT")
        self._copies = {self.template}
        self._replace(name, "template0")

    def keep_as_template(self, engine: Engine) -> None:
        let_go(engine)
        self._replace(self.template, self.name)

    def keep(self, engine: Engine, copy: Path) -> None:
        """Copy the state as it is now, into a database named after the file that SQLite would make."""
        let_go(engine)
        self._copies.add(self._named(copy))
        self._replace(self._named(copy), self.name)

    def reset(self, engine: Engine, copy: Path | None = None) -> None:
        """Start again from a copy: the template, or one that `keep` made."""
        let_go(engine)
        self._replace(self.name, self._named(copy) if copy else self.template)

    def drop(self, engine: Engine) -> None:
        let_go(engine)
        for name in (self.name, *self._copies):
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._admin.dispose()

    def _named(self, copy: Path) -> str:
        folder = zlib.crc32(str(copy.parent).encode())
        return f"{self.name}_{folder:x}_{copy.stem.replace('.', '_')}"

    def _replace(self, name: str, source: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{source}"')

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def new_database(folder: Path, worker: str) -> SqliteDatabase | PostgresDatabase:
    """Return this process's database: SQLite unless YANXIU_TEST_DATABASE_URL names a PostgreSQL server."""
    return PostgresDatabase(f"yanxiu_test_{worker}") if ADMIN_URL else SqliteDatabase(folder)
