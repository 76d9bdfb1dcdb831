"""What is told to people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What to tell. `topic` names the thing: the same kind about the same topic is told once until it is read.

    `count` is how many things happened at once.
    """

    kind: str
    actor_id: int | None
    place: str
    place_url: str
    headline: str
    url: str
    topic: str
    count: int = 1
