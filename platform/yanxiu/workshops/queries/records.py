"""Reads of what came out of an activity: its record, the reflections, and the three checks (三查)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.activity_words import RECORD_PARTS
from yanxiu.workshops.models import Activity, ActivityReflection, Attendance, RecordPart
from yanxiu.workshops.queries.attendance import CAME, Count, count_attendance

NEEDED_PARTS = ("discussion", "outcome")
"""Without these two a record says nothing."""


def record_of(activity_id: int) -> dict[str, RecordPart]:
    """Return the parts that hold something, by name, in the order of the form."""
    parts = select(RecordPart).where(RecordPart.activity_id == activity_id, RecordPart.text != "")
    found = {part.name: part for part in db.session.scalars(parts.options(joinedload(RecordPart.editor)))}
    return {name: found[name] for name in RECORD_PARTS if name in found}


def reflection_by(activity_id: int, user_id: int | None) -> ActivityReflection | None:
    """Return what one person handed in."""
    mine = select(ActivityReflection).where(ActivityReflection.activity_id == activity_id)
    return db.session.scalar(mine.where(ActivityReflection.author_id == user_id))


def all_reflections(activity_id: int) -> Sequence[ActivityReflection]:
    """Return everything that was handed in, the first one first."""
    found = select(ActivityReflection).where(ActivityReflection.activity_id == activity_id)
    who = joinedload(ActivityReflection.author).joinedload(User.organization)
    return db.session.scalars(found.options(who).order_by(ActivityReflection.id)).all()


def reflections_page(activity_id: int, cursor: str | None = None, size: int = 20) -> Page[ActivityReflection]:
    """Return what was handed in, the first one first."""
    found = select(ActivityReflection).where(ActivityReflection.activity_id == activity_id)
    who = joinedload(ActivityReflection.author).joinedload(User.organization)
    return paginate(found.options(who), ActivityReflection.id.asc(), cursor=cursor, size=size)


@dataclass(frozen=True)
class Checks:
    """The three checks after an activity: 出勤, 记录, 反思."""

    attendance: Count
    parts: int
    has_needed: bool
    reflections: int
    reflections_of_came: int

    @property
    def attendance_done(self) -> bool:
        """Something is noted of everybody, and somebody came."""
        return self.attendance.open == 0 and self.attendance.came > 0

    @property
    def record_done(self) -> bool:
        return self.has_needed

    @property
    def reflections_done(self) -> bool:
        """Everybody who came has handed one in."""
        return self.attendance.came > 0 and self.reflections_of_came >= self.attendance.came


def authors_of_reflections(activity_id: int) -> set[int]:
    """Return the ids of those who have handed one in."""
    authors = select(ActivityReflection.author_id).where(ActivityReflection.activity_id == activity_id)
    return set(db.session.scalars(authors))


def checks_of(activity: Activity, parts: dict[str, RecordPart]) -> Checks:
    """Count what is there; who did not come owes no reflection."""
    handed_in = select(func.count()).where(ActivityReflection.activity_id == activity.id)
    came = select(Attendance.user_id).where(Attendance.activity_id == activity.id, Attendance.state.in_(CAME))
    return Checks(
        attendance=count_attendance(activity),
        parts=len(parts),
        has_needed=all(name in parts for name in NEEDED_PARTS),
        reflections=db.session.scalar(handed_in) or 0,
        reflections_of_came=db.session.scalar(handed_in.where(ActivityReflection.author_id.in_(came))) or 0,
    )
