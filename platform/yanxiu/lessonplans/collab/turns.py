"""In each plan one look at a time at what people send who may only suggest, over all processes: from reading the document
until what was taken is on disk. Two looks that do not know of each other could each take a half of what neither would take.

Who writes waits for nobody and asks nothing of this. What they write during a look counts as written after it: then the
suggestion was one when it came, and a writer may change everything.

On PostgreSQL it is a lock of the plan that ends with its transaction. SQLite has no such locks, and its own would keep all
who write waiting: there it is a file beside the database. Both end with their process.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

PLANS = 0x706C616E
"""Of the two numbers of a lock the one that says what it is about; locks of one number are others."""


class Turns:
    """Whose turn it is to look at suggestions in a plan of the database behind `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def of(self, plan_id: int) -> Iterator[None]:
        """Wait until nobody else looks. What is read within has to be read in a transaction that began within."""
        database = self._engine.url.database
        with self._in_database(plan_id) if self._engine.dialect.name != "sqlite" else _beside(Path(str(database))):
            yield

    @contextmanager
    def _in_database(self, plan_id: int) -> Iterator[None]:
        with self._engine.connect() as connection, connection.begin():
            which = {"what": PLANS, "plan": plan_id % 2**31}
            connection.execute(text("SELECT pg_advisory_xact_lock(:what, :plan)"), which)
            yield


@contextmanager
def _beside(database: Path) -> Iterator[None]:
    with database.with_name(f"{database.name}-looks").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
