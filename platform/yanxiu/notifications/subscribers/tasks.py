"""Messages from tasks: a new one, due tomorrow, returned, marked, chosen as excellent."""

from __future__ import annotations

from collections.abc import Iterable

from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify
from yanxiu.workshops.events import ReviewsAsked, TaskDueSoon, TaskPublished, WorkChosen, WorkMarked, WorkReturned
from yanxiu.workshops.queries.members import member_ids
from yanxiu.workshops.queries.tasks import task_by_id


def _on_publishing(event: TaskPublished) -> None:
    _tell_members(member_ids(event.workshop_id), "task_new", event.actor_id, event.workshop_id, event.task_id)


def _on_due(event: TaskDueSoon) -> None:
    _tell_members(event.user_ids, "task_due", None, event.workshop_id, event.task_id)


def _on_reviews(event: ReviewsAsked) -> None:
    _tell_members(event.user_ids, "reviews_asked", None, event.workshop_id, event.task_id)


def _on_return(event: WorkReturned) -> None:
    _tell_members([event.user_id], "work_returned", event.actor_id, event.workshop_id, event.task_id)


def _on_mark(event: WorkMarked) -> None:
    _tell_members([event.user_id], "work_marked", event.actor_id, event.workshop_id, event.task_id)


def _on_choice(event: WorkChosen) -> None:
    _tell_members([event.user_id], "work_chosen", event.actor_id, event.workshop_id, event.task_id)


def _tell_members(user_ids: Iterable[int], kind: str, actor_id: int | None, workshop_id: int, task_id: int) -> None:
    """Tell those who are still members; whoever left hears nothing of what is asked inside."""
    task = task_by_id(task_id)
    if task is None or task.deleted_at is not None:
        return
    message = Message(
        kind=kind,
        actor_id=actor_id,
        place=task.workshop.name,
        place_url=f"/workshops/{workshop_id}",
        headline=task.title,
        url=f"/workshops/{workshop_id}/tasks/{task_id}",
        topic=f"task:{task_id}",
    )
    notify(set(user_ids) & set(member_ids(workshop_id)), message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(TaskPublished, _on_publishing),
    Subscription(TaskDueSoon, _on_due),
    Subscription(ReviewsAsked, _on_reviews),
    Subscription(WorkReturned, _on_return),
    Subscription(WorkMarked, _on_mark),
    Subscription(WorkChosen, _on_choice),
)
