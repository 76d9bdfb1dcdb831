"""What 学情 says about activities: who was expected, who came, who was late or excused; and the rows behind.

Only activities that are over, took place and in which somebody's presence was noted: of others nothing is known. A member
was expected who had joined before the end; whoever is noted was there as a member then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.paging import Page, paginate_rows
from yanxiu.workshops.models import Activity, Attendance, Presence, WorkshopMember
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.attendance import CAME

STATES: Mapping[str, tuple[str, ...]] = {
    "attended": CAME,
    "late": (Presence.LATE.value,),
    "excused": (Presence.EXCUSED.value,),
}
"""Which states the figures count; `meetings` counts whatever is noted or not."""


def _counted(workshop_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    noted = aliased(Attendance)
    return (
        Activity.workshop_id == workshop_id,
        Activity.cancelled_at.is_(None),
        Activity.ends_at >= period.starts,
        Activity.ends_at < min(period.ends, now()),
        select(noted.id).where(noted.activity_id == Activity.id, noted.state != "").exists(),
        or_(WorkshopMember.joined_at < Activity.ends_at, Attendance.state != ""),
    )


def _own_note() -> ColumnElement[bool]:
    return and_(Attendance.activity_id == Activity.id, Attendance.user_id == WorkshopMember.user_id)


def attendance_in(workshop_id: int, period: Period) -> Select[int, int, int, int, int]:
    """Select (user, expected, came, late, excused) of the members."""
    came, late, excused = (func.count(case((Attendance.state.in_(states), 1))) for states in STATES.values())
    return (
        select(WorkshopMember.user_id, func.count(Activity.id), came, late, excused)
        .join(Activity, Activity.workshop_id == WorkshopMember.workshop_id)
        .outerjoin(Attendance, _own_note())
        .where(*_counted(workshop_id, period))
        .group_by(WorkshopMember.user_id)
    )


@dataclass(frozen=True)
class Attended:
    """One person at one activity; without a note the state is empty."""

    user: User
    activity: Activity
    state: str


def attendance_behind(
    workshop_id: int, period: Period, figure: str, people: Select[int], cursor: str | None = None, size: int = 30
) -> Page[Attended]:
    """Return what `meetings`, `attended`, `late` or `excused` count, the last activity first."""
    statement = (
        select(User, Activity, Attendance.state)
        .select_from(WorkshopMember)
        .join(WorkshopMember.user)
        .join(Activity, Activity.workshop_id == WorkshopMember.workshop_id)
        .outerjoin(Attendance, _own_note())
        .where(*_counted(workshop_id, period), WorkshopMember.user_id.in_(people))
    )
    if figure in STATES:
        statement = statement.where(Attendance.state.in_(STATES[figure]))
    keys = (Activity.ends_at.desc(), Activity.id.desc(), User.name, User.id)
    page = paginate_rows(statement, *keys, cursor=cursor, size=size)
    return Page([Attended(user, activity, state or "") for user, activity, state in page.items], page.next_cursor)
