"""二次上课: what was taught again, and what became better (改进前/后), as far as the viewer may watch both lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.observations.models import (
    ClipPair,
    CommentVisibility,
    Lesson,
    LessonMember,
    LessonPhase,
    LessonRole,
    SecondTeaching,
    TimedComment,
)
from yanxiu.observations.queries.comments import open_threads
from yanxiu.observations.queries.lessons import for_lists, visible_lessons
from yanxiu.observations.queries.pairs import topic_of
from yanxiu.observations.queries.papers import outcomes_of

OFFERED = 60
ADOPTED = "采纳"


@dataclass(frozen=True)
class Teachings:
    """The lesson that this one repeats, and those that repeat this one, in the order in which they were taught."""

    first: Lesson | None
    seconds: Sequence[Lesson]


def teachings_of(viewer: Viewer, lesson_id: int) -> Teachings:
    """Return what belongs to a lesson, as far as the viewer may watch it."""
    seen = visible_lessons(viewer).options(*for_lists())
    first = seen.join(SecondTeaching, SecondTeaching.first_id == Lesson.id).where(SecondTeaching.second_id == lesson_id)
    seconds = seen.join(SecondTeaching, SecondTeaching.second_id == Lesson.id).where(
        SecondTeaching.first_id == lesson_id
    )
    in_order = (Lesson.taught_at.is_(None), Lesson.taught_at, Lesson.id)
    return Teachings(db.session.scalars(first).first(), db.session.scalars(seconds.order_by(*in_order)).all())


def second_teaching(first_id: int, second_id: int) -> SecondTeaching | None:
    """Return the row that says that one lesson repeats another."""
    statement = select(SecondTeaching).where(SecondTeaching.first_id == first_id, SecondTeaching.second_id == second_id)
    return db.session.scalars(statement).first()


def repeats(lesson_id: int) -> list[int]:
    """Return the numbers of the lessons that this one repeats, the nearest first."""
    found: list[int] = []
    current: int | None = lesson_id
    while current is not None:
        current = db.session.scalar(select(SecondTeaching.first_id).where(SecondTeaching.second_id == current))
        if current in found:
            break
        found += [] if current is None else [current]
    return found


def may_be_second(viewer: Viewer, lesson: Lesson) -> Sequence[Lesson]:
    """Return the lessons that the viewer may say to repeat this one: own ones and hosted ones that repeat none yet, of the
    same 课题 first."""
    hosts = exists().where(
        LessonMember.lesson_id == Lesson.id,
        LessonMember.user_id == viewer.user_id,
        LessonMember.role == LessonRole.HOST,
    )
    leads = or_(Lesson.teacher_id == viewer.user_id, Lesson.creator_id == viewer.user_id, hosts)
    taken = exists().where(SecondTeaching.second_id == Lesson.id)
    statement = visible_lessons(viewer).where(
        leads, ~taken, Lesson.id != lesson.id, Lesson.phase != LessonPhase.ARCHIVED
    )
    newest = statement.options(*for_lists()).order_by(Lesson.created_at.desc(), Lesson.id.desc())
    earlier, topic = repeats(lesson.id), topic_of(lesson.title)
    found = [one for one in db.session.scalars(newest.limit(OFFERED)) if one.id not in earlier]
    return sorted(found, key=lambda one: topic_of(one.title) != topic)


def adopted_comments(viewer: Viewer, lesson: Lesson) -> Sequence[TimedComment]:
    """Return the comments for everybody that were adopted: for the lesson plan, or ticked off without it, in media time."""
    outcomes = outcomes_of(viewer, lesson)
    statement = open_threads(viewer, lesson).where(
        TimedComment.visibility == CommentVisibility.EVERYBODY, TimedComment.version_id.is_not(None)
    )
    threads = db.session.scalars(
        statement.options(joinedload(TimedComment.author)).order_by(TimedComment.start_ms, TimedComment.id)
    )
    return [one for one in threads if _is_adopted(one, outcomes[one.id].decision if one.id in outcomes else "")]


def _is_adopted(comment: TimedComment, decision: str) -> bool:
    return decision == ADOPTED if decision else comment.resolved_at is not None


def clip_pairs(viewer: Viewer, lesson_id: int, other_id: int | None = None) -> Sequence[ClipPair]:
    """Return what became better from this lesson on or up to it, or between two lessons; in media time of the first.

    Only what everybody may read, and where the viewer may watch both lessons.
    """
    visible = visible_lessons(viewer).with_only_columns(Lesson.id)
    statement = (
        select(ClipPair)
        .join(ClipPair.comment)
        .join(ClipPair.second)
        .where(
            TimedComment.visibility == CommentVisibility.EVERYBODY,
            TimedComment.withdrawn_at.is_(None),
            TimedComment.lesson_id.in_(visible),
            ClipPair.second_id.in_(visible),
            or_(TimedComment.lesson_id == lesson_id, ClipPair.second_id == lesson_id),
        )
        .options(
            contains_eager(ClipPair.comment).joinedload(TimedComment.author),
            contains_eager(ClipPair.comment).joinedload(TimedComment.lesson),
            contains_eager(ClipPair.second),
        )
        .order_by(TimedComment.lesson_id, TimedComment.start_ms, ClipPair.id)
    )
    if other_id is not None:
        statement = statement.where(or_(TimedComment.lesson_id == other_id, ClipPair.second_id == other_id))
    return db.session.scalars(statement).all()


def find_clip_pair(pair_id: int, second_id: int) -> ClipPair | None:
    """Return one of a second lesson; the caller checks the right to change that lesson."""
    statement = select(ClipPair).where(ClipPair.id == pair_id, ClipPair.second_id == second_id)
    return db.session.scalars(statement).first()
