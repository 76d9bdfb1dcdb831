"""Messages about activities. They go to everybody in a workshop, which may be hundreds: so not in the request."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from yanxiu.core import clock
from yanxiu.core.events import Subscription
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.queries import told_since
from yanxiu.notifications.services import Message, notify
from yanxiu.workshops.events import ActivityApproaching, ActivityCancelled, ActivityChanged, ActivityPublished
from yanxiu.workshops.queries.activities import activity_by_id
from yanxiu.workshops.queries.members import member_ids

TELL = "notifications.tell_members"
AT_ONCE = 50


def _on_published(event: ActivityPublished) -> None:
    _tell_later("activity_new", event.activity_id, event.actor_id)


def _on_changed(event: ActivityChanged) -> None:
    if event.moved:
        _tell_later("activity_changed", event.activity_id, event.actor_id)


def _on_cancelled(event: ActivityCancelled) -> None:
    _tell_later("activity_cancelled", event.activity_id, event.actor_id)


def _on_approaching(event: ActivityApproaching) -> None:
    _tell_later("activity_near", event.activity_id, None)


def _tell_later(kind: str, activity_id: int, actor_id: int | None) -> None:
    """Queue the message; nobody needs to hear of what is over."""
    activity = activity_by_id(activity_id)
    if activity is None or activity.ends_at <= clock.now():
        return
    message = Message(
        kind=kind,
        actor_id=actor_id,
        place=activity.workshop.name,
        place_url=f"/workshops/{activity.workshop_id}",
        headline=activity.title,
        url=f"/workshops/{activity.workshop_id}/activities/{activity_id}",
        topic=f"activity:{activity_id}",
    )
    payload = {"message": asdict(message), "workshop_id": activity.workshop_id, "at": clock.now().isoformat()}
    enqueue(TELL, payload)


def tell_members(payload: dict[str, Any], job: JobContext) -> None:
    """Put the message into every member's inbox, some at a time; whoever has it from a run that died is left out."""
    message, since = Message(**payload["message"]), datetime.fromisoformat(payload["at"])
    members = sorted(member_ids(payload["workshop_id"]))
    for start in range(0, len(members), AT_ONCE):
        some = members[start : start + AT_ONCE]
        with unit_of_work():
            notify(set(some) - told_since(some, message.kind, message.topic, since), message)
        job.extend()


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(ActivityPublished, _on_published),
    Subscription(ActivityChanged, _on_changed),
    Subscription(ActivityCancelled, _on_cancelled),
    Subscription(ActivityApproaching, _on_approaching),
)
JOBS: dict[str, JobHandler] = {TELL: tell_members}
