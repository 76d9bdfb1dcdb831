"""What kind of discussion a topic is."""

from __future__ import annotations

from enum import StrEnum


class TopicKind(StrEnum):
    """A plain discussion asks nothing more than to talk; the other kinds have tables of their own."""

    DISCUSSION = "discussion"
    QUESTION = "question"
    POLL = "poll"
    DEBATE = "debate"
