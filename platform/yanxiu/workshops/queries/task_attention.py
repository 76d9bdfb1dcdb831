"""What tasks ask of whoever leads: work that nobody has handed in, though it is due tomorrow or over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE, now, today
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate_rows
from yanxiu.workshops.matters import OVERDUE_SHOWN
from yanxiu.workshops.models import Submission, Task, WorkshopMember
from yanxiu.workshops.periods import Period
from yanxiu.workshops.permissions.tasks import HANDING_IN


def _asked() -> ColumnElement[bool]:
    """The condition of a member (joined with task and user) whom a task asks: in before it was due."""
    return and_(
        WorkshopMember.workshop_id == Task.workshop_id,
        WorkshopMember.role.in_(HANDING_IN),
        WorkshopMember.joined_at < Task.due_at,
        User.id == WorkshopMember.user_id,
        User.is_active,
        Task.deleted_at.is_(None),
        Task.required,
    )


def _has_sent() -> ColumnElement[bool]:
    return exists().where(Submission.task_id == Task.id, Submission.user_id == WorkshopMember.user_id)


@dataclass(frozen=True)
class Behind:
    """A task that is due until the end of tomorrow, or was lately, and how many have sent nothing."""

    task: Task
    count: int

    @property
    def due(self) -> str:
        """已截止, 今天截止 or 明天截止."""
        if self.task.due_at < now():
            return "已截止"
        return "今天截止" if self.task.due_at.astimezone(LOCAL_ZONE).date() == today() else "明天截止"


def tasks_behind(workshop_ids: Collection[int]) -> list[Behind]:
    """Return such tasks of these workshops, the next due first."""
    tomorrow_ends = datetime.combine(today() + timedelta(days=2), time.min, LOCAL_ZONE)
    counted = (
        select(Task.id, func.count(WorkshopMember.id).label("missing"))
        .join(WorkshopMember, WorkshopMember.workshop_id == Task.workshop_id)
        .join(User, User.id == WorkshopMember.user_id)
        .where(
            Task.workshop_id.in_(workshop_ids),
            Task.due_at >= now() - OVERDUE_SHOWN,
            Task.due_at < tomorrow_ends,
            _asked(),
            ~_has_sent(),
        )
        .group_by(Task.id)
        .subquery()
    )
    rows = db.session.execute(
        select(Task, counted.c.missing).join(counted, counted.c.id == Task.id).order_by(Task.due_at.desc(), Task.id)
    )
    return [Behind(row[0], row[1]) for row in rows]


def missing_for(workshop_id: int, task_id: int) -> list[int]:
    """Return the ids of the members who have sent nothing for a task."""
    return list(
        db.session.scalars(
            select(WorkshopMember.user_id)
            .join(Task, Task.workshop_id == WorkshopMember.workshop_id)
            .join(User, User.id == WorkshopMember.user_id)
            .where(Task.id == task_id, Task.workshop_id == workshop_id, _asked(), ~_has_sent())
        )
    )


def _due_in(period: Period) -> ColumnElement[bool]:
    return and_(Task.due_at >= period.starts, Task.due_at < min(period.ends, now()))


def _per_member(workshop_id: int, period: Period) -> Select[int, int]:
    return (
        select(WorkshopMember.user_id, func.count(Task.id))
        .join(Task, Task.workshop_id == WorkshopMember.workshop_id)
        .join(User, User.id == WorkshopMember.user_id)
        .where(WorkshopMember.workshop_id == workshop_id, _due_in(period), _asked())
        .group_by(WorkshopMember.user_id)
    )


def asked_in(workshop_id: int, period: Period) -> Select[int, int]:
    """Select (user, number) of the required tasks that fell due in a period after the person had joined."""
    return _per_member(workshop_id, period)


def sent_in(workshop_id: int, period: Period) -> Select[int, int]:
    """Select (user, number) of those tasks for which the person has sent something, late or not."""
    return _per_member(workshop_id, period).where(_has_sent())


@dataclass(frozen=True)
class Owed:
    """One person and one task that asks for a work; `work` is None where nothing was handed in."""

    user: User
    task: Task
    work: Submission | None


def works_behind(
    workshop_id: int, period: Period, people: Select[Any], cursor: str | None = None, size: int = 30
) -> Page[Owed]:
    """Return what the figures count, handed in or not, whoever has not first, the latest due first."""
    own = and_(Submission.task_id == Task.id, Submission.user_id == WorkshopMember.user_id)
    statement = (
        select(User, Task, Submission)
        .select_from(WorkshopMember)
        .join(Task, Task.workshop_id == WorkshopMember.workshop_id)
        .join(User, User.id == WorkshopMember.user_id)
        .outerjoin(Submission, own)
        .where(Task.workshop_id == workshop_id, _due_in(period), _asked(), WorkshopMember.user_id.in_(people))
    )
    sent = case((Submission.id.is_(None), 0), else_=1)
    keys = (sent, Task.due_at.desc(), Task.id.desc(), User.name, User.id)
    page = paginate_rows(statement, *keys, cursor=cursor, size=size)
    return Page([Owed(*row) for row in page.items], page.next_cursor)


def lately_handed_in(since: datetime) -> ColumnElement[bool]:
    """The condition of a member who has handed something in since a moment."""
    return exists().where(
        Submission.user_id == WorkshopMember.user_id,
        Submission.handed_in_at >= since,
        Submission.task_id.in_(select(Task.id).where(Task.workshop_id == WorkshopMember.workshop_id)),
    )
