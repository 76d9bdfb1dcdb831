"""What the files about a lesson are made of, as far as its reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.lessonplans.models.rounds import DECISIONS
from yanxiu.lessonplans.queries import visible_plan
from yanxiu.lessonplans.queries.rounds import suggestions_of
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries.comments import open_threads
from yanxiu.observations.queries.narrowing import CommentFilter


def threads_to_file(
    viewer: Viewer, lesson: Lesson, wanted: CommentFilter | None = None, *, with_private: bool = True
) -> Sequence[TimedComment]:
    """Return every thread the viewer may read, in media time, then live notes by the clock, with its answers; a constant number of queries.

    Without `with_private` the viewer's own notes to oneself stay out: for what others will read.
    """
    statement = open_threads(viewer, lesson).where(*(wanted or CommentFilter()).conditions())
    if not with_private:
        statement = statement.where(TimedComment.visibility != "private")
    loaded = statement.options(
        joinedload(TimedComment.author).joinedload(User.organization),
        joinedload(TimedComment.perspective),
        selectinload(TimedComment.replies).joinedload(TimedComment.author),
    )
    in_order = (TimedComment.version_id.is_(None), TimedComment.start_ms, TimedComment.taken_at, TimedComment.id)
    return db.session.scalars(loaded.order_by(*in_order)).all()


def count_to_file(viewer: Viewer, lesson: Lesson, wanted: CommentFilter) -> int:
    """Return how many threads a file would hold."""
    chosen = open_threads(viewer, lesson).where(*wanted.conditions()).with_only_columns(TimedComment.id)
    return db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


@dataclass(frozen=True)
class Outcome:
    """What became of a comment that was taken down for the lesson plan: 采纳 or 不采纳, and why or how it reads now."""

    decision: str
    words: str


def outcomes_of(viewer: Viewer, lesson: Lesson) -> dict[int, Outcome]:
    """Return the decisions about comments on this lesson, by the number of the comment; none where the plan is not seen."""
    plan = visible_plan(viewer, lesson.lesson_plan_id) if lesson.lesson_plan_id else None
    if plan is None:
        return {}
    return {
        row.remark_id: Outcome(DECISIONS[row.state], row.outcome or row.reason)
        for row in suggestions_of(plan.id)
        if row.remark_id is not None and row.state in DECISIONS
    }
