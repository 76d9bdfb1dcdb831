"""What happened to an activity."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class ActivityPublished(Event):
    activity_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class ActivityChanged(Event):
    """`moved`: time, place, speaker or title changed, which those who come must know."""

    activity_id: int
    workshop_id: int
    actor_id: int
    moved: bool


@dataclass(frozen=True)
class ActivityCancelled(Event):
    activity_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class ActivityApproaching(Event):
    """It takes place tomorrow."""

    activity_id: int
    workshop_id: int


@dataclass(frozen=True)
class RecordChanged(Event):
    """Somebody wrote in the record of an activity."""

    activity_id: int
    workshop_id: int
    actor_id: int
