"""The document log on disk: append, load, compact. One connection of its own, never the request's session.

A row's `seq` is given inside the write transaction (BEGIN IMMEDIATE on SQLite, a row lock on PostgreSQL), so several
processes may append to the same document.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor

from yanxiu.core import clock
from yanxiu.lessonplans.collab.contents import writers_in
from yanxiu.lessonplans.collab.history import Entry, authors_in, pack, unpack
from yanxiu.lessonplans.collab.updates import MalformedUpdateError, compacted, merge, state_vector
from yanxiu.lessonplans.collab.vectors import Vectors
from yanxiu.lessonplans.models import PlanHistory, PlanImage, PlanSnapshot, PlanUpdate

SNAPSHOT = cast(Table, PlanSnapshot.__table__)
LOG = cast(Table, PlanUpdate.__table__)
HISTORY = cast(Table, PlanHistory.__table__)
PICTURES = cast(Table, PlanImage.__table__)

LENGTHEN = (
    update(SNAPSHOT)
    .where(SNAPSHOT.c.plan_id == bindparam("plan"))
    .values(
        head=SNAPSHOT.c.head + bindparam("rows"),
        log_rows=SNAPSHOT.c.log_rows + bindparam("rows"),
        log_bytes=SNAPSHOT.c.log_bytes + bindparam("bytes"),
    )
    .returning(SNAPSHOT.c.head, SNAPSHOT.c.log_rows, SNAPSHOT.c.log_bytes)
)
INSERT_ROW = insert(LOG)
COMPACTED = select(SNAPSHOT.c.epoch, SNAPSHOT.c.seq, SNAPSHOT.c.state).where(SNAPSHOT.c.plan_id == bindparam("plan"))
LOGGED_SINCE = (
    select(LOG.c.seq, LOG.c.data)
    .where(LOG.c.plan_id == bindparam("plan"), LOG.c.seq > bindparam("base"))
    .order_by(LOG.c.seq)
)

_PICTURE = re.compile(r"/lesson-plans/(\d{1,9})/images/(\d{1,18})", re.ASCII)
"""Where a picture of a plan is fetched (`views.documents.image`)."""
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
    """Where it went: the rows from `first` to `seq`; and how long the log now is."""

    first: int
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


class Prepared:
    """A statement that is run for each document of a commit, or by whoever opens one: compiled once, given to the driver as it is.

    Running it through the engine costs many times what the database takes for it. Its values need no conversion.
    """

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._order: list[str] | None = compiled.positiontup

    def first(self, cursor: DBAPICursor, values: dict[str, Any]) -> Sequence[Any] | None:
        """Run it; return its first row."""
        self._execute(cursor, values)
        row: Sequence[Any] | None = cursor.fetchone()
        return row

    def all(self, cursor: DBAPICursor, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        """Run it; return its rows."""
        self._execute(cursor, values)
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
        return rows

    def _execute(self, cursor: DBAPICursor, values: dict[str, Any]) -> None:
        cursor.execute(self._text, values if self._order is None else tuple(values[name] for name in self._order))


class DocumentStore:
    """Reads and writes the log of every plan through `engine`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._vectors = Vectors()
        self._lengthen_statement = Prepared(LENGTHEN, engine.dialect)
        self._compacted = Prepared(COMPACTED, engine.dialect)
        self._logged_since = Prepared(LOGGED_SINCE, engine.dialect)

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Connection]:
        connection = self.engine.connect().execution_options(yanxiu_write=write)
        with connection:
            if not write and self.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")  # snapshot and log must agree
            with connection.begin():
                yield connection

    def load(self, plan_id: int) -> Stored | None:
        """Read snapshot and log in one consistent look; None if there is no such document."""
        with self._transaction(write=False) as connection:
            return self._read(connection, plan_id)

    def _read(self, connection: Connection, plan_id: int) -> Stored | None:
        with closing(connection.connection.cursor()) as cursor:
            found = self._compacted.first(cursor, {"plan": plan_id})
            if found is None:
                return None
            epoch, base, state = found
            rows = self._logged_since.all(cursor, {"plan": plan_id, "base": base})
        seq = rows[-1][0] if rows else base
        return Stored(epoch, base, seq, bytes(state), tuple(bytes(data) for _seq, data in rows))

    def vector_of(self, plan_id: int, stored: Stored, state: bytes) -> bytes:
        """Return the state vector of `state`, which is what was `stored` and perhaps more."""
        return self._vectors.of(plan_id, state) if state is stored.snapshot else state_vector(state)

    def rows(self, plan_id: int, first: int, last: int) -> list[bytes]:
        """Return what the log rows from `first` to `last` hold; everything there is, if some were compacted meanwhile."""
        wanted = (LOG.c.plan_id == plan_id, LOG.c.seq.between(first, last))
        with self._transaction(write=False) as connection:
            found = [bytes(data) for data in connection.scalars(select(LOG.c.data).where(*wanted).order_by(LOG.c.seq))]
            if len(found) == last - first + 1:
                return found
            stored = self._read(connection, plan_id)
        return [] if stored is None else [stored.merged()]

    def first_writer(self, plan_id: int, client: int) -> int | None:
        """Who brought the first of what a Yjs writer put in, by the log and what was compacted; None if that is unknown.

        What two wrote at the same moment is one row: then it is that one of them who went on alone.
        """
        among: set[int] | None = None
        for people in self._bringing(plan_id, client):
            if len(people) == 1:
                return people[0] if among is None or people[0] in among else None
            among = set(people) if among is None else among & set(people)
        return None

    def has_picture(self, plan_id: int, user_id: int, address: str) -> bool:
        """Whether this is the address of a picture of the plan that this person uploaded."""
        found = _PICTURE.fullmatch(address)
        if found is None or int(found[1]) != plan_id:
            return False
        own = PICTURES.c.plan_id == plan_id, PICTURES.c.uploaded_by_id == user_id, PICTURES.c.id == int(found[2])
        with self._transaction(write=False) as connection:
            return connection.scalar(select(PICTURES.c.id).where(*own)) is not None

    def _bringing(self, plan_id: int, client: int) -> Iterator[Sequence[int]]:
        """Those behind each row, from the first on, that has something by a Yjs writer."""
        past = select(HISTORY.c.data).where(HISTORY.c.plan_id == plan_id, HISTORY.c.is_beginning.is_(False))
        rows = select(LOG.c.user_ids, LOG.c.data).where(LOG.c.plan_id == plan_id).order_by(LOG.c.seq)
        with self._transaction(write=False) as connection:
            for packed in connection.scalars(past.order_by(HISTORY.c.first_seq)):
                for entry in unpack(bytes(packed)):
                    if client in writers_in(entry.data):
                        yield entry.user_ids
            for row in connection.execute(rows):
                if client in writers_in(bytes(row.data)):
                    yield authors_in(row.user_ids)

    def size(self, plan_id: int) -> int:
        """How many bytes the document takes, log included; 0 if there is none."""
        with self._transaction(write=False) as connection:
            size = func.length(SNAPSHOT.c.state) + SNAPSHOT.c.log_bytes
            return connection.execute(select(size).where(SNAPSHOT.c.plan_id == plan_id)).scalar() or 0

    def append(self, batch: Sequence[Append]) -> dict[int, Appended]:
        """Store a batch, one merged row for each item, in one transaction that is on disk when this returns.

        Documents that do not exist any more are missing from the answer.
        """
        rows: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
        for item in sorted(batch, key=lambda item: item.plan_id):
            rows[item.plan_id] += [(_authors_text(item.user_ids), data) for data in _rows_of(item)]
        with self._transaction(write=True) as connection:
            cursor = connection.connection.cursor()
            places = {plan_id: self._lengthen(cursor, plan_id, own) for plan_id, own in rows.items()}
            cursor.close()
            done = {plan_id: place for plan_id, place in places.items() if place is not None}
            if done:
                connection.execute(INSERT_ROW, list(_numbered(done, rows)))
        return done

    def _lengthen(self, cursor: DBAPICursor, plan_id: int, rows: list[tuple[str, bytes]]) -> Appended | None:
        """Take the numbers for rows that are about to be written; None without such a document."""
        more = {"plan": plan_id, "rows": len(rows), "bytes": sum(len(data) for _authors, data in rows)}
        row = self._lengthen_statement.first(cursor, more)
        if row is None:
            return None
        head, log_rows, log_bytes = row
        return Appended(head - len(rows) + 1, head, log_rows, log_bytes)

    def compact(self, plan_id: int) -> int | None:
        """Replace snapshot and log by one collected state; return its size, None if there was nothing to do.

        The log rows go to the history, packed. A document that cannot be loaded is put in quarantine and left exactly
        as it is.
        """
        with self._transaction(write=False) as connection:
            stored = self._read(connection, plan_id)
            stretches = self._stretches(connection, plan_id, stored) if stored is not None and stored.log else []
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
                connection.execute(insert(HISTORY), stretches)
                connection.execute(delete(LOG).where(LOG.c.plan_id == plan_id, LOG.c.seq <= stored.seq))
        return len(state) if changed else None

    def _stretches(self, connection: Connection, plan_id: int, stored: Stored) -> list[dict[str, Any]]:
        """The log as a row of history; before the first one the state that the log goes on from."""
        rows = connection.execute(
            select(LOG).where(LOG.c.plan_id == plan_id, LOG.c.seq > stored.base).order_by(LOG.c.seq)
        ).all()
        entries = [Entry(r.seq, r.seq, r.created_at, authors_in(r.user_ids), bytes(r.data)) for r in rows]
        common = {"plan_id": plan_id, "grain_s": 0}
        stretch = {"first_seq": rows[0].seq, "last_seq": rows[-1].seq, "last_at": rows[-1].created_at}
        made = [{**common, **stretch, "is_beginning": False, "data": pack(entries)}]
        if connection.execute(select(HISTORY.c.plan_id).where(HISTORY.c.plan_id == plan_id).limit(1)).first() is None:
            began = connection.execute(select(SNAPSHOT.c.updated_at).where(SNAPSHOT.c.plan_id == plan_id)).scalar_one()
            place = {"first_seq": stored.base, "last_seq": stored.base, "last_at": began}
            made.append({**common, **place, "is_beginning": True, "data": zlib.compress(stored.snapshot, 9)})
        return made

    def _quarantine(self, plan_id: int) -> None:
        with self._transaction(write=True) as connection:
            connection.execute(update(SNAPSHOT).where(SNAPSHOT.c.plan_id == plan_id).values(quarantined_at=clock.now()))


def _numbered(done: dict[int, Appended], rows: dict[int, list[tuple[str, bytes]]]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for plan_id, place in done.items():
        for seq, (authors, data) in enumerate(rows[plan_id], start=place.first):
            yield {"plan_id": plan_id, "seq": seq, "data": data, "user_ids": authors, "created_at": now}


def _rows_of(item: Append) -> list[bytes]:
    """One merged row; updates that refuse to merge are kept apart rather than lost."""
    try:
        return [merge(item.updates)]
    except MalformedUpdateError:
        return list(item.updates)


def _authors_text(user_ids: frozenset[int]) -> str:
    return ",".join(map(str, sorted(user_ids)))[:MAX_AUTHORS_TEXT]
