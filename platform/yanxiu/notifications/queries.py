"""Reading the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.notifications.catalog import WAITING_KINDS
from yanxiu.notifications.models import Notification

UNREAD_LIMIT = 100


@dataclass(frozen=True)
class Place:
    """Where unread messages come from: a workshop, a plan, a lesson."""

    name: str
    url: str
    messages: list[Notification]


def _of(user_id: int | None) -> Select[Notification]:
    return (
        select(Notification)
        .where(Notification.user_id == user_id)
        .options(joinedload(Notification.actor).joinedload(User.organization))
    )


_UNREAD = select(func.count()).where(Notification.user_id == bindparam("who"), Notification.read_at.is_(None))
"""Asked by every page, so it is put together once."""


def unread_count(user_id: int) -> int:
    """Return how many messages wait."""
    return db.session.scalar(_UNREAD, {"who": user_id}) or 0


def unread_places(user_id: int | None) -> list[Place]:
    """Return the unread messages grouped by place, the place with the newest first."""
    statement = _of(user_id).where(Notification.read_at.is_(None))
    places: dict[str, Place] = {}
    newest_first = statement.order_by(Notification.at.desc(), Notification.id.desc()).limit(UNREAD_LIMIT)
    for message in db.session.scalars(newest_first):
        place = places.setdefault(message.place_url, Place(message.place, message.place_url, []))
        place.messages.append(message)
    return list(places.values())


def read_page(user_id: int | None, cursor: str | None = None, size: int = 20) -> Page[Notification]:
    """Return the messages read before, the newest first."""
    statement = _of(user_id).where(Notification.read_at.is_not(None))
    return paginate(statement, Notification.at.desc(), Notification.id.desc(), cursor=cursor, size=size)


def waiting_messages(user_id: int | None, limit: int = 5) -> Sequence[Notification]:
    """Return the newest unread messages that ask for an answer."""
    statement = _of(user_id).where(Notification.read_at.is_(None), Notification.kind.in_(WAITING_KINDS))
    return db.session.scalars(statement.order_by(Notification.at.desc(), Notification.id.desc()).limit(limit)).all()


def find_notification(notification_id: int) -> Notification | None:
    """Return a message; the caller asks the predicate."""
    return db.session.get(Notification, notification_id)


def told_since(user_ids: Sequence[int], kind: str, topic: str, since: datetime) -> set[int]:
    """Return which of these people were told of a thing at or after a moment, read or not."""
    told = select(Notification.user_id).where(Notification.user_id.in_(user_ids), Notification.at >= since)
    return set(db.session.scalars(told.where(Notification.kind == kind, Notification.topic == topic)))
