"""What is watched in a lesson, by whom, and what came of it so far. Everybody who sees the lesson sees who watches what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.observations.models import (
    CommentVisibility,
    Lesson,
    LessonPerspective,
    PerspectiveFinding,
    PerspectiveWatcher,
    TimedComment,
)

COUNTED = (
    TimedComment.parent_id.is_(None),
    TimedComment.withdrawn_at.is_(None),
    TimedComment.visibility == CommentVisibility.EVERYBODY,
)
"""The remarks under a perspective of which everybody is told."""


def perspectives_of(lesson_id: int) -> Sequence[LessonPerspective]:
    """Return what is watched in a lesson, in its order, with the watchers as the database has them now."""
    return [one for one in all_perspectives_of(lesson_id) if one.retired_at is None]


def all_perspectives_of(lesson_id: int) -> Sequence[LessonPerspective]:
    """Return also what is not watched any more and what was changed since, an earlier version before the later."""
    watchers = selectinload(LessonPerspective.watchers).joinedload(PerspectiveWatcher.user)
    statement = (
        select(LessonPerspective)
        .where(LessonPerspective.lesson_id == lesson_id)
        .options(watchers.joinedload(User.organization))
        .order_by(LessonPerspective.position, LessonPerspective.number, LessonPerspective.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).all()


@dataclass(frozen=True)
class History:
    """The newest version of a perspective that is retired or somebody's own, and those before it, the last first."""

    newest: LessonPerspective
    before: tuple[LessonPerspective, ...]


def histories_of(lesson_id: int) -> list[History]:
    """Return what can be changed, retired or restored."""
    versions: dict[str, list[LessonPerspective]] = {}
    for one in all_perspectives_of(lesson_id):
        versions.setdefault(one.key, []).append(one)
    found = [History(each[-1], tuple(reversed(each[:-1]))) for each in versions.values()]
    return [one for one in found if one.newest.is_own or one.newest.retired_at is not None]


@dataclass(frozen=True)
class Row:
    """One perspective of the matrix: `said` counts the open comments everybody reads, `written` whose finding is there."""

    perspective: LessonPerspective
    said: int
    written: frozenset[int]

    @property
    def watching(self) -> frozenset[int]:
        return frozenset(watcher.user_id for watcher in self.perspective.watchers)

    @property
    def seen(self) -> str:
        """Who watches, as a form sends it back."""
        return ",".join(str(number) for number in sorted(self.watching))

    def claimed_by(self, user_id: int | None) -> bool:
        return any(one.is_claimed and one.user_id == user_id for one in self.perspective.watchers)


@dataclass(frozen=True)
class Coverage:
    """视角 × 观察者: what somebody watches, what nobody watches, what several watch."""

    rows: list[Row]
    observers: list[User]

    @property
    def unwatched(self) -> int:
        return sum(not row.watching for row in self.rows)

    @property
    def shared(self) -> int:
        return sum(len(row.watching) > 1 for row in self.rows)

    def load_of(self, user_id: int) -> int:
        return sum(user_id in row.watching for row in self.rows)


def coverage_of(lesson: Lesson) -> Coverage:
    """Return the matrix of a lesson whose members are loaded; four queries however large it is."""
    perspectives = perspectives_of(lesson.id)
    said = _said(lesson.id)
    written: dict[int, set[int]] = {}
    for number, author in db.session.execute(
        select(PerspectiveFinding.perspective_id, PerspectiveFinding.author_id)
        .join(PerspectiveFinding.perspective)
        .where(LessonPerspective.lesson_id == lesson.id)
    ):
        written.setdefault(number, set()).add(author)
    people = {member.user_id: member.user for member in lesson.members}
    for perspective in perspectives:
        people |= {watcher.user_id: watcher.user for watcher in perspective.watchers}
    rows = [Row(one, said.get(one.id, 0), frozenset(written.get(one.id, ()))) for one in perspectives]
    return Coverage(rows, list(people.values()))


def _said(lesson_id: int) -> dict[int, int]:
    """Private notes and those for the teacher are not counted: the same number stands there for everybody."""
    rows = db.session.execute(
        select(TimedComment.perspective_id, func.count())
        .where(
            TimedComment.lesson_id == lesson_id,
            TimedComment.perspective_id.is_not(None),
            *COUNTED,
        )
        .group_by(TimedComment.perspective_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def findings_of(lesson_id: int) -> Sequence[PerspectiveFinding]:
    """Return all findings in the order they were written; the caller has asked who may read them."""
    statement = (
        select(PerspectiveFinding)
        .join(PerspectiveFinding.perspective)
        .where(LessonPerspective.lesson_id == lesson_id)
        .options(
            joinedload(PerspectiveFinding.author).joinedload(User.organization),
            joinedload(PerspectiveFinding.perspective),
        )
        .order_by(PerspectiveFinding.written_at, PerspectiveFinding.id)
    )
    return db.session.scalars(statement).all()
