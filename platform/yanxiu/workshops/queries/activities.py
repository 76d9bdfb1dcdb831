"""Reads about activities: lists by time, and what else happens at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Activity, Workshop, WorkshopMember
from yanxiu.workshops.queries.teams import visible_workshops

OPEN_LIMIT = 50
NAMES_SHOWN = 5


def _activities(workshop_id: int) -> Select[Activity]:
    return select(Activity).where(Activity.workshop_id == workshop_id).options(joinedload(Activity.main_speaker))


def find_activity(workshop_id: int, activity_id: int) -> Activity | None:
    """Return an activity of this workshop, cancelled or not."""
    statement = _activities(workshop_id).options(joinedload(Activity.workshop))
    return db.session.scalar(statement.where(Activity.id == activity_id))


def activity_by_id(activity_id: int) -> Activity | None:
    """Return an activity with its workshop."""
    return db.session.scalar(select(Activity).where(Activity.id == activity_id).options(joinedload(Activity.workshop)))


def open_activities(workshop_id: int, limit: int = OPEN_LIMIT) -> Sequence[Activity]:
    """Return what runs now and what is to come, the next first; also what was cancelled and would still be to come."""
    statement = _activities(workshop_id).where(Activity.ends_at > now())
    return db.session.scalars(statement.order_by(Activity.starts_at, Activity.id).limit(limit)).all()


def next_activities(workshop_id: int, limit: int = 3) -> Sequence[Activity]:
    """Return the next activities of a workshop that take place."""
    statement = _activities(workshop_id).where(Activity.ends_at > now(), Activity.cancelled_at.is_(None))
    return db.session.scalars(statement.order_by(Activity.starts_at, Activity.id).limit(limit)).all()


def past_activities(workshop_id: int, cursor: str | None = None, size: int = 20) -> Page[Activity]:
    """Return what is over, the last first."""
    over = _activities(workshop_id).where(Activity.ends_at <= now())
    return paginate(over, Activity.ends_at.desc(), Activity.id.desc(), cursor=cursor, size=size)


def calendar_activities(workshop_id: int, since: datetime) -> Sequence[Activity]:
    """Return what a calendar shows: everything that ended after a moment, with the cancelled."""
    statement = _activities(workshop_id).where(Activity.ends_at > since)
    return db.session.scalars(statement.order_by(Activity.starts_at, Activity.id)).all()


def my_next_activities(user_id: int | None, within: timedelta, limit: int = 5) -> Sequence[Activity]:
    """Return what a person is expected at soon, over all workshops."""
    moment = now()
    mine = select(WorkshopMember.workshop_id).where(WorkshopMember.user_id == user_id)
    statement = (
        select(Activity)
        .join(Activity.workshop)
        .options(contains_eager(Activity.workshop))
        .where(Activity.workshop_id.in_(mine), Activity.cancelled_at.is_(None), Workshop.archived_at.is_(None))
        .where(Activity.ends_at > moment, Activity.starts_at < moment + within)
    )
    return db.session.scalars(statement.order_by(Activity.starts_at, Activity.id).limit(limit)).all()


def activities_to_announce(until: datetime) -> Sequence[int]:
    """Return the ids of activities that begin before a moment and whose members were not reminded yet."""
    statement = select(Activity.id).where(Activity.starts_at > now(), Activity.starts_at < until)
    going = statement.join(Activity.workshop).where(Workshop.archived_at.is_(None))
    waiting = going.where(Activity.cancelled_at.is_(None), Activity.reminded_at.is_(None))
    return db.session.scalars(waiting.order_by(Activity.id)).all()


@dataclass(frozen=True)
class Plan:
    """What is about to be fixed; `activity_id` is 0 for a new activity."""

    workshop: Workshop
    starts_at: datetime
    ends_at: datetime
    speaker: str = ""
    speaker_id: int | None = None
    place: str = ""
    is_online: bool = False
    activity_id: int = 0


@dataclass(frozen=True)
class Clash:
    """One thing that falls on the same time. `activity` is None where the viewer may not see it."""

    about: str
    activity: Activity | None
    names: tuple[str, ...] = ()
    count: int = 0


def _same_time(plan: Plan, activity: Any = Activity) -> ColumnElement[bool]:
    return and_(
        activity.starts_at < plan.ends_at,
        activity.ends_at > plan.starts_at,
        activity.cancelled_at.is_(None),
        activity.id != plan.activity_id,
    )


def clashes_of(viewer: Viewer, plan: Plan) -> list[Clash]:
    """Return what else happens then: in this workshop, with the same speaker, in the same room, and which members are
    expected elsewhere. What the viewer may not see is counted without its title."""
    here = Activity.workshop_id == plan.workshop.id
    house = Workshop.organization_id == plan.workshop.organization_id
    same_room = and_(house, Activity.place == plan.place, Activity.is_online.is_(False))
    speaks = or_(Activity.speaker_id == plan.speaker_id, and_(house, Activity.speaker == plan.speaker))
    wanted = [here]
    wanted += [same_room] if plan.place and not plan.is_online else []
    wanted += [speaks] if plan.speaker_id else [and_(house, Activity.speaker == plan.speaker)] if plan.speaker else []
    seen = Activity.workshop_id.in_(visible_workshops(viewer))
    rows = db.session.execute(
        select(Activity, seen)
        .join(Activity.workshop)
        .where(_same_time(plan), or_(*wanted))
        .order_by(Activity.starts_at, Activity.id)
        .limit(20)
    )
    found = [Clash(_about(plan, activity), activity if visible else None) for activity, visible in rows]
    busy = _busy_members(plan)
    return [*found, busy] if busy else found


def _about(plan: Plan, other: Activity) -> str:
    """Say what is the same: `speaker`, `place` or only the `time`."""
    if plan.speaker and (other.speaker_id == plan.speaker_id if plan.speaker_id else other.speaker == plan.speaker):
        return "speaker"
    if plan.place and not plan.is_online and other.place == plan.place and not other.is_online:
        return "place"
    return "time"


def _busy_members(plan: Plan) -> Clash | None:
    """Return the members of the workshop who are expected at another workshop's activity at that time."""
    elsewhere = aliased(WorkshopMember)
    mine = select(WorkshopMember.user_id).where(WorkshopMember.workshop_id == plan.workshop.id)
    busy = (
        select(elsewhere.user_id)
        .join(Activity, Activity.workshop_id == elsewhere.workshop_id)
        .where(_same_time(plan), Activity.workshop_id != plan.workshop.id, elsewhere.user_id.in_(mine))
        .distinct()
    )
    count = db.session.scalar(select(func.count()).select_from(busy.subquery())) or 0
    if not count:
        return None
    names = select(User.name).where(User.id.in_(busy)).order_by(User.name_key, User.id).limit(NAMES_SHOWN)
    return Clash("members", None, tuple(db.session.scalars(names)), count)
