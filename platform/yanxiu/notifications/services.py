"""Writing to inboxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import UtcDateTime, db
from yanxiu.core.live import bump, bump_each
from yanxiu.core.unit_of_work import current_unit_of_work
from yanxiu.notifications.catalog import KINDS
from yanxiu.notifications.choices import wanted_only
from yanxiu.notifications.messages import Message as Message
from yanxiu.notifications.models import Notification


def place_name(kind: str, title: str) -> str:
    """Return 教案《…》; a title that has its own marks keeps them alone."""
    return f"{kind}{title}" if title.startswith("《") else f"{kind}《{title}》"


def told_already(user_ids: Collection[int], message: Message) -> set[int]:
    """Return which of these people have the same message unread."""
    same = (Notification.kind == message.kind, Notification.topic == message.topic, Notification.read_at.is_(None))
    return set(db.session.scalars(select(Notification.user_id).where(Notification.user_id.in_(user_ids), *same)))


def notify(user_ids: Iterable[int], message: Message) -> None:
    """Put a message into inboxes, never into that of the person who caused it; written when the unit of work ends."""
    assert message.kind in KINDS, message.kind
    uow = current_unit_of_work()
    assert uow is not None, "a message is part of what it tells of"
    uow.gather(_deliver, (sorted(set(user_ids) - {message.actor_id or 0}), message))


def _deliver(kept: list[tuple[list[int], Message]]) -> None:
    """Write what a unit of work tells, a few statements for each message whatever the number of people."""
    told: list[tuple[str, str, int]] = []
    kept = wanted_only(_together(kept))
    for people, message in sorted(kept, key=lambda pair: (pair[1].kind, pair[1].topic)):
        raised = _raise_unread(people, message)
        added = _add([user_id for user_id in people if user_id not in raised], message)
        told += [(f"user:{user_id}", "notification", row_id) for user_id, row_id in sorted((raised | added).items())]
    bump_each(told)


def _together(kept: list[tuple[list[int], Message]]) -> list[tuple[list[int], Message]]:
    """Put messages about the same thing for the same people together: the last one, with the number of them all."""
    found: dict[tuple[tuple[int, ...], str, str], Message] = {}
    for people, message in kept:
        key = (tuple(people), message.kind, message.topic)
        before = found.get(key)
        found[key] = message if before is None else replace(message, count=message.count + before.count)
    return [(list(people), message) for (people, _kind, _topic), message in found.items()]


_UNREAD = (
    select(Notification.id)
    .where(
        Notification.user_id.in_(bindparam("people", expanding=True)),
        Notification.kind == bindparam("of_kind"),
        Notification.topic == bindparam("about"),
        Notification.read_at.is_(None),
    )
    .order_by(Notification.user_id)
    .with_for_update()
)
"""Locked in one order, so that no two transactions wait for each other in a circle."""
_RAISE = (
    update(Notification)
    .where(Notification.id.in_(_UNREAD))
    .values(
        count=Notification.count + bindparam("more"),
        actor_id=bindparam("by"),
        at=bindparam("now", type_=UtcDateTime()),
        url=bindparam("to"),
    )
    .returning(Notification.user_id, Notification.id)
    .execution_options(synchronize_session=False)
)


def _raise_unread(people: list[int], message: Message) -> dict[int, int]:
    """Count more on the unread messages about the same; return them by person."""
    if not people:
        return {}
    news = {"more": message.count, "by": message.actor_id, "now": clock.now(), "to": message.url}
    same = {"people": people, "about": message.topic, "of_kind": message.kind}
    return {row.user_id: row.id for row in db.session.execute(_RAISE, same | news)}


def _add(people: list[int], message: Message) -> dict[int, int]:
    """Put the message into these inboxes; return the rows by person."""
    row = {
        "kind": message.kind,
        "actor_id": message.actor_id,
        "place": message.place[:120],
        "place_url": message.place_url,
        "headline": message.headline[:160],
        "url": message.url,
        "topic": message.topic,
        "count": message.count,
    }
    statement = insert(Notification).returning(Notification.user_id, Notification.id)
    if not people:
        return {}
    added = db.session.execute(statement, [{"user_id": user_id, **row} for user_id in people]).all()
    return {row.user_id: row.id for row in added}


def settle(kinds: Iterable[str], topic: str) -> None:
    """What these messages about a thing ask for is no longer waited for: they count as read.

    Open pages are not told: that would lock numbers of many people before those whom `_deliver` locks in order.
    """
    waiting = select(Notification.id).where(
        Notification.topic == topic, Notification.kind.in_(sorted(kinds)), Notification.read_at.is_(None)
    )
    rows = waiting.order_by(Notification.user_id).with_for_update()
    statement = update(Notification).where(Notification.id.in_(rows)).values(read_at=clock.now())
    db.session.execute(statement.execution_options(synchronize_session=False))


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
