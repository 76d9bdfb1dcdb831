"""Bulletins that were published and taken back."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class BulletinPublished(Event):
    """`again`: it had been published before, so its members know of it."""

    bulletin_id: int
    workshop_id: int
    actor_id: int
    again: bool


@dataclass(frozen=True)
class BulletinWithdrawn(Event):
    bulletin_id: int
    workshop_id: int
    actor_id: int
