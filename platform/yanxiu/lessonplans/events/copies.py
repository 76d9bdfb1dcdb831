"""What happens to what is no plan when a plan is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class OriginalCopied(Event):
    """Somebody made a plan of an original in the state `stamp`; version `base` of the plan is how it read there."""

    original_id: int
    stamp: int
    plan_id: int
    base: int
    actor_id: int
