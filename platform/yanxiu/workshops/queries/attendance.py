"""Reads about who came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.workshops.models import Activity, Attendance, Presence, WorkshopMember

CAME = (Presence.PRESENT.value, Presence.LATE.value)


@dataclass(frozen=True)
class Seen:
    """One line of the list: a person, and what is noted; a former member stands in it if something is."""

    user: User
    note: Attendance | None

    @property
    def state(self) -> str:
        return self.note.state if self.note else ""


def attendance_of(activity: Activity) -> list[Seen]:
    """Return everybody who is expected or noted, by name."""
    joined = and_(Attendance.user_id == WorkshopMember.user_id, Attendance.activity_id == activity.id)
    expected = db.session.execute(
        select(User, Attendance)
        .join(WorkshopMember, WorkshopMember.user_id == User.id)
        .outerjoin(Attendance, joined)
        .options(joinedload(User.organization))
        .where(WorkshopMember.workshop_id == activity.workshop_id)
        .order_by(User.name_key, User.id)
    )
    former = db.session.scalars(
        select(Attendance)
        .options(joinedload(Attendance.user).joinedload(User.organization))
        .where(*_former(activity))
        .order_by(Attendance.seq, Attendance.id)
    )
    return [*(Seen(user, note) for user, note in expected), *(Seen(row.user, row) for row in former)]


def _former(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    """The condition that something is noted of somebody who is no member any more."""
    seated = exists().where(
        WorkshopMember.workshop_id == activity.workshop_id, WorkshopMember.user_id == Attendance.user_id
    )
    return Attendance.activity_id == activity.id, Attendance.state != "", ~seated


def names_noted(activity: Activity) -> list[tuple[int, str, str]]:
    """Return id, name and state of everybody who is expected or noted, by name; without a note the state is empty."""
    joined = and_(Attendance.user_id == WorkshopMember.user_id, Attendance.activity_id == activity.id)
    expected = (
        select(User.id, User.name, func.coalesce(Attendance.state, ""))
        .join(WorkshopMember, WorkshopMember.user_id == User.id)
        .outerjoin(Attendance, joined)
        .where(WorkshopMember.workshop_id == activity.workshop_id)
        .order_by(User.name_key, User.id)
    )
    former = select(User.id, User.name, Attendance.state).join(Attendance, Attendance.user_id == User.id)
    rows = [*db.session.execute(expected), *db.session.execute(former.where(*_former(activity)))]
    return [(row[0], row[1], row[2]) for row in rows]


def noted_since(activity: Activity, seq: int) -> list[Seen]:
    """Return the lines that changed after `seq`."""
    rows = db.session.scalars(
        select(Attendance)
        .options(joinedload(Attendance.user).joinedload(User.organization))
        .where(Attendance.activity_id == activity.id, Attendance.seq > seq)
        .order_by(Attendance.seq, Attendance.id)
    )
    return [Seen(row.user, row) for row in rows]


def presence_of(activity_id: int, user_id: int | None) -> Attendance | None:
    """Return what is noted of one person."""
    return db.session.scalar(
        select(Attendance).where(Attendance.activity_id == activity_id, Attendance.user_id == user_id)
    )


@dataclass(frozen=True)
class Count:
    """How many came. `open` are members of whom nothing is noted."""

    present: int
    late: int
    excused: int
    absent: int
    open: int

    @property
    def came(self) -> int:
        return self.present + self.late

    @property
    def expected(self) -> int:
        return self.came + self.excused + self.absent + self.open


def count_attendance(activity: Activity) -> Count:
    """Count by state with two queries; members without a note are `open`."""
    rows = db.session.execute(
        select(Attendance.state, func.count()).where(Attendance.activity_id == activity.id).group_by(Attendance.state)
    )
    by_state: Counter[str] = Counter({row[0]: row[1] for row in rows})
    noted = select(Attendance.user_id).where(Attendance.activity_id == activity.id, Attendance.state != "")
    waiting = select(func.count()).where(
        WorkshopMember.workshop_id == activity.workshop_id, WorkshopMember.user_id.not_in(noted)
    )
    states: Sequence[str] = [state.value for state in Presence]
    present, late, excused, absent = (by_state[state] for state in states)
    return Count(present, late, excused, absent, db.session.scalar(waiting) or 0)
