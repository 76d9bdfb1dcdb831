"""What happens to suggestions and rounds of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class PlanSuggested(Event):
    """Somebody suggested something for a plan."""

    suggestion_id: int
    plan_id: int
    actor_id: int
    author_id: int


@dataclass(frozen=True)
class SuggestionDecided(Event):
    """A suggestion was adopted or declined, with a reason."""

    suggestion_id: int
    plan_id: int
    actor_id: int
    author_id: int
    adopted: bool
