"""What happens when leaders read plans."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class PlanChecked(Event):
    """Somebody who looks after a plan graded it."""

    plan_id: int
    actor_id: int
    grade: str
