"""What happens in search."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class SavedSearchFound(Event):
    """A search somebody keeps found things they have not been told of."""

    saved_id: int
    user_id: int
    name: str
    count: int
