"""Writing to inboxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.live import bump
from yanxiu.notifications.catalog import KINDS
from yanxiu.notifications.models import Notification


@dataclass(frozen=True)
class Message:
    """What to tell. `topic` names the thing: the same kind about the same topic is told once until it is read."""

    kind: str
    actor_id: int | None
    place: str
    place_url: str
    headline: str
    url: str
    topic: str


def place_name(kind: str, title: str) -> str:
    """Return 教案《…》; a title that has its own marks keeps them alone."""
    return f"{kind}{title}" if title.startswith("《") else f"{kind}《{title}》"


def told_already(user_ids: Collection[int], message: Message) -> set[int]:
    """Return which of these people have the same message unread."""
    same = (Notification.kind == message.kind, Notification.topic == message.topic, Notification.read_at.is_(None))
    return set(db.session.scalars(select(Notification.user_id).where(Notification.user_id.in_(user_ids), *same)))


def notify(user_ids: Iterable[int], message: Message) -> None:
    """Put a message into inboxes, never into that of the person who caused it."""
    assert message.kind in KINDS, message.kind
    for user_id in sorted(set(user_ids) - {message.actor_id or 0}):
        notification_id = _raise_unread(user_id, message) or _add(user_id, message)
        bump(f"user:{user_id}", "notification", notification_id)


def _raise_unread(user_id: int, message: Message) -> int | None:
    """Count one more on the unread message about the same, if there is one."""
    statement = (
        update(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None))
        .where(Notification.kind == message.kind, Notification.topic == message.topic)
        .values(count=Notification.count + 1, actor_id=message.actor_id, at=clock.now(), url=message.url)
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(statement).scalars().first()


def _add(user_id: int, message: Message) -> int:
    notification = Notification(
        user_id=user_id,
        kind=message.kind,
        actor_id=message.actor_id,
        place=message.place[:120],
        place_url=message.place_url,
        headline=message.headline[:160],
        url=message.url,
        topic=message.topic,
    )
    db.session.add(notification)
    db.session.flush()
    return notification.id


def mark_read(actor: User, notification: Notification) -> None:
    """Note that a message was read."""
    if notification.read_at is None:
        notification.read_at = clock.now()
        bump(f"user:{actor.id}", "read", notification.id)


def mark_all_read(actor: User, until: datetime) -> int:
    """Note that everything up to a moment was read; what came after it stays unread. Returns how many.

    By the moment and not by id: what happens again raises the count and the moment of an old message.
    """
    statement = (
        update(Notification)
        .where(Notification.user_id == actor.id, Notification.read_at.is_(None), Notification.at <= until)
        .values(read_at=clock.now())
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    )
    marked = db.session.execute(statement).scalars().all()
    if marked:
        bump(f"user:{actor.id}", "read", max(marked))
    return len(marked)
