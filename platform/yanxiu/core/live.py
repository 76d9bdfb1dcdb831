"""Live lists: each has a topic name and a sequence number that every change raises.

`bump` runs in the transaction of the change, so a client that missed the message still sees a higher number when it
comes back. The message carries ids only; rights are checked when the client fetches what is newer.
"""

from __future__ import annotations

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


def bump(topic: str, what: str, item_id: int) -> int:
    """Raise the sequence number of `topic` and return it; inside a unit of work."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(LiveTopic).values(name=topic, seq=1)
    statement = insert.on_conflict_do_update(
        index_elements=[LiveTopic.name], set_={"seq": LiveTopic.__table__.c.seq + 1}
    ).returning(LiveTopic.__table__.c.seq)
    seq = int(db.session.execute(statement).scalar_one())
    events.record(Changed(topic, seq, what, item_id))
    return seq


def current_seq(topic: str) -> int:
    """Return the topic's sequence number, 0 if nothing ever changed."""
    return db.session.scalar(select(LiveTopic.__table__.c.seq).where(LiveTopic.__table__.c.name == topic)) or 0
