"""What was decided about answers to a question."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class AnswerAccepted(Event):
    """Somebody's answer solved the question."""

    topic_id: int
    post_id: int
    workshop_id: int
    author_id: int
    actor_id: int
