"""The database: one engine factory, the model base, and the rules every connection follows.

SQLite runs in WAL mode with `synchronous=FULL`, foreign keys on and a 15 s busy timeout. A write unit
starts with BEGIN IMMEDIATE; a read unit with a plain BEGIN and `query_only`, so a forgotten
`unit_of_work()` fails at once instead of losing an update under load.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, event, inspect
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from yanxiu.core import clock
from yanxiu.core.turns import Turns

BUSY_TIMEOUT_MS = 15_000
PATIENCE = "yanxiu_patience_ms"
WRITES = "yanxiu_writes"
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

patience_ms: ContextVar[int | None] = ContextVar("yanxiu_patience_ms", default=None)
"""How long a transaction waits for another's lock, if not as long as usual; read when it begins."""

writing: ContextVar[bool] = ContextVar("yanxiu_writing", default=False)
"""True while this context is inside a unit of work; read when a transaction begins."""

__all__ = ["Id", "Model", "Timestamps", "UtcDateTime", "db", "hold", "hold_fresh", "is_sqlite"]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC and returned in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: use clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Base(DeclarativeBase):
    """What Flask-SQLAlchemy builds `Model` from."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime})


Id = Annotated[int, mapped_column(primary_key=True)]


class Timestamps:
    """When a row was made and last changed (UTC)."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:

    class Model(Base):
        """Base of all tables."""

        __abstract__ = True
else:
    Model = db.Model


def is_sqlite() -> bool:
    """Tell whether the application's database is SQLite."""
    return db.engine.dialect.name == "sqlite"


def hold(row: Model) -> bool:
    """Lock a row until the commit and read it again, as whoever had it before left it; False if it is gone.

    On PostgreSQL what was loaded before the lock may be old by then, so a rule is asked after this. Others may go on
    adding rows that refer to this one (hence no key is locked).
    """
    db.session.flush()
    kind = type(row)
    lock: Any = {"key_share": True, "of": kind}
    return db.session.get(kind, inspect(row).identity, populate_existing=True, with_for_update=lock) is not None


def hold_fresh(row: Model) -> bool:
    """The same for a row that no statement of this transaction has changed behind its back.

    Where one writes at a time (SQLite), what this transaction has read itself is as it is: nothing is asked again.
    """
    state = inspect(row)
    if is_sqlite() and writing.get() and state.persistent and not state.expired:
        return True
    return hold(row)


_turns = Turns()


def turn_to_write() -> AbstractContextManager[None]:
    """Wait until nobody else writes, for as long as for a lock of the database; only where it has one writer at a time."""
    if not is_sqlite():
        return nullcontext()
    return _turns.turn(db.engine.url.database, (patience_ms.get() or BUSY_TIMEOUT_MS) / 1000)


@event.listens_for(Engine, "connect")
def _set_up_connection(dbapi_connection: Any, _record: Any) -> None:
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA cache_size=-32000")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        if (haste := patience_ms.get()) is not None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {haste}")
        return
    patience = patience_ms.get() or BUSY_TIMEOUT_MS
    if connection.info.setdefault(PATIENCE, BUSY_TIMEOUT_MS) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        connection.info[PATIENCE] = patience
    options = connection.get_execution_options()
    write = bool(options.get("yanxiu_write", writing.get()))
    if connection.info.get(WRITES) is not write:  # else it is still as the transaction before left it
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
        connection.info[WRITES] = write
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
