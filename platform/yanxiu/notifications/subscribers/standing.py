"""Messages about what a workshop is, whether it goes on, and what a helper may do."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.accounts.permissions import ANONYMOUS
from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify
from yanxiu.workshops.events import PlanAdjusted, RightsChanged, WorkshopEnded, WorkshopPromoted
from yanxiu.workshops.queries import find_seat, member_ids
from yanxiu.workshops.queries.teams import leaders_of


def _on_rights(event: RightsChanged) -> None:
    _tell([event.user_id], "rights", event.actor_id, event.workshop_id)


def _on_promotion(event: WorkshopPromoted) -> None:
    """The leaders hear what the county decided."""
    leaders = leaders_of([event.workshop_id]).get(event.workshop_id, [])
    _tell([user.id for user in leaders], "workshop_kind", event.actor_id, event.workshop_id)


def _on_end(event: WorkshopEnded) -> None:
    kind = "workshop_ended" if event.ended else "workshop_reopened"
    _tell(member_ids(event.workshop_id), kind, event.actor_id, event.workshop_id)


def _on_plan(event: PlanAdjusted) -> None:
    """One message for whatever was changed since the last one."""
    seat = find_seat(ANONYMOUS, event.workshop_id)
    if seat is None:
        return
    home, name = f"/workshops/{event.workshop_id}", seat.workshop.name
    members = set(member_ids(event.workshop_id)) - {event.actor_id}
    topic = f"termplan:{event.workshop_id}"
    notify(members, Message("term_plan", None, name, home, "学期计划", f"{home}/plan", topic))


def _tell(user_ids: Iterable[int], kind: str, actor_id: int, workshop_id: int) -> None:
    seat = find_seat(ANONYMOUS, workshop_id)
    if seat is not None:
        home, name = f"/workshops/{workshop_id}", seat.workshop.name
        notify(user_ids, Message(kind, actor_id, name, home, name, home, f"workshop:{workshop_id}"))


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(RightsChanged, _on_rights),
    Subscription(WorkshopPromoted, _on_promotion),
    Subscription(WorkshopEnded, _on_end),
    Subscription(PlanAdjusted, _on_plan),
)
