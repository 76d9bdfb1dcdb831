"""Tasks that were given, handed in and marked."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class TaskPublished(Event):
    task_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class TaskChanged(Event):
    task_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class TaskDeleted(Event):
    task_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class TaskRestored(Event):
    task_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class WorkHandedIn(Event):
    """A member sent the copy with this number."""

    submission_id: int
    task_id: int
    workshop_id: int
    user_id: int
    number: int


@dataclass(frozen=True)
class WorkReturned(Event):
    """The leader asks for another copy."""

    submission_id: int
    task_id: int
    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class WorkMarked(Event):
    submission_id: int
    task_id: int
    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class WorkChosen(Event):
    """A submission was shown to all members as excellent (推优)."""

    submission_id: int
    task_id: int
    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class TaskDueSoon(Event):
    """A task is due tomorrow; `user_ids` have not handed in."""

    task_id: int
    workshop_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class ReviewsAsked(Event):
    """These people were asked to review others' work."""

    task_id: int
    workshop_id: int
    user_ids: tuple[int, ...]
