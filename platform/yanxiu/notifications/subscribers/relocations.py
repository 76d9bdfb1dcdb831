"""Messages to those whose words stand elsewhere since a team put discussions in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core.events import Subscription
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.services import Message, notify, told_already
from yanxiu.workshops.events import TopicMoved, TopicsMerged, TopicSplit
from yanxiu.workshops.queries import find_seat, find_topic
from yanxiu.workshops.queries.members import member_ids

RELOCATED = "notifications.relocated"
AT_ONCE = 50


def _on_move(event: TopicMoved) -> None:
    """Who belongs to the new place is shown it; the others of the old place learn that the topic left."""
    there = set(member_ids(event.workshop_id))
    place = {"workshop_id": event.workshop_id, "topic_id": event.topic_id, "actor_id": event.actor_id}
    _queue(there & set(event.people), place | {"kind": "topic_moved"})
    left = set(event.people) & set(member_ids(event.from_workshop_id)) - there
    _queue(left, place | {"kind": "topic_left", "old_workshop_id": event.from_workshop_id})


def _on_merger(event: TopicsMerged) -> None:
    _tell(event, "topic_merged", event.post_id)


def _on_split(event: TopicSplit) -> None:
    _tell(event, "topic_split", None)


def _tell(event: TopicsMerged | TopicSplit, kind: str, post_id: int | None) -> None:
    payload = {"workshop_id": event.workshop_id, "topic_id": event.topic_id, "actor_id": event.actor_id}
    people = set(event.people) & set(member_ids(event.workshop_id))
    _queue(people, payload | {"kind": kind, "post_id": post_id})


def _queue(people: Iterable[int], payload: dict[str, Any]) -> None:
    """Hundreds of inboxes take a while, so not in this request."""
    told = sorted(people)
    for start in range(0, len(told), AT_ONCE):
        enqueue(RELOCATED, payload | {"user_ids": told[start : start + AT_ONCE]})


def tell_of_relocation(payload: dict[str, Any], _job: JobContext) -> None:
    """Tell some people where their words are; not those who were told and have not read it. Harmless twice."""
    with unit_of_work():
        topic = find_topic(payload["workshop_id"], payload["topic_id"])
        seat = find_seat(ANONYMOUS, payload.get("old_workshop_id") or payload["workshop_id"])
        if topic is None or seat is None:
            return
        home = f"/workshops/{seat.workshop.id}"
        at = f"?at={payload['post_id']}#post-{payload['post_id']}" if payload.get("post_id") else ""
        url = home if payload["kind"] == "topic_left" else f"{home}/topics/{topic.id}{at}"
        about = f"topic:{topic.id}"
        message = Message(payload["kind"], payload["actor_id"], seat.workshop.name, home, topic.title, url, about)
        people = set(payload["user_ids"]) & set(member_ids(seat.workshop.id))
        notify(people - told_already(people, message), message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(TopicMoved, _on_move),
    Subscription(TopicsMerged, _on_merger),
    Subscription(TopicSplit, _on_split),
)
JOBS: dict[str, JobHandler] = {RELOCATED: tell_of_relocation}
