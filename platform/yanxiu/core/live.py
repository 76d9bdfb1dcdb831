"""Live lists: each has a topic name and a sequence number that every change raises.

`bump` runs in the transaction of the change, so a client that missed the message still sees a higher number when it
comes back. The message carries ids only; rights are checked when the client fetches what is newer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BigInteger, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core import events
from yanxiu.core.db import Model, db, is_sqlite


class LiveTopic(Model):
    """The sequence number of one live list."""

    __tablename__ = "live_topic"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Changed(events.Event):
    """Item `item_id` of live list `topic` changed; `what` is a short word such as "post"."""

    topic: str
    seq: int
    what: str
    item_id: int


def bump(topic: str, what: str, item_id: int, *, by: int = 1) -> int:
    """Raise the sequence number of `topic` and return it; inside a unit of work.

    Where many items change at once, `by` takes a number for each (the last ones up to what is returned), told once.
    """
    seq = next_seq(topic, by)
    tell_change(topic, seq, what, item_id)
    return seq


def next_seq(topic: str, by: int = 1) -> int:
    """Raise the number and return it, for an item that is written with its number; `tell_change` has to follow."""
    return _raise([topic], by)[topic]


def tell_change(topic: str, seq: int, what: str, item_id: int) -> None:
    """Tell of a change whose number was taken before, as soon as it is committed."""
    events.record(Changed(topic, seq, what, item_id))


def bump_each(changes: Collection[tuple[str, str, int]]) -> None:
    """Raise the numbers of many topics by one statement; each change is `(topic, what, item_id)`; inside a unit of work."""
    raised = _raise(sorted({topic for topic, _what, _item in changes})) if changes else {}
    for topic, what, item_id in changes:
        events.record(Changed(topic, raised[topic], what, item_id))


def _raise(topics: list[str], by: int = 1) -> dict[str, int]:
    """The new numbers by name; the rows are locked in the order given."""
    rows = [{"name": topic, "seq": by} for topic in topics]
    # Rows in a list are compiled anew each time, a single one is not; nearly always it is one.
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(LiveTopic).values(
        rows[0] if len(rows) == 1 else rows
    )
    table = LiveTopic.__table__.c
    statement = insert.on_conflict_do_update(index_elements=[LiveTopic.name], set_={"seq": table.seq + by})
    found = db.session.execute(statement.returning(table.name, table.seq))
    return {name: int(seq) for name, seq in found}


def current_seq(topic: str) -> int:
    """Return the topic's sequence number, 0 if nothing ever changed."""
    return db.session.scalar(select(LiveTopic.__table__.c.seq).where(LiveTopic.__table__.c.name == topic)) or 0


def current_seqs(*topics: str) -> dict[str, int]:
    """Return the numbers of several topics in one query, 0 where nothing ever changed."""
    table = LiveTopic.__table__.c
    rows = db.session.execute(select(table.name, table.seq).where(table.name.in_(topics)))
    return dict.fromkeys(topics, 0) | {row[0]: row[1] for row in rows}
