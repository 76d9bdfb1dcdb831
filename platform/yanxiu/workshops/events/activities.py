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
class RecordSection:
    """One section of a record as it reads; `text` is empty where nobody has written."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class RecordWritten(Event):
    """The record of an activity came to rest. It is written elsewhere (a workshop does not know where); this is how it
    reads now, and everybody who ever wrote in it."""

    activity_id: int
    html: str
    sections: tuple[RecordSection, ...]
    editor_ids: tuple[int, ...]


@dataclass(frozen=True)
class AttendanceNoted(Event):
    """It was noted, or taken back, who came to an activity."""

    activity_id: int
    workshop_id: int


@dataclass(frozen=True)
class ReflectionHandedIn(Event):
    """Somebody wrote what they think of an activity, or changed it."""

    reflection_id: int
    activity_id: int
