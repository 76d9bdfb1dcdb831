"""A plan of a term was changed."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class PlanItemsChanged(Event):
    """These items say something else, were taken out or came back."""

    workshop_id: int
    item_ids: tuple[int, ...]


@dataclass(frozen=True)
class PlanAdjusted(Event):
    """The plan was changed since the members were told last; `actor_id` was the first to do it."""

    workshop_id: int
    actor_id: int
