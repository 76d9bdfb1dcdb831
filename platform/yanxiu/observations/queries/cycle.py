"""What the steps of lessons depend on, and the lessons that wait for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.observations.cycle import Facts
from yanxiu.observations.models import (
    Evaluation,
    EvaluationState,
    Lesson,
    LessonMember,
    LessonPhase,
    LessonRole,
    LessonText,
    Recording,
    RecordingVersion,
    VersionState,
)
from yanxiu.observations.queries.lessons import visible_lessons
from yanxiu.workshops.models import Workshop

MOST = 60
"""Lessons in each part of 我的听评课."""


def texts_of(lesson_id: int) -> dict[str, LessonText]:
    """Return what is written about a lesson before and after it, by key."""
    rows = db.session.scalars(select(LessonText).where(LessonText.lesson_id == lesson_id))
    return {text.key: text for text in rows}


def facts_of(viewer: Viewer, lessons: Collection[Lesson]) -> dict[int, Facts]:
    """Return what the next step of each lesson depends on; five queries however many they are."""
    ids = [lesson.id for lesson in lessons]
    roles = db.session.execute(
        select(LessonMember.lesson_id, LessonMember.user_id, LessonMember.role).where(LessonMember.lesson_id.in_(ids))
    ).all()
    invited: dict[int, int] = defaultdict(int)
    hosts = set()
    for lesson_id, user_id, role in roles:
        invited[lesson_id] += 1
        if user_id == viewer.user_id and role == LessonRole.HOST:
            hosts.add(lesson_id)
    versions = select(Recording.lesson_id, RecordingVersion.state).join(
        RecordingVersion, RecordingVersion.recording_id == Recording.id
    )
    recorded, preparing = set(), set()
    for lesson_id, state in db.session.execute(versions.where(Recording.lesson_id.in_(ids))):
        if state == VersionState.READY:
            recorded.add(lesson_id)
        elif state != VersionState.FAILED:
            preparing.add(lesson_id)
    texts: dict[int, set[str]] = defaultdict(set)
    for lesson_id, key in db.session.execute(
        select(LessonText.lesson_id, LessonText.key).where(LessonText.lesson_id.in_(ids))
    ):
        texts[lesson_id].add(key)
    handed_in = (Evaluation.lesson_id.in_(ids), Evaluation.state == EvaluationState.SUBMITTED)
    counted = select(Evaluation.lesson_id, func.count()).where(*handed_in).group_by(Evaluation.lesson_id)
    submitted = {row[0]: row[1] for row in db.session.execute(counted)}
    own = set(
        db.session.scalars(select(Evaluation.lesson_id).where(*handed_in, Evaluation.observer_id == viewer.user_id))
    )
    return {
        lesson.id: Facts(
            leads=viewer.user_id in (lesson.teacher_id, lesson.creator_id) or lesson.id in hosts,
            teaches=viewer.user_id == lesson.teacher_id,
            invited=invited[lesson.id],
            has_recording=lesson.id in recorded,
            texts=frozenset(texts[lesson.id]),
            submitted=submitted.get(lesson.id, 0),
            own_submitted=lesson.id in own,
            is_preparing=lesson.id in preparing,
        )
        for lesson in lessons
    }


def my_lessons(viewer: Viewer, *, as_teacher: bool) -> Sequence[Lesson]:
    """Return lessons that are not archived which the viewer teaches, or was asked to; what is due first comes first."""
    mine = Lesson.teacher_id == viewer.user_id
    asked = exists().where(LessonMember.lesson_id == Lesson.id, LessonMember.user_id == viewer.user_id)
    whose = mine if as_teacher else and_(~mine, or_(asked, Lesson.creator_id == viewer.user_id))
    ended = exists().where(Workshop.id == Lesson.workshop_id, Workshop.archived_at.is_not(None))
    statement = (
        visible_lessons(viewer)
        .where(whose, Lesson.phase != LessonPhase.ARCHIVED, ~ended)
        .options(joinedload(Lesson.teacher).joinedload(User.organization), joinedload(Lesson.organization))
        .order_by(Lesson.phase_due.is_(None), Lesson.phase_due, Lesson.created_at.desc(), Lesson.id.desc())
    )
    return db.session.scalars(statement.limit(MOST)).all()


def waited_for(lesson: Lesson) -> set[int]:
    """Return for whom the present step of a lesson waits."""
    match lesson.phase_of:
        case LessonPhase.WATCHING | LessonPhase.EVALUATING:
            done = select(Evaluation.observer_id).where(
                Evaluation.lesson_id == lesson.id, Evaluation.state == EvaluationState.SUBMITTED
            )
            return {member.user_id for member in lesson.members} - set(db.session.scalars(done))
        case LessonPhase.REFLECTING:
            return set() if "reflection" in texts_of(lesson.id) else {lesson.teacher_id}
        case LessonPhase.ARCHIVED:
            return set()
        case _:
            return {lesson.teacher_id}
