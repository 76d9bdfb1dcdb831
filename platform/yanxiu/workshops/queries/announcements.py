"""Who has opened an announcement. Honest: the page was open in front of somebody, nobody knows what was read.

Counted are the members of today whose account is in use, the author left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from yanxiu.accounts.models import Organization, User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Topic, TopicVisit, WorkshopGroup, WorkshopMember


@dataclass(frozen=True)
class Reach:
    """How many of those it is for have opened it."""

    opened: int
    total: int

    @property
    def unread(self) -> int:
        return self.total - self.opened


def _visit() -> ColumnElement[bool]:
    return and_(TopicVisit.topic_id == Topic.id, TopicVisit.user_id == WorkshopMember.user_id)


def reach_of(topic_ids: Collection[int]) -> dict[int, Reach]:
    """Return for each of these topics how many members have opened it."""
    rows = db.session.execute(
        select(Topic.id, func.count(WorkshopMember.id), func.count(TopicVisit.opened_at))
        .join(WorkshopMember, WorkshopMember.workshop_id == Topic.workshop_id)
        .join(User, User.id == WorkshopMember.user_id)
        .outerjoin(TopicVisit, _visit())
        .where(Topic.id.in_(topic_ids), WorkshopMember.user_id != Topic.author_id, User.is_active)
        .group_by(Topic.id)
    )
    found = {row[0]: Reach(row[2], row[1]) for row in rows}
    return {topic_id: found.get(topic_id, Reach(0, 0)) for topic_id in topic_ids}


def _audience(topic: Topic) -> tuple[ColumnElement[bool], ...]:
    """Whom an announcement is for: the members, but its author and closed accounts."""
    return (
        WorkshopMember.workshop_id == topic.workshop_id,
        WorkshopMember.user_id != topic.author_id,
        User.is_active.is_(True),
    )


def _readers(topic: Topic, opened: bool) -> Select[WorkshopMember]:
    state = TopicVisit.opened_at.is_not(None) if opened else TopicVisit.opened_at.is_(None)
    return (
        select(WorkshopMember)
        .join(WorkshopMember.user)
        .join(Topic, Topic.id == topic.id)
        .outerjoin(TopicVisit, _visit())
        .where(
            *_audience(topic),
            state,
        )
    )


def readers_page(
    topic: Topic,
    *,
    opened: bool,
    group_id: int | None = None,
    organization_id: int | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[WorkshopMember]:
    """Return the members who have (not) opened the topic, in the order they joined."""
    statement = _readers(topic, opened).options(
        contains_eager(WorkshopMember.user).joinedload(User.organization), joinedload(WorkshopMember.group)
    )
    if group_id is not None:
        statement = statement.where(WorkshopMember.group_id == group_id)
    if organization_id is not None:
        statement = statement.where(User.organization_id == organization_id)
    keys = (WorkshopMember.joined_at.asc(), WorkshopMember.id.asc())
    return paginate(statement, *keys, cursor=cursor, size=size)


def opened_at(topic_id: int, user_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each of these people opened the topic first."""
    rows = db.session.execute(
        select(TopicVisit.user_id, TopicVisit.opened_at).where(
            TopicVisit.topic_id == topic_id, TopicVisit.user_id.in_(user_ids), TopicVisit.opened_at.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def unread_by(topic: Topic) -> list[int]:
    """Return the ids of the members who have not opened the topic."""
    return list(db.session.scalars(_readers(topic, opened=False).with_only_columns(WorkshopMember.user_id)))


@dataclass(frozen=True)
class Part:
    """A group or a school, and how far a topic has reached it."""

    id: int
    name: str
    reach: Reach


def reach_by_group(topic: Topic) -> Sequence[Part]:
    """Return the reach in each group."""
    return _parts(topic, WorkshopGroup.id, WorkshopGroup.name)


def reach_by_school(topic: Topic) -> Sequence[Part]:
    """Return the reach in each school."""
    return _parts(topic, Organization.id, Organization.short_name, Organization.name)


def _parts(topic: Topic, key: InstrumentedAttribute[int], *names: InstrumentedAttribute[str]) -> Sequence[Part]:
    rows = db.session.execute(
        select(key, func.count(WorkshopMember.id), func.count(TopicVisit.opened_at), *names)
        .select_from(WorkshopMember)
        .join(WorkshopMember.user)
        .join(Organization, Organization.id == User.organization_id)
        .join(Topic, Topic.id == topic.id)
        .outerjoin(WorkshopGroup, WorkshopGroup.id == WorkshopMember.group_id)
        .outerjoin(TopicVisit, _visit())
        .where(
            *_audience(topic),
            key.is_not(None),
        )
        .group_by(key, *names)
        .order_by(key)
    )
    return [Part(row[0], next(filter(None, row[3:]), ""), Reach(row[2], row[1])) for row in rows]
