"""Messages from bulletins: a new issue is there to be read."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify
from yanxiu.workshops.events import BulletinPublished
from yanxiu.workshops.queries.bulletins import bulletin_by_id
from yanxiu.workshops.queries.members import member_ids


def _on_publishing(event: BulletinPublished) -> None:
    """Tell the members once: an issue that comes back after a correction is the one they know."""
    bulletin = bulletin_by_id(event.bulletin_id)
    if bulletin is None or event.again:
        return
    message = Message(
        kind="bulletin_new",
        actor_id=event.actor_id,
        place=bulletin.workshop.name,
        place_url=f"/workshops/{event.workshop_id}",
        headline=bulletin.name,
        url=f"/workshops/{event.workshop_id}/bulletins/{event.bulletin_id}",
        topic=f"bulletin:{event.bulletin_id}",
    )
    notify(member_ids(event.workshop_id), message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (Subscription(BulletinPublished, _on_publishing),)
