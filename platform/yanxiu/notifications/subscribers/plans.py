"""Messages from lesson plans: invitations and new versions."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.core.events import Subscription
from yanxiu.lessonplans.events import PlanHandedOver, PlanMemberInvited, RevisionSaved
from yanxiu.lessonplans.queries import find_plan, members_of
from yanxiu.notifications.services import Message, notify, place_name


def _on_invitation(event: PlanMemberInvited) -> None:
    _tell([event.user_id], "plan_invited", event.actor_id, event.plan_id)


def _on_handing_over(event: PlanHandedOver) -> None:
    _tell([event.user_id], "plan_handed_over", event.actor_id, event.plan_id)


def _on_revision(event: RevisionSaved) -> None:
    """Those who write in the plan, its owner included."""
    plan = find_plan(event.plan_id)
    if plan is not None:
        writers = {member.user_id for member in members_of(event.plan_id)} | {plan.owner_id}
        _tell(writers, "plan_revision", event.actor_id, event.plan_id)


def _tell(user_ids: Iterable[int], kind: str, actor_id: int, plan_id: int) -> None:
    plan = find_plan(plan_id)
    if plan is None:
        return
    url = f"/lesson-plans/{plan_id}"
    notify(user_ids, Message(kind, actor_id, place_name("教案", plan.title), url, plan.title, url, f"plan:{plan_id}"))


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(PlanMemberInvited, _on_invitation),
    Subscription(PlanHandedOver, _on_handing_over),
    Subscription(RevisionSaved, _on_revision),
)
