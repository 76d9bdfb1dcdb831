"""Messages from comments on the text of a plan: to whoever was named, to those who talk, to the lead author."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core.events import Subscription
from yanxiu.lessonplans.events.comments import PlanCommentChanged, PlanCommented
from yanxiu.lessonplans.queries import find_plan, visible_plan
from yanxiu.lessonplans.queries.comments import find_comment, voices_in
from yanxiu.notifications.services import Message, notify, place_name


def _on_comment(event: PlanCommented) -> None:
    """Each person hears once: who is named of that, who takes part of the answer, the lead author of the comment."""
    plan = find_plan(event.plan_id)
    if plan is None:
        return
    named = set(event.mentioned)
    is_answer = event.comment_id != event.thread_id
    talking = _who_see(voices_in(event.thread_id) - named, plan.id) if is_answer else set()
    _tell(named, "plan_comment_mention", event)
    _tell(talking, "plan_comment_reply", event)
    _tell({plan.owner_id} - named - talking, "plan_comment", event)


def _on_change(event: PlanCommentChanged) -> None:
    comment = find_comment(event.plan_id, event.comment_id) if event.what == "resolved" else None
    if comment is not None:
        _tell(_who_see({comment.author_id}, event.plan_id), "plan_comment_resolved", event)


def _tell(user_ids: Iterable[int], kind: str, event: PlanCommented | PlanCommentChanged) -> None:
    plan = find_plan(event.plan_id)
    if plan is None:
        return
    thread_id = event.thread_id if isinstance(event, PlanCommented) else event.comment_id
    url = f"/lesson-plans/{plan.id}"
    place = place_name("教案", plan.title)
    there = f"{url}#comment-{thread_id}"
    notify(user_ids, Message(kind, event.actor_id, place, url, plan.title, there, f"plan:{plan.id}"))


def _who_see(user_ids: Iterable[int], plan_id: int) -> set[int]:
    """Those who may see the plan now: who was removed meanwhile hears nothing more of it."""
    return {number for number in user_ids if visible_plan(viewer_of(find_user(number)), plan_id) is not None}


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(PlanCommented, _on_comment),
    Subscription(PlanCommentChanged, _on_change),
)
