"""What was done so that nobody falls through."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class MembersReminded(Event):
    """A leader's reminder reaches some people; `matter` is one of `matters.Matter`, `item_id` what it is about."""

    nudge_id: int
    workshop_id: int
    actor_id: int
    matter: str
    item_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class WorkshopVisited(Event):
    """A member opened the first page of a workshop on a day."""

    workshop_id: int
    user_id: int
