"""The document log on disk: append, load, compact. One connection of its own, never the request's session.

A row's `seq` is given inside the write transaction (BEGIN IMMEDIATE on SQLite, a row lock on PostgreSQL), so several
processes may append to the same document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from yanxiu.core import clock
from yanxiu.lessonplans.collab.updates import MalformedUpdateError, compacted, merge
from yanxiu.lessonplans.models import PlanSnapshot, PlanUpdate

SNAPSHOT = cast(Table, PlanSnapshot.__table__)
LOG = cast(Table, PlanUpdate.__table__)

COMPACT_ROWS = 200
COMPACT_BYTES = 64 * 1024
MAX_AUTHORS_TEXT = 255


@dataclass(frozen=True)
class Append:
    """What one commit adds to one document."""

    plan_id: int
    updates: Sequence[bytes]
    user_ids: frozenset[int]


@dataclass(frozen=True)
class Appended:
    """Where it went, and how long the log now is."""

    seq: int
    log_rows: int
    log_bytes: int


@dataclass(frozen=True)
class Stored:
    """A document as it is on disk."""

    epoch: int
    base: int
    seq: int
    snapshot: bytes
    log: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return len(self.snapshot) + sum(map(len, self.log))

    def merged(self, *more: bytes) -> bytes:
        return merge([self.snapshot, *self.log, *more])


class DocumentStore:
    """Reads and writes the log of every plan through `engine`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        connection = self._engine.connect().execution_options(yanxiu_write=write)
        with connection:
            if not write and self._engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")  # snapshot and log must agree
            with connection.begin():
                yield connection

    def load(self, plan_id: int) -> Stored | None:
        """Read snapshot and log in one consistent look; None if there is no such document."""
        with self._transaction(write=False) as connection:
            return self._read(connection, plan_id)

    def _read(self, connection: Connection, plan_id: int) -> Stored | None:
        row = connection.execute(
            select(SNAPSHOT.c.epoch, SNAPSHOT.c.seq, SNAPSHOT.c.state).where(SNAPSHOT.c.plan_id == plan_id)
        ).first()
        if row is None:
            return None
        rows = connection.execute(
            select(LOG.c.seq, LOG.c.data).where(LOG.c.plan_id == plan_id, LOG.c.seq > row.seq).order_by(LOG.c.seq)
        ).all()
        seq = rows[-1].seq if rows else row.seq
        return Stored(row.epoch, row.seq, seq, bytes(row.state), tuple(bytes(r.data) for r in rows))

    def size(self, plan_id: int) -> int:
        """How many bytes the document takes, log included; 0 if there is none."""
        with self._transaction(write=False) as connection:
            size = func.length(SNAPSHOT.c.state) + SNAPSHOT.c.log_bytes
            return connection.execute(select(size).where(SNAPSHOT.c.plan_id == plan_id)).scalar() or 0

    def append(self, batch: Sequence[Append]) -> dict[int, Appended]:
        """Store a batch, one merged row a document, in one transaction that is on disk when this returns.

        Documents that do not exist any more are missing from the answer.
        """
        rows = [(item, _rows_of(item)) for item in sorted(batch, key=lambda item: item.plan_id)]
        done: dict[int, Appended] = {}
        with self._transaction(write=True) as connection:
            for item, payloads in rows:
                appended = self._append_one(connection, item, payloads)
                if appended is not None:
                    done[item.plan_id] = appended
        return done

    def _append_one(self, connection: Connection, item: Append, payloads: list[bytes]) -> Appended | None:
        size = sum(map(len, payloads))
        row = connection.execute(
            update(SNAPSHOT)
            .where(SNAPSHOT.c.plan_id == item.plan_id)
            .values(
                head=SNAPSHOT.c.head + len(payloads),
                log_rows=SNAPSHOT.c.log_rows + len(payloads),
                log_bytes=SNAPSHOT.c.log_bytes + size,
            )
            .returning(SNAPSHOT.c.head, SNAPSHOT.c.log_rows, SNAPSHOT.c.log_bytes)
        ).first()
        if row is None:
            return None
        authors, now = _authors_text(item.user_ids), clock.now()
        first = row.head - len(payloads) + 1
        connection.execute(
            insert(LOG),
            [
                {"plan_id": item.plan_id, "seq": first + i, "data": data, "user_ids": authors, "created_at": now}
                for i, data in enumerate(payloads)
            ],
        )
        return Appended(row.head, row.log_rows, row.log_bytes)

    def compact(self, plan_id: int) -> int | None:
        """Replace snapshot and log by one collected state; return its size, None if there was nothing to do.

        A document that cannot be loaded is put in quarantine and left exactly as it is.
        """
        with self._transaction(write=False) as connection:
            stored = self._read(connection, plan_id)
        if stored is None or not stored.log:
            return None
        try:
            state = compacted([stored.snapshot, *stored.log])
        except MalformedUpdateError:
            self._quarantine(plan_id)
            raise
        with self._transaction(write=True) as connection:
            changed = connection.execute(
                update(SNAPSHOT)
                .where(SNAPSHOT.c.plan_id == plan_id, SNAPSHOT.c.epoch == stored.epoch, SNAPSHOT.c.seq == stored.base)
                .values(
                    state=state,
                    seq=stored.seq,
                    log_rows=SNAPSHOT.c.log_rows - len(stored.log),
                    log_bytes=SNAPSHOT.c.log_bytes - sum(map(len, stored.log)),
                    quarantined_at=None,
                    updated_at=clock.now(),
                )
            ).rowcount
            if changed:
                connection.execute(delete(LOG).where(LOG.c.plan_id == plan_id, LOG.c.seq <= stored.seq))
        return len(state) if changed else None

    def _quarantine(self, plan_id: int) -> None:
        with self._transaction(write=True) as connection:
            connection.execute(update(SNAPSHOT).where(SNAPSHOT.c.plan_id == plan_id).values(quarantined_at=clock.now()))


def _rows_of(item: Append) -> list[bytes]:
    """One merged row; updates that refuse to merge are kept apart rather than lost."""
    try:
        return [merge(item.updates)]
    except MalformedUpdateError:
        return list(item.updates)


def _authors_text(user_ids: frozenset[int]) -> str:
    return ",".join(map(str, sorted(user_ids)))[:MAX_AUTHORS_TEXT]
