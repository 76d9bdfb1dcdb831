"""What happens to comments on the text of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class PlanCommented(Event):
    """Somebody said something about words of a plan, or answered (`thread_id`: what was answered)."""

    comment_id: int
    plan_id: int
    actor_id: int
    thread_id: int
    mentioned: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlanCommentChanged(Event):
    """A comment was resolved, opened again, or withdrawn."""

    comment_id: int
    plan_id: int
    actor_id: int
    what: str


@dataclass(frozen=True)
class PlanCommentsBrought(Event):
    """Comments and answers came along in a Word file."""

    plan_id: int
    actor_id: int
    comment_ids: tuple[int, ...]
