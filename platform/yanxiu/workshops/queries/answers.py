"""Reads about questions: which are solved, and by what. An answer that was taken back or moved away solves nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, select

from yanxiu.core.db import db
from yanxiu.workshops.models import AcceptedAnswer, Post, Topic, TopicKind

WAITING, SOLVED = "waiting", "solved"
QUESTION_LISTS = (WAITING, SOLVED)


def _solves() -> ColumnElement[bool]:
    return and_(
        Post.id == AcceptedAnswer.post_id,
        Post.topic_id == AcceptedAnswer.topic_id,
        Post.withdrawn_at.is_(None),
    )


def is_solved() -> ColumnElement[bool]:
    """The condition of a topic with an accepted answer that stands."""
    return exists().where(AcceptedAnswer.topic_id == Topic.id, _solves())


def questions_that_are(state: str) -> ColumnElement[bool]:
    """The condition of questions that are solved, or wait for it."""
    return and_(Topic.kind == TopicKind.QUESTION, is_solved() if state == SOLVED else ~is_solved())


def solved_among(topic_ids: Collection[int]) -> set[int]:
    """Return which of these questions are solved."""
    if not topic_ids:
        return set()
    found = select(AcceptedAnswer.topic_id).join(Post, _solves()).where(AcceptedAnswer.topic_id.in_(topic_ids))
    return set(db.session.scalars(found))


def has_questions(workshop_id: int) -> bool:
    """Tell whether anybody has asked a question here: only then its lists are offered."""
    asked = select(Topic.id).where(
        Topic.workshop_id == workshop_id, Topic.kind == TopicKind.QUESTION, Topic.deleted_at.is_(None)
    )
    return db.session.scalar(asked.limit(1)) is not None


def accepted_post_id(topic_id: int) -> int | None:
    """Return the answer that solved a question."""
    found = select(AcceptedAnswer.post_id).join(Post, _solves()).where(AcceptedAnswer.topic_id == topic_id)
    return db.session.scalar(found)
