"""The world that the demo seeds share: what one feature made, the next one uses."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from yanxiu.core import clock

PASSWORD = "yanxiu2026"


@dataclass
class DemoWorld:
    """Named things made so far, a seeded source of chance, and the moment the demo plays at.

    `small` asks for the least that tests need (the cast and their places); without it the full county is made.
    """

    small: bool = False
    now: datetime = field(default_factory=clock.now)
    rng: random.Random = field(default_factory=lambda: random.Random(2026))
    users: dict[str, Any] = field(default_factory=dict)
    orgs: dict[str, Any] = field(default_factory=dict)
    workshops: dict[str, Any] = field(default_factory=dict)
    activities: dict[str, Any] = field(default_factory=dict)
    plans: dict[str, Any] = field(default_factory=dict)
    lessons: dict[str, Any] = field(default_factory=dict)

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """Return a moment before the demo's present."""
        return self.now - timedelta(days=days, hours=hours, minutes=minutes)
