"""Where indexes live in PostgreSQL: a schema for each built index, and one row that names the one in use.

Beside the tables of the product and not among its models: an index can always be built anew, so no migration knows it
and no backup carries it. A rebuild makes a new schema and changes the row over in one transaction, so readers have
the old index until the new one is whole.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from yanxiu.search.engines.home import IndexBusyError

HOME = "yanxiu_search"
"""The schema of the pointer, and what the names of all others begin with."""
INDEXER_LOCK = 0x79786978
"""Number of the advisory lock of whoever is the indexer; such locks are a database's own."""
DROP_PATIENCE_MS = 2000
"""How long removing an old index waits for those who are still reading it; what stays is removed next time."""
_NAME = re.compile(rf"^{HOME}_[a-z0-9_]{{1,48}}$")


def connections(url: str) -> Engine:
    """A small pool of the index's own: reading never shares a transaction with the page that asks."""
    engine = sa.create_engine(url, pool_size=2, max_overflow=8, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        # Rows look small to the planner, for their terms are stored apart: it would read them all for a common word.
        connection.autocommit = True
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET jit = off")
        connection.autocommit = False

    return engine


class PostgresHome:
    """The schemas of the indexes of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def prepare(self) -> None:
        """Make the schema that holds the pointer; several processes may do it at once."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (INDEXER_LOCK + 1,))
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {HOME}")
            connection.exec_driver_sql(
                f"CREATE TABLE IF NOT EXISTS {HOME}.current (id int PRIMARY KEY CHECK (id = 1), name text NOT NULL)"
            )

    def current(self, connection: Connection) -> str:
        """The schema in use, "" for none."""
        if connection.exec_driver_sql("SELECT to_regclass(%s)", (f"{HOME}.current",)).scalar() is None:
            return ""
        name = connection.exec_driver_sql(f"SELECT name FROM {HOME}.current").scalar()
        if not name or not _NAME.match(name):
            return ""
        known = connection.exec_driver_sql("SELECT to_regclass(%s)", (f"{name}.change",)).scalar()
        return name if known is not None else ""

    def new(self, prefix: str) -> str:
        """The name of an index to be built."""
        return f"{prefix}_{secrets.token_hex(4)}"

    def change_over(self, connection: Connection, name: str) -> None:
        """Name the index in use, within the caller's transaction."""
        connection.exec_driver_sql(
            f"INSERT INTO {HOME}.current (id, name) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
            (name,),
        )

    def sweep(self) -> None:
        """Remove schemas that are not in use: older indexes and builds that were broken off."""
        with self.engine.begin() as connection:
            current = self.current(connection)
            found = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars()
            old = [name for name in found if _NAME.match(name) and name != current]
        for name in old:
            try:
                with self.engine.begin() as connection:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {DROP_PATIENCE_MS}")
                    connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {name} CASCADE")
            except DBAPIError:  # somebody reads it still
                continue

    @contextmanager
    def indexer_lock(self) -> Iterator[None]:
        """Be the only indexer of this database, on whatever machine; the server frees the lock when the process dies."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            if not connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (INDEXER_LOCK,)).scalar():
                raise IndexBusyError("another process holds the lock of the indexer")
            try:
                yield
            finally:
                connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (INDEXER_LOCK,))
