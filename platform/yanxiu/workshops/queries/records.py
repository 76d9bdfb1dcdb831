"""Reads of what came out of an activity: its record, the reflections, and the three checks (三查)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Activity, ActivityRecord, ActivityReflection, Attendance
from yanxiu.workshops.queries.attendance import CAME, Count, count_attendance
from yanxiu.workshops.queries.record_outlines import HEAD, NEEDED, outline_of


def record_of(activity_id: int) -> ActivityRecord | None:
    """Return the record as it reads, with its sections and who wrote it; None while nobody has written."""
    found = select(ActivityRecord).where(ActivityRecord.activity_id == activity_id)
    return db.session.scalar(
        found.options(selectinload(ActivityRecord.parts), selectinload(ActivityRecord.writers)).execution_options(
            populate_existing=True
        )
    )


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
    """The three checks after an activity: 出勤, 记录, 反思. `unwritten` and `needed` are titles of sections."""

    attendance: Count
    sections: int
    unwritten: Sequence[str]
    needed: Sequence[str]
    reflections: int
    reflections_of_came: int

    @property
    def attendance_done(self) -> bool:
        """Something is noted of everybody, and somebody came."""
        return self.attendance.open == 0 and self.attendance.came > 0

    @property
    def record_done(self) -> bool:
        return not any(title in self.unwritten for title in self.needed)

    @property
    def reflections_done(self) -> bool:
        """Everybody who came has handed one in."""
        return self.attendance.came > 0 and self.reflections_of_came >= self.attendance.came


def authors_of_reflections(activity_id: int) -> set[int]:
    """Return the ids of those who have handed one in."""
    authors = select(ActivityReflection.author_id).where(ActivityReflection.activity_id == activity_id)
    return set(db.session.scalars(authors))


def checks_of(activity: Activity, record: ActivityRecord | None) -> Checks:
    """Count what is there; who did not come owes no reflection. The head of a record is filled in beforehand."""
    handed_in = select(func.count()).where(ActivityReflection.activity_id == activity.id)
    came = select(Attendance.user_id).where(Attendance.activity_id == activity.id, Attendance.state.in_(CAME))
    sections = [section for section in _sections(activity, record) if section[0] != HEAD]
    return Checks(
        attendance=count_attendance(activity),
        sections=len(sections),
        unwritten=[title for _key, title, text in sections if not text],
        needed=[title for key, title, _text in sections if key in NEEDED],
        reflections=db.session.scalar(handed_in) or 0,
        reflections_of_came=db.session.scalar(handed_in.where(ActivityReflection.author_id.in_(came))) or 0,
    )


def _sections(activity: Activity, record: ActivityRecord | None) -> list[tuple[str, str, str]]:
    """Key, title and words of each section: those of the record, or what it would begin with. One that is needed and
    was taken out of the record counts as not written."""
    outline = [(section.key, section.title, "") for section in outline_of(activity)]
    if record is None:
        return outline
    there = {part.name for part in record.parts}
    missing = [section for section in outline if section[0] in NEEDED and section[0] not in there]
    return [*((part.name, part.title, part.text) for part in record.parts), *missing]
