"""The log of who watched a lesson in which pupils can be recognized."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, selectinload

from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries.administration import within_reach
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.observations.models import Consent, Lesson, Watching

SHOWN = 300
AT_ONCE = 500


@dataclass(frozen=True)
class Watched:
    """A person, on how many days, and the last of them."""

    person: User
    days: int
    last: date


@dataclass(frozen=True)
class WatchingLine:
    """That a person watched a lesson on one day, as it is written into the yearly export."""

    day: date
    first_at: datetime
    watcher: str
    username: str
    home: str
    lesson_id: int
    title: str
    teacher: str
    place: str
    class_name: str
    consent: str
    consent_until: date | None

    @property
    def declaration(self) -> Consent:
        return Consent(self.consent)


def is_noted_today(lesson_id: int, user_id: int | None) -> bool:
    """Tell whether today's view of the lesson by this person is in the log already."""
    today = exists().where(Watching.lesson_id == lesson_id, Watching.user_id == user_id, Watching.day == clock.today())
    return db.session.scalar(select(today)) or False


def watchers_of(lesson_id: int) -> Sequence[Watched]:
    """Return who watched the lesson, the last ones first; the caller checks the right to know."""
    days, last = func.count().label("days"), func.max(Watching.day).label("last")
    rows = db.session.execute(
        select(User, days, last)
        .join(Watching, Watching.user_id == User.id)
        .where(Watching.lesson_id == lesson_id)
        .group_by(User.id)
        .order_by(last.desc(), User.id)
        .limit(SHOWN)
        .options(selectinload(User.organization))
    )
    return [Watched(person, count, day) for person, count, day in rows]


def watching_years(viewer: Viewer) -> list[int]:
    """Return the years of which the viewer, who manages schools, can take the log out; the latest first."""
    first, last = db.session.execute(_in_reach(viewer, func.min(Watching.day), func.max(Watching.day))).one()
    return [] if first is None else list(range(last.year, first.year - 1, -1))


def watching_of_year(viewer: Viewer, year: int) -> Iterator[WatchingLine]:
    """Yield the log of one year for lessons taught in places the viewer manages, in order of time.

    A lesson that was taken down stays in: what was watched was watched.
    """
    watcher, home = aliased(User), aliased(Organization)
    columns = (
        Watching.day, Watching.first_at, watcher.name, watcher.username, home.name,
        Lesson.id, Lesson.title, User.name, Organization.name, Lesson.class_name, Lesson.consent, Lesson.consent_until,
    )  # fmt: skip
    statement = (
        _in_reach(viewer, *columns)
        .join(watcher, watcher.id == Watching.user_id)
        .join(home, home.id == watcher.organization_id)
        .where(Watching.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(Watching.day, Watching.first_at, Watching.id)
    )
    for row in db.session.execute(statement.execution_options(yield_per=AT_ONCE)):
        yield WatchingLine(*row)


def _in_reach(viewer: Viewer, *columns: Any) -> Select[Any]:
    """Select from the log, the lessons, their teachers and the places where they were taught."""
    place = func.coalesce(Lesson.organization_id, User.organization_id)
    return (
        select(*columns)
        .select_from(Watching)
        .join(Lesson, Lesson.id == Watching.lesson_id)
        .join(User, User.id == Lesson.teacher_id)
        .join(Organization, Organization.id == place)
        .where(within_reach(viewer))
    )
