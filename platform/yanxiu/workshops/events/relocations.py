"""What a team did to put discussions in order. `people` are the authors of what went, without the one who did it."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class TopicMoved(Event):
    """A topic stands in another workshop now."""

    topic_id: int
    from_workshop_id: int
    workshop_id: int
    actor_id: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class TopicsMerged(Event):
    """The posts of one topic stand in another now; `gone_id` is no topic any more."""

    topic_id: int
    gone_id: int
    post_id: int
    workshop_id: int
    actor_id: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class TopicSplit(Event):
    """Posts of a topic became one of their own, `opener_id` its text."""

    topic_id: int
    source_id: int
    opener_id: int
    workshop_id: int
    actor_id: int
    people: tuple[int, ...]
