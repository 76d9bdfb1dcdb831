"""Lessons as a lesson plan asks for them: those that name it, their days, and what was said about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.lessonplans.queries.lessons import LessonSource, Remark, TaughtLesson
from yanxiu.observations.models import CommentVisibility, Lesson, TimedComment
from yanxiu.observations.queries.lessons import visible_lessons

MOST_REMARKS = 200


def _lessons(viewer: Viewer, plan_ids: Collection[int]) -> Sequence[TaughtLesson]:
    rows = db.session.scalars(
        visible_lessons(viewer)
        .where(Lesson.lesson_plan_id.in_(plan_ids))
        .options(joinedload(Lesson.teacher))
        .order_by(Lesson.taught_at.desc(), Lesson.id.desc())
    ).all()
    return [_told(lesson) for lesson in rows]


def _told(lesson: Lesson) -> TaughtLesson:
    day = lesson.taught_at.astimezone(LOCAL_ZONE).date() if lesson.taught_at else None
    assert lesson.lesson_plan_id is not None
    return TaughtLesson(
        lesson.id, lesson.lesson_plan_id, lesson.title, lesson.teacher.name, day, f"/lessons/{lesson.id}"
    )


def _days(plan_ids: Collection[int]) -> dict[int, date]:
    rows = db.session.execute(
        select(Lesson.lesson_plan_id, func.min(Lesson.taught_at))
        .where(Lesson.lesson_plan_id.in_(plan_ids), Lesson.taught_at.is_not(None), Lesson.deleted_at.is_(None))
        .group_by(Lesson.lesson_plan_id)
    )
    return {row[0]: row[1].astimezone(LOCAL_ZONE).date() for row in rows if row[0] and row[1]}


def _remarks(viewer: Viewer, lesson_ids: Collection[int]) -> Sequence[Remark]:
    """What everybody who sees the lesson may read: a plan's page is not the place of what was said to few."""
    rows = db.session.scalars(
        select(TimedComment)
        .where(
            TimedComment.lesson_id.in_(
                visible_lessons(viewer).where(Lesson.id.in_(lesson_ids)).with_only_columns(Lesson.id)
            ),
            TimedComment.parent_id.is_(None),
            TimedComment.withdrawn_at.is_(None),
            TimedComment.visibility == CommentVisibility.EVERYBODY,
        )
        .options(joinedload(TimedComment.author))
        .order_by(TimedComment.lesson_id, TimedComment.start_ms, TimedComment.id)
        .limit(MOST_REMARKS)
    ).all()
    return [_said(comment) for comment in rows]


def _said(comment: TimedComment) -> Remark:
    url = f"/lessons/{comment.lesson_id}#comment-{comment.id}"
    author = comment.author
    return Remark(comment.id, comment.lesson_id, author.id, author.name, comment.body, comment.start_ms, url)


LESSON_SOURCE = LessonSource(_lessons, _days, _remarks)
