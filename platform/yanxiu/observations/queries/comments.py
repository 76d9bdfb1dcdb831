"""Time-coded comments the viewer may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.observations.models import CommentVisibility, Lesson, TimedComment
from yanxiu.observations.permissions import can_view_comment

PAGE = 400
"""Threads shown at once; a lesson with more continues with 加载更多."""


@dataclass(frozen=True)
class Changes:
    """What is newer than a sequence number: threads to show again, ids of those to remove."""

    threads: Sequence[TimedComment]
    gone: list[int] = field(default_factory=list)


def threads_of(viewer: Viewer, lesson: Lesson, after: tuple[int, int] | None = None) -> Sequence[TimedComment]:
    """Return the threads of a lesson in media time; `after` is (start_ms, id) of the last one already shown."""
    statement = _threads(lesson).where(_readable(viewer, lesson), TimedComment.withdrawn_at.is_(None))
    if after is not None:
        start_ms, last_id = after
        same = and_(TimedComment.start_ms == start_ms, TimedComment.id > last_id)
        statement = statement.where(or_(TimedComment.start_ms > start_ms, same))
    return db.session.scalars(statement.order_by(TimedComment.start_ms, TimedComment.id).limit(PAGE)).all()


def comments_since(viewer: Viewer, lesson: Lesson, seq: int) -> Changes:
    """Return what changed after `seq`. A thread the viewer may not read leaves no trace, not even as removed."""
    statement = _threads(lesson).where(TimedComment.seq > seq, _readable(viewer, lesson))
    changed = db.session.scalars(statement.order_by(TimedComment.start_ms, TimedComment.id)).all()
    return Changes(
        [thread for thread in changed if thread.withdrawn_at is None],
        [thread.id for thread in changed if thread.withdrawn_at is not None],
    )


def find_comment(viewer: Viewer, lesson: Lesson, comment_id: int) -> TimedComment | None:
    """Return a comment of the lesson the viewer may read; a withdrawn one only for its author."""
    statement = (
        select(TimedComment)
        .where(TimedComment.id == comment_id, TimedComment.lesson_id == lesson.id)
        .options(joinedload(TimedComment.author), joinedload(TimedComment.parent))
    )
    comment = db.session.scalars(statement).first()
    if comment is None or not can_view_comment(viewer, comment, lesson):
        return None
    if comment.withdrawn_at is not None and comment.author_id != viewer.user_id:
        return None
    return comment


def counts_by_lesson(lesson_ids: Iterable[int]) -> dict[int, int]:
    """Return how many open comments each lesson has that everybody may read."""
    rows = db.session.execute(
        select(TimedComment.lesson_id, func.count().label("threads"))
        .where(
            TimedComment.lesson_id.in_(list(lesson_ids)),
            TimedComment.parent_id.is_(None),
            TimedComment.withdrawn_at.is_(None),
            TimedComment.visibility == CommentVisibility.EVERYBODY,
        )
        .group_by(TimedComment.lesson_id)
    )
    return {row.lesson_id: row.threads for row in rows}


def _threads(lesson: Lesson) -> Select[TimedComment]:
    return (
        select(TimedComment)
        .where(TimedComment.lesson_id == lesson.id, TimedComment.parent_id.is_(None))
        .options(
            joinedload(TimedComment.author),
            joinedload(TimedComment.resolved_by),
            selectinload(TimedComment.replies).joinedload(TimedComment.author),
        )
    )


def _readable(viewer: Viewer, lesson: Lesson) -> ColumnElement[bool]:
    """The same rule as `can_view_comment`, as SQL."""
    choices = [TimedComment.visibility == CommentVisibility.EVERYBODY, TimedComment.author_id == viewer.user_id]
    if viewer.user_id == lesson.teacher_id:
        choices.append(TimedComment.visibility == CommentVisibility.TEACHER)
    return or_(*choices)


def thread_ids_of(lesson_id: int, parent_id: int | None = None) -> list[int]:
    """Return the ids of all comments of a lesson, or of the answers to one of them; for the search queue."""
    statement = select(TimedComment.id).where(TimedComment.lesson_id == lesson_id)
    if parent_id is not None:
        statement = statement.where(TimedComment.parent_id == parent_id)
    return list(db.session.scalars(statement))
