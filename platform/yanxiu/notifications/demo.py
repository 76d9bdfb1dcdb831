"""Sample data of notifications: what the events of the demo's past have left in the inboxes."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import delete, select

from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import current_unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.notifications.subscribers.workshops import ANNOUNCE

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
            message.at = world.ago(hours=1 + number * HOURS_APART)
            if number >= LEFT_UNREAD:
                message.read_at = world.ago(hours=number * HOURS_APART)
    db.session.flush()
