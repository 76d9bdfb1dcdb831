"""Messages from 集体备课: whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.core.events import Subscription
from yanxiu.lessonplans.events.checks import PlanChecked
from yanxiu.lessonplans.events.preparations import PlanAdapted, PlanMoved, ReflectionAsked, ReflectionWritten
from yanxiu.lessonplans.events.rounds import PlanSuggested, SuggestionDecided
from yanxiu.lessonplans.queries import find_plan
from yanxiu.lessonplans.queries.adaptations import adaptations_of, group_ids
from yanxiu.notifications.services import Message, notify, place_name, settle

STEPS = {("draft", "review"): "plan_review", ("review", "agreed"): "plan_agreed", ("agreed", "final"): "plan_final"}


def _on_step(event: PlanMoved) -> None:
    """The group hears of every step forward; who has a copy already hears that the 共案 changed instead.

    What the step before asked for is not asked for any more, whichever way the plan went.
    """
    settle(STEPS.values(), f"plan:{event.plan_id}")
    plan, kind = find_plan(event.plan_id), STEPS.get((event.before, event.after))
    if plan is None or kind is None:
        return
    people = group_ids(plan)
    if kind == "plan_agreed":
        copies = {row.teacher_id: row.plan_id for row in adaptations_of(plan.id)}
        for teacher_id, copy_id in copies.items():
            _tell([teacher_id], "plan_newer", event.actor_id, copy_id, "/adaptation")
        people -= copies.keys()
    _tell(people, kind, event.actor_id, plan.id, "" if kind == "plan_review" else "/preparation")


def _on_copy(event: PlanAdapted) -> None:
    plan = find_plan(event.source_id)
    if plan is not None:
        _tell([plan.owner_id], "plan_adapted", event.actor_id, plan.id, "/preparation")


def _on_asking(event: ReflectionAsked) -> None:
    kind = "plan_reflection_again" if event.again else "plan_reflection"
    _tell([event.teacher_id], kind, None, event.plan_id)


def _on_reflection(event: ReflectionWritten) -> None:
    plan = find_plan(event.source_id)
    if plan is not None:
        _tell([plan.owner_id], "plan_reflected", event.teacher_id, plan.id, "/preparation")


def _on_suggestion(event: PlanSuggested) -> None:
    plan = find_plan(event.plan_id)
    if plan is not None:
        _tell([plan.owner_id], "plan_suggestion", event.actor_id, plan.id, "/suggestions")


def _on_decision(event: SuggestionDecided) -> None:
    kind = "plan_adopted" if event.adopted else "plan_declined"
    _tell([event.author_id], kind, event.actor_id, event.plan_id, f"/suggestions#suggestion-{event.suggestion_id}")


def _on_check(event: PlanChecked) -> None:
    plan = find_plan(event.plan_id)
    if plan is not None:
        kind = "plan_revise" if event.grade == "revise" else "plan_checked"
        _tell([plan.owner_id], kind, event.actor_id, plan.id, "#panel-checks")


def _tell(user_ids: Iterable[int], kind: str, actor_id: int | None, plan_id: int, page: str = "") -> None:
    plan = find_plan(plan_id)
    if plan is None:
        return
    url = f"/lesson-plans/{plan_id}"
    place = place_name("教案", plan.title)
    notify(user_ids, Message(kind, actor_id, place, url, plan.title, url + page, f"plan:{plan_id}"))


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(PlanMoved, _on_step),
    Subscription(PlanAdapted, _on_copy),
    Subscription(ReflectionAsked, _on_asking),
    Subscription(PlanChecked, _on_check),
    Subscription(PlanSuggested, _on_suggestion),
    Subscription(SuggestionDecided, _on_decision),
    Subscription(ReflectionWritten, _on_reflection),
)
