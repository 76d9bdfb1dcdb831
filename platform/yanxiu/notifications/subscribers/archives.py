"""Messages from archives: to whoever asked for one, when it is made or was not."""

from __future__ import annotations

from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify
from yanxiu.workshops.events import ArchiveFinished
from yanxiu.workshops.queries import find_seat


def _on_finish(event: ArchiveFinished) -> None:
    seat = find_seat(ANONYMOUS, event.workshop_id)
    if seat is None:
        return
    home = f"/workshops/{event.workshop_id}"
    message = Message(
        kind="archive_ready" if event.made else "archive_failed",
        actor_id=None,
        place=seat.workshop.name,
        place_url=home,
        headline=seat.workshop.name,
        url=f"{home}/archives",
        topic=f"archives:{event.workshop_id}",
    )
    notify({event.actor_id}, message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (Subscription(ArchiveFinished, _on_finish),)
