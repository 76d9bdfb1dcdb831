"""The log of who watched a lesson in which pupils can be recognized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import selectinload

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.observations.models import Watching

SHOWN = 300


@dataclass(frozen=True)
class Watched:
    """A person, on how many days, and the last of them."""

    person: User
    days: int
    last: date


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
