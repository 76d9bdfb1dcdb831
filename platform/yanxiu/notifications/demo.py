"""Sample data of notifications: what the events of the demo's past have left in the inboxes."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime

from sqlalchemy import delete, select

from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import current_unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.notifications.subscribers.workshops import ANNOUNCE
from yanxiu.observations.models import TimedComment
from yanxiu.workshops.models import Post

TARGET = re.compile(r"#(post|comment)-(\d+)$")
HOURS_APART = 7
LEFT_UNREAD = 3


def forget_announcing() -> None:
    """What was announced in the demo's past was heard long ago; without this all would hear of it today."""
    db.session.execute(delete(Job).where(Job.kind == ANNOUNCE))


def seed(world: DemoWorld) -> None:
    """Let the reactions to the demo's events happen now, then give the messages an age; most were read long ago."""
    if world.small:
        return
    unit = current_unit_of_work()
    if unit is not None:
        unit.run_in_transaction_subscribers()
        forget_announcing()
        unit.events.clear()  # they are dealt with: the commit must not handle them again
    inboxes: dict[int, list[Notification]] = defaultdict(list)
    for message in db.session.scalars(select(Notification).order_by(Notification.id.desc())):
        inboxes[message.user_id].append(message)
    for messages in inboxes.values():
        for number, message in enumerate(messages):
            message.at = happened_at(message) or world.ago(hours=1 + number * HOURS_APART)
        for message in sorted(messages, key=lambda one: one.at, reverse=True)[LEFT_UNREAD:]:
            message.read_at = message.at
    db.session.flush()


def happened_at(message: Notification) -> datetime | None:
    """Return when what a message leads to was written; None for one that leads to nothing written."""
    target = TARGET.search(message.url)
    if target is None:
        return None
    written = Post if target[1] == "post" else TimedComment
    return db.session.scalar(select(written.created_at).where(written.id == int(target[2])))
