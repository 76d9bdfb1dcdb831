"""What a row of the list of topics says about the kind of each topic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.workshops.models import DebateStand, PollBallot, Topic, TopicKind, TopicRequirement
from yanxiu.workshops.queries.answers import solved_among
from yanxiu.workshops.queries.requirements import requirements_among

KIND_WORDS: dict[str, str] = {TopicKind.POLL.value: "投票", TopicKind.DEBATE.value: "辩论"}


@dataclass(frozen=True)
class RowNote:
    """The mark of a row: its words and its color."""

    text: str
    tone: str = ""


def has_begun(topic: Topic) -> bool:
    """Tell whether somebody has voted, stated a view or answered, so that the rules of the topic are theirs too."""
    if topic.kind == TopicKind.POLL:
        return _any(PollBallot, topic) or topic.replies_count > 0
    return topic.replies_count > 0 or (topic.kind == TopicKind.DEBATE and _any(DebateStand, topic))


def _any(rows: type[PollBallot] | type[DebateStand], topic: Topic) -> bool:
    return db.session.scalar(select(select(rows).where(rows.topic_id == topic.id).exists())) is True


def row_notes(topics: Iterable[Topic]) -> dict[int, tuple[RowNote, ...]]:
    """Return the marks of these topics; none for plain discussions."""
    shown = list(topics)
    solved = solved_among([topic.id for topic in shown if topic.kind == TopicKind.QUESTION])
    asked = requirements_among([topic.id for topic in shown])
    return {topic.id: (*_of_kind(topic, topic.id in solved), *_of_asked(asked.get(topic.id))) for topic in shown}


def _of_kind(topic: Topic, solved: bool) -> tuple[RowNote, ...]:
    if topic.kind == TopicKind.QUESTION:
        return (RowNote("已解决", "green") if solved else RowNote("问答 · 待采纳", "blue"),)
    return (RowNote(KIND_WORDS[topic.kind], "blue"),) if topic.kind in KIND_WORDS else ()


def _of_asked(asked: TopicRequirement | None) -> tuple[RowNote, ...]:
    if asked is None:
        return ()
    parts = [f"回复 {asked.posts}" if asked.posts else "", f"回应 {asked.answers}" if asked.answers else ""]
    return (RowNote("每人" + "、".join(part for part in parts if part)),)
