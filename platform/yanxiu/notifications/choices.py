"""What each person chose to hear of: kinds switched off, topics muted, quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.core.clock import now, today
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.errors import InvalidError
from yanxiu.notifications.catalog import DECIDED_KINDS, KINDS
from yanxiu.notifications.messages import Message
from yanxiu.notifications.models import MutedTopic, NotificationChoice

HEARD_WHERE_MUTED = DECIDED_KINDS | {"mention", "plan_comment_mention"}
Told = tuple[list[int], Message]


def off_kinds_of(user_id: int) -> set[str]:
    """Return the kinds a person switched off."""
    chosen = db.session.get(NotificationChoice, user_id)
    return set(chosen.off_kinds) if chosen else set()


def choose_kinds(actor: User, wanted: Collection[str]) -> None:
    """Hear of these kinds and of what waits for a decision, of nothing else."""
    off = sorted(set(KINDS) - set(wanted) - DECIDED_KINDS)
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(NotificationChoice)
    row = insert.values(user_id=actor.id, off_kinds=off)
    db.session.execute(row.on_conflict_do_update(index_elements=["user_id"], set_={"off_kinds": off}))


def mail_choice_of(user_id: int) -> str:
    """Return how often a person wants a digest by mail: off, daily or weekly."""
    chosen = db.session.get(NotificationChoice, user_id)
    return chosen.mail if chosen else "off"


def choose_mail(actor: User, how_often: str) -> None:
    """Ask for a digest or no digest; the first one tells what comes from now on. After `choose_kinds`."""
    chosen = db.session.get_one(NotificationChoice, actor.id, populate_existing=True)
    if chosen.mail == "off" and how_often != "off":
        chosen.mailed_on, chosen.mailed_until = today(), now()
    chosen.mail = how_often


def choose_quiet_hours(actor: User, quiet_from: int, quiet_until: int) -> None:
    """Set the hours in which nothing is sent that can wait."""
    if not (0 <= quiet_from <= 23 and 0 <= quiet_until <= 23):
        raise InvalidError("请从列表中选择", field="quiet_from")
    actor.quiet_from, actor.quiet_until = quiet_from, quiet_until


def mute(actor: User, topic: str, headline: str, url: str) -> None:
    """Hear of this thing only when named in it."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(MutedTopic)
    row = insert.values(user_id=actor.id, topic=topic, headline=headline[:160], url=url, at=now())
    db.session.execute(row.on_conflict_do_nothing())


def unmute(actor: User, topic: str) -> None:
    """Hear of this thing again."""
    mine = (MutedTopic.user_id == actor.id, MutedTopic.topic == topic)
    db.session.execute(delete(MutedTopic).where(*mine))


def is_muted(user_id: int | None, topic: str) -> bool:
    """Tell whether a person muted this thing."""
    return user_id is not None and db.session.get(MutedTopic, (user_id, topic)) is not None


def muted_topics(user_id: int, limit: int = 100) -> Sequence[MutedTopic]:
    """Return what a person muted, the latest first."""
    mine = select(MutedTopic).where(MutedTopic.user_id == user_id)
    return db.session.scalars(mine.order_by(MutedTopic.at.desc(), MutedTopic.topic).limit(limit)).all()


_CHOICES = select(NotificationChoice.user_id, NotificationChoice.off_kinds).where(
    NotificationChoice.user_id.in_(bindparam("people", expanding=True))
)
_MUTED = select(MutedTopic.user_id, MutedTopic.topic).where(
    MutedTopic.user_id.in_(bindparam("people", expanding=True)),
    MutedTopic.topic.in_(bindparam("topics", expanding=True)),
)
"""Asked by nearly every write, so they are put together once."""


def wanted_only(kept: Iterable[Told]) -> list[Told]:
    """Leave out whoever does not want to hear of it; two questions however many messages and people."""
    kept = list(kept)
    people = sorted({user_id for told, _message in kept for user_id in told})
    off = {row[0]: set(row[1]) for row in db.session.execute(_CHOICES, {"people": people})}
    topics = sorted({message.topic for _told, message in kept})
    muted = {(row[0], row[1]) for row in db.session.execute(_MUTED, {"people": people, "topics": topics})}
    return [([one for one in told if _wants(one, message, off, muted)], message) for told, message in kept]


def _wants(user_id: int, message: Message, off: dict[int, set[str]], muted: set[tuple[int, str]]) -> bool:
    if message.kind in DECIDED_KINDS:
        return True
    if message.kind in off.get(user_id, ()):
        return False
    return message.kind in HEARD_WHERE_MUTED or (user_id, message.topic) not in muted
