"""What 学情 says about the records of activities that are written together: who had part in which, and the rows behind.

Only activities that are over, took place and of which somebody wrote the record: where nobody wrote there was nothing to
take part in. A member could have written who had joined before the end; whoever wrote was there as a member then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.paging import Page, paginate_rows
from yanxiu.workshops.models import Activity, RecordWriter, WorkshopMember
from yanxiu.workshops.periods import Period

_OWN = RecordWriter.__table__.alias("own_writing")


def _counted(workshop_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Activity.workshop_id == workshop_id,
        Activity.cancelled_at.is_(None),
        Activity.ends_at >= period.starts,
        Activity.ends_at < min(period.ends, now()),
        exists().where(RecordWriter.activity_id == Activity.id).correlate(Activity),
        or_(WorkshopMember.joined_at < Activity.ends_at, _OWN.c.user_id.is_not(None)),
    )


def _wrote() -> ColumnElement[bool]:
    return and_(_OWN.c.activity_id == Activity.id, _OWN.c.user_id == WorkshopMember.user_id)


def records_in(workshop_id: int, period: Period) -> Select[int, int, int]:
    """Select (user, records they could have written in, records they wrote in) of the members."""
    return (
        select(WorkshopMember.user_id, func.count(Activity.id), func.count(_OWN.c.user_id))
        .join(Activity, Activity.workshop_id == WorkshopMember.workshop_id)
        .outerjoin(_OWN, _wrote())
        .where(*_counted(workshop_id, period))
        .group_by(WorkshopMember.user_id)
    )


@dataclass(frozen=True)
class Writing:
    """One person and the record of one activity."""

    user: User
    activity: Activity
    wrote: bool


def records_behind(
    workshop_id: int, period: Period, people: Select[int], cursor: str | None = None, size: int = 30
) -> Page[Writing]:
    """Return who wrote in which record and who did not, the last activity first, the writers before the others."""
    statement = (
        select(User, Activity, _OWN.c.user_id)
        .select_from(WorkshopMember)
        .join(WorkshopMember.user)
        .join(Activity, Activity.workshop_id == WorkshopMember.workshop_id)
        .outerjoin(_OWN, _wrote())
        .where(*_counted(workshop_id, period), WorkshopMember.user_id.in_(people))
    )
    silent = case((_OWN.c.user_id.is_(None), 1), else_=0)
    keys = (Activity.ends_at.desc(), Activity.id.desc(), silent, User.name, User.id)
    page = paginate_rows(statement, *keys, cursor=cursor, size=size)
    return Page(
        [Writing(user, activity, writer is not None) for user, activity, writer in page.items], page.next_cursor
    )
