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


@dataclass(frozen=True)
class ThingOpened(Event):
    """A member opened something that stands in a plan. What a workshop contains is shown elsewhere: whoever shows it
    records this."""

    kind: str
    target_id: int
    user_id: int
