"""听课节数: who observed how many lessons, counted from what they did.

A person observed a lesson of somebody else when they handed in an evaluation of it, or wrote at least `NOTES_NEEDED`
comments or live notes about it that were not taken back (answers and private ones do not count), or whoever leads the lesson noted that
they were there. A lesson counts once, in the term in which it was taught (or entered, where no day was given). Lessons
that were taken down do not count. Nothing is stored: the figure changes with what it is counted from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager

from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries.administration import within_reach
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.observations.models import (
    CommentVisibility,
    Evaluation,
    EvaluationState,
    Lesson,
    LessonMember,
    TimedComment,
)
from yanxiu.observations.queries.lessons import visible_lesson_ids

NOTES_NEEDED = 3
HEARD = {"some": True, "none": False}
EVALUATED, NOTED, ATTENDED = "交了评课", "写了点评", "记了到场"


@dataclass(frozen=True)
class Observed:
    """One lesson that a person observed, and what shows it. `title` is None where the reader may not see the lesson."""

    user_id: int
    lesson_id: int
    title: str | None
    teacher: str
    day: date
    how: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """How many lessons a person observed."""

    person: User
    lessons: int


def observed_by(viewer: Viewer, user_id: int, days: tuple[date, date]) -> list[Observed]:
    """Return the lessons a person observed from the first of `days` to the last, the last one first."""
    return _rows(viewer, User.id == user_id, days)


def observed_in_reach(viewer: Viewer, days: tuple[date, date]) -> list[Observed]:
    """Return what the people of the places the viewer manages observed; nothing for who manages none."""
    return _rows(viewer, within_reach(viewer), days)


def counts_of(rows: Iterable[Observed]) -> list[Count]:
    """Add up the rows by person, by name: this is no ranking (observation.md 4.3)."""
    lessons = Counter(row.user_id for row in rows)
    people = db.session.scalars(select(User).where(User.id.in_(lessons)).order_by(User.name_key, User.id))
    return [Count(person, lessons[person.id]) for person in people]


def counts_in_reach(viewer: Viewer, rows: Sequence[Observed], wanted: str = "") -> list[Count]:
    """Return the figure of everybody the viewer manages, 0 too, by name; accounts in use and those that have a row.

    `wanted`: "some" for those who observed, "none" for those who did not yet, else all.
    """
    lessons = Counter(row.user_id for row in rows)
    people = select(User).join(User.organization).where(within_reach(viewer), User.is_active | User.id.in_(lessons))
    found = db.session.scalars(people.options(contains_eager(User.organization)).order_by(User.name_key, User.id))
    counts = [Count(person, lessons[person.id]) for person in found]
    return [one for one in counts if wanted not in HEARD or bool(one.lessons) == HEARD[wanted]]


def _rows(viewer: Viewer, whose: ColumnElement[bool], days: tuple[date, date]) -> list[Observed]:
    """Five queries however many people and lessons they are."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for statement, word in _shown_by():
        for user_id, lesson_id in db.session.execute(_within(statement, whose, days)):
            found[user_id, lesson_id].append(word)
    lessons = _lessons({lesson_id for _user_id, lesson_id in found})
    seen = visible_lesson_ids(viewer, lessons)
    rows = [
        Observed(
            user_id, number, title if number in seen else None, teacher, at.astimezone(LOCAL_ZONE).date(), tuple(how)
        )
        for (user_id, number), how in found.items()
        for title, teacher, at in (lessons[number],)
    ]
    return sorted(rows, key=lambda row: (-row.day.toordinal(), -row.lesson_id, row.user_id))


def _shown_by() -> Sequence[tuple[Any, str]]:
    judged = select(User.id, Lesson.id).join_from(Evaluation, Lesson, Lesson.id == Evaluation.lesson_id)
    noted = select(User.id, Lesson.id).join_from(TimedComment, Lesson, Lesson.id == TimedComment.lesson_id)
    there = select(User.id, Lesson.id).join_from(LessonMember, Lesson, Lesson.id == LessonMember.lesson_id)
    return (
        (
            judged.join(User, User.id == Evaluation.observer_id).where(Evaluation.state == EvaluationState.SUBMITTED),
            EVALUATED,
        ),
        (
            noted.join(User, User.id == TimedComment.author_id)
            .where(
                TimedComment.parent_id.is_(None),
                TimedComment.withdrawn_at.is_(None),
                TimedComment.visibility != CommentVisibility.PRIVATE,
            )
            .group_by(User.id, Lesson.id)
            .having(func.count() >= NOTES_NEEDED),
            NOTED,
        ),
        (there.join(User, User.id == LessonMember.user_id).where(LessonMember.attended_at.is_not(None)), ATTENDED),
    )


def _within(statement: Any, whose: ColumnElement[bool], days: tuple[date, date]) -> Any:
    at = func.coalesce(Lesson.taught_at, Lesson.created_at)
    begins, ends = (
        datetime.combine(days[0], time.min, LOCAL_ZONE),
        datetime.combine(days[1], time.max, LOCAL_ZONE),
    )
    return statement.join(Organization, Organization.id == User.organization_id).where(
        whose, Lesson.deleted_at.is_(None), Lesson.teacher_id != User.id, at >= begins, at <= ends
    )


def _lessons(ids: set[int]) -> dict[int, tuple[str, str, datetime]]:
    rows = db.session.execute(
        select(Lesson.id, Lesson.title, User.name, Lesson.taught_at, Lesson.created_at)
        .join(User, User.id == Lesson.teacher_id)
        .where(Lesson.id.in_(ids))
    )
    return {number: (title, name, taught_at or created_at) for number, title, name, taught_at, created_at in rows}
