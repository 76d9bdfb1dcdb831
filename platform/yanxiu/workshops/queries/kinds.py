"""What a row of the list of topics says about the kind of each topic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yanxiu.workshops.models import Topic, TopicKind
from yanxiu.workshops.queries.answers import solved_among


@dataclass(frozen=True)
class RowNote:
    """The mark of a row: its words and its color."""

    text: str
    tone: str = ""


def row_notes(topics: Iterable[Topic]) -> dict[int, tuple[RowNote, ...]]:
    """Return the marks of these topics; none for plain discussions."""
    special = [topic for topic in topics if topic.kind != TopicKind.DISCUSSION]
    solved = solved_among([topic.id for topic in special if topic.kind == TopicKind.QUESTION])
    return {topic.id: _notes(topic, topic.id in solved) for topic in special}


def _notes(topic: Topic, solved: bool) -> tuple[RowNote, ...]:
    if topic.kind == TopicKind.QUESTION:
        return (RowNote("已解决", "green") if solved else RowNote("问答 · 待采纳", "blue"),)
    return ()
