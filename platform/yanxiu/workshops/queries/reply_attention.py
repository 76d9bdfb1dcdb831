"""What asked replies (回帖要求) mean for figures and lists: who has done them, who still has to, and until when.

A topic asks whoever is a member; one with an end asks who had joined before it. What is counted as done is that of
`requirements`, late or not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE, now, today
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate_rows
from yanxiu.workshops.matters import OVERDUE_SHOWN, UNDATED_AFTER
from yanxiu.workshops.models import Post, Topic, TopicRequirement, Workshop, WorkshopMember
from yanxiu.workshops.periods import Period
from yanxiu.workshops.permissions.requirements import ASKED
from yanxiu.workshops.queries.requirements import Progress, is_to_a_peer, joined_in_time

WAITING_SHOWN = 10


@dataclass(frozen=True)
class _Asked:
    """The pairs of a topic that asks and a member who is asked, and how much each has written of it."""

    pairs: Select[Any]
    posts: ColumnElement[int]
    answers: ColumnElement[int]

    @property
    def met(self) -> ColumnElement[bool]:
        return and_(self.posts >= TopicRequirement.posts, self.answers >= TopicRequirement.answers)

    @property
    def points(self) -> ColumnElement[int]:
        """What was earned; more than asked earns nothing."""
        asked = TopicRequirement
        return (
            _least(self.posts, asked.posts) * asked.post_points
            + _least(self.answers, asked.answers) * asked.answer_points
        )


def _least(written: ColumnElement[int], asked: Any) -> ColumnElement[int]:
    return case((written < asked, written), else_=asked)


def _asked(*which: ColumnElement[bool]) -> _Asked:
    """Join the topics for which the conditions hold with the members they ask and what these wrote."""
    topics = select(TopicRequirement.topic_id).join(Topic, Topic.id == TopicRequirement.topic_id).where(*which)
    root, asking = aliased(Post), aliased(TopicRequirement)
    written = (
        select(
            Post.topic_id,
            Post.author_id,
            func.count(case((Post.parent_id.is_(None), 1))).label("posts"),
            func.count(case((is_to_a_peer(root), 1))).label("answers"),
        )
        .join(asking, asking.topic_id == Post.topic_id)
        .outerjoin(root, root.id == Post.parent_id)
        .where(Post.topic_id.in_(topics), Post.number > 1, Post.withdrawn_at.is_(None))
        .where(func.length(Post.text) >= asking.min_length)
        .group_by(Post.topic_id, Post.author_id)
        .subquery()
    )
    own = and_(written.c.topic_id == Topic.id, written.c.author_id == WorkshopMember.user_id)
    pairs = (
        select(TopicRequirement.topic_id)
        .join(Topic, Topic.id == TopicRequirement.topic_id)
        .join(WorkshopMember, WorkshopMember.workshop_id == Topic.workshop_id)
        .join(User, User.id == WorkshopMember.user_id)
        .outerjoin(written, own)
        .where(*which, Topic.deleted_at.is_(None), WorkshopMember.role.in_(ASKED), User.is_active, joined_in_time())
    )
    return _Asked(pairs, func.coalesce(written.c.posts, 0), func.coalesce(written.c.answers, 0))


def _counted(workshop_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    """What belongs to a period: due in it by now, or, without an end, asked in it."""
    moment = func.coalesce(TopicRequirement.due_at, TopicRequirement.asked_at)
    return Topic.workshop_id == workshop_id, moment >= period.starts, moment < min(period.ends, now())


def replies_in(workshop_id: int, period: Period) -> Select[int, int, int, int, int]:
    """Select (user, topics that asked, those done, points there were, points earned) of a period."""
    asked = _asked(*_counted(workshop_id, period))
    worth = (
        TopicRequirement.posts * TopicRequirement.post_points
        + TopicRequirement.answers * TopicRequirement.answer_points
    )
    met = func.count(case((asked.met, 1)))
    figures = (WorkshopMember.user_id, func.count(), met, func.sum(worth), func.sum(asked.points))
    return asked.pairs.with_only_columns(*figures).group_by(WorkshopMember.user_id)


@dataclass(frozen=True)
class Answered:
    """One person and one topic that asks for replies."""

    user: User
    topic: Topic
    progress: Progress


def replies_behind(
    workshop_id: int, period: Period, people: Select[int], cursor: str | None = None, size: int = 30
) -> Page[Answered]:
    """Return what the figures of a period count, whoever has not done it first, the newest topic first."""
    asked = _asked(*_counted(workshop_id, period))
    rows = asked.pairs.with_only_columns(User, Topic, TopicRequirement, asked.posts, asked.answers)
    done = case((asked.met, 1), else_=0)
    keys = (done, Topic.id.desc(), User.name, User.id)
    page = paginate_rows(rows.where(WorkshopMember.user_id.in_(people)), *keys, cursor=cursor, size=size)
    found = [Answered(row[0], row[1], Progress(row[2], row[3], row[4])) for row in page.items]
    return Page(found, page.next_cursor)


@dataclass(frozen=True)
class Behind:
    """A topic whose asked replies are due until the end of tomorrow, or were lately, and how many still owe some."""

    topic: Topic
    requirement: TopicRequirement
    count: int

    @property
    def due(self) -> str:
        """已到期, 今天到期 or 明天到期; without an end how long ago it was asked."""
        due = self.requirement.due_at
        if due is None:
            return f"提出 {(now() - self.requirement.asked_at).days} 天"
        if due < now():
            return "已到期"
        return "今天到期" if due.astimezone(LOCAL_ZONE).date() == today() else "明天到期"


def _pressing() -> ColumnElement[bool]:
    """Due until the end of tomorrow, or lately; without an end a week after it was asked, for as long."""
    asked, tomorrow_ends = TopicRequirement, datetime.combine(today() + timedelta(days=2), time.min, LOCAL_ZONE)
    dated = and_(asked.due_at >= now() - OVERDUE_SHOWN, asked.due_at < tomorrow_ends)
    shown_from = now() - UNDATED_AFTER - OVERDUE_SHOWN
    undated = and_(asked.due_at.is_(None), asked.asked_at >= shown_from, asked.asked_at < now() - UNDATED_AFTER)
    return or_(dated, undated)


def replies_behind_time(workshop_ids: Collection[int]) -> list[Behind]:
    """Return such topics of these workshops, the latest asked first."""
    asked = _asked(Topic.workshop_id.in_(workshop_ids), Topic.locked_at.is_(None), _pressing())
    owing = asked.pairs.add_columns(func.count().label("owing")).where(not_(asked.met))
    counted = owing.group_by(TopicRequirement.topic_id).subquery()
    rows = db.session.execute(
        select(Topic, TopicRequirement, counted.c.owing)
        .join(counted, counted.c.topic_id == Topic.id)
        .join(TopicRequirement, TopicRequirement.topic_id == Topic.id)
        .order_by(TopicRequirement.asked_at.desc(), Topic.id)
    )
    return [Behind(row[0], row[1], row[2]) for row in rows]


def owing_in(workshop_id: int, topic_id: int) -> list[int]:
    """Return the ids of the members who still owe replies in a topic that can be answered."""
    asked = _asked(Topic.id == topic_id, Topic.workshop_id == workshop_id, Topic.locked_at.is_(None))
    owing = asked.pairs.with_only_columns(WorkshopMember.user_id).where(not_(asked.met))
    return list(db.session.scalars(owing))


def topics_waiting_for(user_id: int | None, workshop_id: int | None = None) -> list[tuple[Topic, Progress]]:
    """Return the topics in which a member still owes replies, the next due first; in one workshop or in all.

    What was due long before is not brought up every morning.
    """
    recent = func.coalesce(TopicRequirement.due_at, TopicRequirement.asked_at) > now() - OVERDUE_SHOWN
    mine = select(WorkshopMember.workshop_id).where(WorkshopMember.user_id == user_id)
    inside = [Topic.workshop_id.in_(mine), Topic.locked_at.is_(None), recent]
    if workshop_id is not None:
        inside.append(Topic.workshop_id == workshop_id)
    asked = _asked(*inside)
    rows = db.session.execute(
        asked.pairs.with_only_columns(Topic, TopicRequirement, asked.posts, asked.answers)
        .join(Workshop, Workshop.id == Topic.workshop_id)
        .options(joinedload(Topic.workshop))
        .where(WorkshopMember.user_id == user_id, Workshop.archived_at.is_(None), not_(asked.met))
        .order_by(TopicRequirement.due_at.is_(None), TopicRequirement.due_at, Topic.id.desc())
        .limit(WAITING_SHOWN)
    )
    return [(row[0], Progress(row[1], row[2], row[3])) for row in rows]
