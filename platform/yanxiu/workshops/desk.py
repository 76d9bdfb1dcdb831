"""What figures hear of: the desk of those who lead is told that something is no longer so, plans tick what was done."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.core.live import bump
from yanxiu.workshops import events
from yanxiu.workshops.services.termplan import tick_opened

WaitsForLeaders = (
    events.WorkHandedIn
    | events.WorkMarked
    | events.WorkReturned
    | events.MemberJoined
    | events.MemberRemoved
    | events.ApplicationSubmitted
    | events.ApplicationDecided
    | events.AttendanceNoted
    | events.WorkshopVisited
)


def _tell_leaders(event: WaitsForLeaders) -> None:
    """What those who lead look at is no longer so. Runs after the services have taken their locks, like all here."""
    bump(f"desk:{event.workshop_id}", "desk", event.workshop_id)


def _tick_opened(event: events.ThingOpened) -> None:
    tick_opened(event.kind, event.target_id, event.user_id)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(events.ThingOpened, _tick_opened),
    *(Subscription(kind, _tell_leaders) for kind in WaitsForLeaders.__args__),
)
