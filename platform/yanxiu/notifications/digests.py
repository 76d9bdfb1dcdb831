"""A digest by mail: what somebody has not looked at, once a day or once a week, never in the quiet hours.

The table of jobs drives it. A look every quarter of an hour finds whose turn it is; one job sends one mail. What the
server refuses is tried again; what was cut off while the server took it is not, so that nothing arrives twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.quiet import end_of_quiet
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE, now, today
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.tasks import JobContext, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.catalog import sentence
from yanxiu.notifications.mailing import CutOffError, Mail, Mailing, mailing, send_mail
from yanxiu.notifications.models import MailDigest, Notification, NotificationChoice
from yanxiu.notifications.queries import Place

LOOK, SEND = "notifications.digests", "notifications.mail"
LOOK_S = 900
NOT_BEFORE = 7
SHOWN = 60
WEEK = timedelta(days=7)


def schedule_digests(delay_s: int = 0) -> None:
    """Queue the next look; inside a unit of work. Called when a worker starts; without a mail server nothing happens."""
    if mailing() is not None:
        turn = int(clock.now().timestamp()) // LOOK_S if delay_s else "start"
        enqueue(LOOK, {}, key=f"{LOOK}:{turn}", delay_s=delay_s)


def queue_digests(_payload: dict[str, Any], _job: JobContext) -> None:
    """Queue a mail for everybody whose turn it is, and the next look."""
    with unit_of_work():
        schedule_digests(LOOK_S)
        for user, chosen in _waiting_people():
            if end_of_quiet(user.quiet_from, user.quiet_until, now()) is None:
                _queue_one(user, chosen)


def _waiting_people() -> Sequence[tuple[User, NotificationChoice]]:
    if now().astimezone(LOCAL_ZONE).hour < NOT_BEFORE:
        return []
    never = NotificationChoice.mailed_on.is_(None)
    daily = and_(NotificationChoice.mail == "daily", or_(never, NotificationChoice.mailed_on < today()))
    weekly = and_(NotificationChoice.mail == "weekly", or_(never, NotificationChoice.mailed_on <= today() - WEEK))
    rows = db.session.execute(
        select(User, NotificationChoice)
        .join(NotificationChoice, NotificationChoice.user_id == User.id)
        .where(or_(daily, weekly), User.is_active, User.email.is_not(None), User.email != "")
        .order_by(User.id)
    )
    return [(row[0], row[1]) for row in rows]


def _queue_one(user: User, chosen: NotificationChoice) -> None:
    since, until = chosen.mailed_until or now() - WEEK, now()
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(MailDigest)
    row = insert.values(user_id=user.id, day=today(), since=since, until=until, state="waiting")
    made = db.session.scalar(row.on_conflict_do_nothing().returning(MailDigest.id))
    chosen.mailed_on, chosen.mailed_until = today(), until
    if made is not None:
        enqueue(SEND, {"digest_id": made}, key=f"{SEND}:{made}")


def send_digest(payload: dict[str, Any], job: JobContext) -> None:
    """Send one digest; runs again after a refusal, and does nothing once it was sent or may have been."""
    way = mailing()
    mail = None if way is None else _take(payload["digest_id"], way, job.app)
    if way is None or mail is None:
        return
    try:
        send_mail(way, mail)
    except CutOffError:
        _note(payload["digest_id"], "unknown")
        raise
    except Exception:
        _note(payload["digest_id"], "waiting")
        raise
    _note(payload["digest_id"], "sent")


def _take(digest_id: int, way: Mailing, app: Flask) -> Mail | None:
    """Note that a digest is on its way and return it; None when there is nothing to send (any more)."""
    with unit_of_work():
        digest = db.session.get(MailDigest, digest_id)
        if digest is None or not hold(digest):
            return None
        if digest.state == "sending":  # a worker died while the server took it
            digest.state = "unknown"
        if digest.state != "waiting":
            return None
        user = db.session.get_one(User, digest.user_id)
        messages = _unread(user.id, digest.since, digest.until)
        digest.state = "sending" if messages and user.is_active and user.email else "empty"
        if digest.state == "empty":
            return None
        address, name, day = str(user.email), user.name, digest.day
        places = _by_place(messages, way.home)
    title = f"研修坊：您有 {len(messages)} 条没看过的消息"
    words = _words(app, way.home, name, places)
    return Mail(address, title, *words, f"digest-{digest_id}-{day:%Y%m%d}")


def _unread(user_id: int, since: datetime, until: datetime) -> Sequence[Notification]:
    unread = select(Notification).where(
        Notification.user_id == user_id,
        Notification.read_at.is_(None),
        Notification.at > since,
        Notification.at <= until,
    )
    newest = unread.options(joinedload(Notification.actor)).order_by(Notification.at.desc(), Notification.id.desc())
    return db.session.scalars(newest.limit(SHOWN)).all()


def _by_place(messages: Sequence[Notification], home: str) -> list[dict[str, Any]]:
    """Return plain values: rendering comes after the transaction."""
    places: dict[str, Place] = {}
    for message in messages:
        places.setdefault(message.place_url, Place(message.place, message.place_url, [])).messages.append(message)
    return [
        {"name": place.name, "lines": [_line(message, home) for message in place.messages]} for place in places.values()
    ]


def _line(message: Notification, home: str) -> dict[str, str]:
    actor = message.actor.name if message.actor else "系统"
    said = sentence(message.kind, actor, message.count)
    return {"said": said, "headline": message.headline, "url": f"{home}{message.url}"}


def _words(app: Flask, home: str, name: str, places: list[dict[str, Any]]) -> tuple[str, str]:
    """Return the digest as plain text and as HTML."""
    values = {"name": name, "places": places, "home": home, "settings": f"{home}/settings/notifications"}
    text = app.jinja_env.get_template("notifications/digest.txt").render(**values)
    return text, app.jinja_env.get_template("notifications/digest.html").render(**values)


def _note(digest_id: int, state: str) -> None:
    with unit_of_work():
        db.session.get_one(MailDigest, digest_id).state = state
