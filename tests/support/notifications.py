"""Messages for tests."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.notifications.services import Message, notify


def tell(user_id: int, actor_id: int | None, kind: str = "reply", number: int = 1, place: int = 1) -> int:
    """Put a message into an inbox; gives its id."""
    message = Message(
        kind=kind,
        actor_id=actor_id,
        place=f"工作坊{place}",
        place_url=f"/workshops/{place}",
        headline=f"话题{number}",
        url=f"/workshops?topic={number}",
        topic=f"topic:{number}",
    )
    with unit_of_work() as unit:
        notify([user_id], message)
        unit.run_in_transaction_subscribers()  # inside another unit the message would be written at its end only
    newest = select(Notification.id).where(Notification.user_id == user_id).order_by(Notification.at.desc())
    return db.session.scalars(newest.order_by(Notification.id.desc()).limit(1)).one()
