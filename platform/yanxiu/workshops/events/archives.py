"""Archives that were asked for and made."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class ArchiveRequested(Event):
    archive_id: int
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class ArchiveFinished(Event):
    """It can be fetched, or it was not made."""

    archive_id: int
    workshop_id: int
    actor_id: int
    made: bool
