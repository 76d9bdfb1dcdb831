"""Messages from lesson plans: invitations, versions kept and brought back."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.core.events import Subscription
from yanxiu.lessonplans.events import (
    PlanHandedOver,
    PlanMemberChanged,
    PlanMemberInvited,
    RevisionRestored,
    RevisionSaved,
)
from yanxiu.lessonplans.queries import find_plan, members_of
from yanxiu.notifications.services import Message, notify, place_name


def _on_invitation(event: PlanMemberInvited) -> None:
    _tell([event.user_id], "plan_invited", event.actor_id, event.plan_id)


def _on_role(event: PlanMemberChanged) -> None:
    """Who only read so far is asked to write."""
    if event.role == "writer":
        _tell([event.user_id], "plan_writer", event.actor_id, event.plan_id)


def _on_handing_over(event: PlanHandedOver) -> None:
    _tell([event.user_id], "plan_handed_over", event.actor_id, event.plan_id)


def _on_revision(event: RevisionSaved) -> None:
    _tell_everybody("plan_revision", event.actor_id, event.plan_id)


def _on_restoring(event: RevisionRestored) -> None:
    _tell_everybody("plan_restored", event.actor_id, event.plan_id)


def _tell_everybody(kind: str, actor_id: int, plan_id: int) -> None:
    """The owner and those who were invited; the record of an activity has neither."""
    plan = find_plan(plan_id)
    if plan is not None and not plan.is_record:
        _tell({member.user_id for member in members_of(plan_id)} | {plan.owner_id}, kind, actor_id, plan_id)


def _tell(user_ids: Iterable[int], kind: str, actor_id: int, plan_id: int) -> None:
    plan = find_plan(plan_id)
    if plan is None:
        return
    url = f"/lesson-plans/{plan_id}"
    notify(user_ids, Message(kind, actor_id, place_name("教案", plan.title), url, plan.title, url, f"plan:{plan_id}"))


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(PlanMemberInvited, _on_invitation),
    Subscription(PlanHandedOver, _on_handing_over),
    Subscription(PlanMemberChanged, _on_role),
    Subscription(RevisionSaved, _on_revision),
    Subscription(RevisionRestored, _on_restoring),
)
