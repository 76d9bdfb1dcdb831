"""学情: who took part in a period, by member, group and school. Added up in the database, a few queries for any size.

The denominator is honest: those who are members at the end of the period, whenever they joined, and whose account
is in use. Who has left is in no line; what they wrote is counted apart (`outside`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.workshops.models import Post, PostLike, Topic, WorkshopMember, WorkshopVisit
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.attendance_figures import attendance_in
from yanxiu.workshops.queries.debates import sealing_debates
from yanxiu.workshops.queries.record_figures import records_in
from yanxiu.workshops.queries.reply_attention import replies_in
from yanxiu.workshops.queries.task_attention import asked_in, sent_in


@dataclass(kw_only=True)
class Counted:
    """What is counted in a period, of a member or of many."""

    visits: int = 0
    topics: int = 0
    answers: int = 0
    received: int = 0
    likes: int = 0
    digests: int = 0
    works: int = 0
    works_asked: int = 0
    replies: int = 0
    replies_asked: int = 0
    points: int = 0
    points_asked: int = 0
    meetings: int = 0
    attended: int = 0
    late: int = 0
    excused: int = 0
    records: int = 0
    records_asked: int = 0


@dataclass(kw_only=True)
class MemberLine(Counted):
    """One member's figures in a period; `last_active` is the last day ever, or None."""

    seat: WorkshopMember
    last_active: date | None = None

    @property
    def spoke(self) -> bool:
        return self.topics + self.answers > 0

    @property
    def came(self) -> bool:
        """Whoever wrote was there, even where no visit was noted."""
        return self.visits > 0 or self.spoke


@dataclass(kw_only=True)
class PartLine(Counted):
    """The figures of a group, a school or the whole."""

    id: int | None
    name: str
    members: int = 0
    came: int = 0
    spoke: int = 0

    def add(self, line: MemberLine) -> None:
        """Count a member in."""
        self.members += 1
        self.came += line.came
        self.spoke += line.spoke
        for counted in fields(Counted):
            setattr(self, counted.name, getattr(self, counted.name) + getattr(line, counted.name))

    @property
    def came_rate(self) -> float | None:
        return self.came / self.members if self.members else None

    @property
    def spoke_rate(self) -> float | None:
        return self.spoke / self.members if self.members else None

    @property
    def work_rate(self) -> float | None:
        return self.works / self.works_asked if self.works_asked else None

    @property
    def reply_rate(self) -> float | None:
        return self.replies / self.replies_asked if self.replies_asked else None

    @property
    def attendance_rate(self) -> float | None:
        return self.attended / self.meetings if self.meetings else None

    @property
    def record_rate(self) -> float | None:
        return self.records / self.records_asked if self.records_asked else None


@dataclass(frozen=True)
class Insights:
    """The lines of a period, and how many answers and topics come from people who are not among them."""

    lines: list[MemberLine] = field(default_factory=list)
    outside: int = 0
    outside_topics: int = 0

    def whole(self) -> PartLine:
        """The workshop as one line."""
        whole = PartLine(id=None, name="合计")
        for line in self.lines:
            whole.add(line)
        return whole

    def by_group(self) -> list[PartLine]:
        """The groups in the order they were made, then those in none."""
        return _parts(self.lines, _group_of)

    def by_school(self) -> list[PartLine]:
        """The schools, the one with most members first."""
        return sorted(_parts(self.lines, _school_of), key=lambda part: -part.members)


def _group_of(line: MemberLine) -> tuple[int | None, str]:
    group = line.seat.group
    return (group.id, group.name) if group else (None, "未分组")


def _school_of(line: MemberLine) -> tuple[int | None, str]:
    school = line.seat.user.organization
    return school.id, school.label


def _parts(lines: Iterable[MemberLine], part_of: Callable[[MemberLine], tuple[int | None, str]]) -> list[PartLine]:
    found: dict[int | None, PartLine] = {}
    for line in lines:
        key, name = part_of(line)
        found.setdefault(key, PartLine(id=key, name=name)).add(line)
    return sorted(found.values(), key=lambda part: (part.id is None, part.id or 0))


def insights_of(workshop_id: int, period: Period) -> Insights:
    """Return everybody's figures in a period."""
    lines = {line.seat.user_id: line for line in _members(workshop_id, period)}
    outside = _add_words(lines, workshop_id, period)
    _add(lines, "visits", _visits(workshop_id, period))
    _add(lines, "received", _received(workshop_id, period))
    _add(lines, "likes", _likes(workshop_id, period))
    _add(lines, "digests", _digests(workshop_id, period))
    _add(lines, "works", sent_in(workshop_id, period))
    _add(lines, "works_asked", asked_in(workshop_id, period))
    _add_some(lines, ("meetings", "attended", "late", "excused"), attendance_in(workshop_id, period))
    _add_some(lines, ("records_asked", "records"), records_in(workshop_id, period))
    _add_some(lines, ("replies_asked", "replies", "points_asked", "points"), replies_in(workshop_id, period))
    return Insights(list(lines.values()), *outside)


def _members(workshop_id: int, period: Period) -> list[MemberLine]:
    """The members, each with the last day of a visit or a word. The newest post of each is one look into the index by
    author, so that nobody's old ones are read."""
    newest = (
        select(Post.created_at)
        .join(Topic, Topic.id == Post.topic_id)
        .where(*_standing(workshop_id), Post.author_id == WorkshopMember.user_id)
        .order_by(Post.created_at.desc())
        .limit(1)
        .correlate(WorkshopMember)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(WorkshopMember, newest)
        .join(WorkshopMember.user)
        .options(contains_eager(WorkshopMember.user).joinedload(User.organization), joinedload(WorkshopMember.group))
        .where(WorkshopMember.workshop_id == workshop_id, WorkshopMember.joined_at < period.ends, User.is_active)
        .order_by(WorkshopMember.joined_at, WorkshopMember.id)
    )
    found = []
    for seat, spoke_at in rows:
        days = [day for day in (seat.visited_on, spoke_at and _local_day(spoke_at)) if day is not None]
        found.append(MemberLine(seat=seat, last_active=max(days, default=None)))
    return found


def in_period(column: Any, period: Period) -> ColumnElement[bool]:
    """The condition that a moment lies in a period."""
    return and_(column >= period.starts, column < period.ends)


def _standing(workshop_id: int) -> tuple[ColumnElement[bool], ...]:
    return Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None), Post.withdrawn_at.is_(None)


def _add_words(lines: dict[int, MemberLine], workshop_id: int, period: Period) -> tuple[int, int]:
    """Add topics and answers; return how many answers and topics of others are in the period."""
    rows = db.session.execute(
        select(Post.author_id, func.count(case((Post.number == 1, 1))), func.count(case((Post.number > 1, 1))))
        .join(Topic, Topic.id == Post.topic_id)
        .where(*_standing(workshop_id), in_period(Post.created_at, period))
        .group_by(Post.author_id)
    )
    outside = outside_topics = 0
    for author_id, topics, answers in rows:
        line = lines.get(author_id)
        if line is None:
            outside, outside_topics = outside + answers, outside_topics + topics
        else:
            line.topics, line.answers = topics, answers
    return outside, outside_topics


def _local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL_ZONE).date()


def _add(lines: dict[int, MemberLine], name: str, statement: Select[int, int]) -> None:
    for user_id, count in db.session.execute(statement):
        if user_id in lines:
            setattr(lines[user_id], name, count)


def _add_some(lines: dict[int, MemberLine], names: Sequence[str], statement: Select[*tuple[int, ...]]) -> None:
    for user_id, *counts in db.session.execute(statement):
        if user_id in lines:
            for name, count in zip(names, counts, strict=True):
                setattr(lines[user_id], name, count)


def _visits(workshop_id: int, period: Period) -> Select[int, int]:
    return (
        select(WorkshopVisit.user_id, func.count())
        .where(WorkshopVisit.workshop_id == workshop_id, WorkshopVisit.day.between(period.first, period.last))
        .group_by(WorkshopVisit.user_id)
    )


def answered_person() -> tuple[Any, ColumnElement[int]]:
    """Return the alias to join by `parent_id` and the id of the person whom a post answers."""
    parent = aliased(Post)
    return parent, func.coalesce(parent.author_id, Topic.author_id)


def _received(workshop_id: int, period: Period) -> Select[int, int]:
    parent, person = answered_person()
    return (
        select(person, func.count())
        .select_from(Post)
        .join(Topic, Topic.id == Post.topic_id)
        .outerjoin(parent, parent.id == Post.parent_id)
        .where(*_standing(workshop_id), in_period(Post.created_at, period), Post.number > 1, Post.author_id != person)
        .group_by(person)
    )


def _likes(workshop_id: int, period: Period) -> Select[int, int]:
    return (
        select(Post.author_id, func.count())
        .select_from(PostLike)
        .join(Post, Post.id == PostLike.post_id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(*_standing(workshop_id), in_period(PostLike.created_at, period), PostLike.user_id != Post.author_id)
        .group_by(Post.author_id)
    )


def _digests(workshop_id: int, period: Period) -> Select[int, int]:
    return (
        select(Topic.author_id, func.count())
        .where(Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None), in_period(Topic.digest_at, period))
        .group_by(Topic.author_id)
    )


@dataclass(frozen=True)
class BusyTopic:
    """A topic and how many answers it got in a period; None while it is a debate that keeps others' views."""

    topic: Topic
    answers: int | None


def busiest_topics(workshop_id: int, period: Period, limit: int = 3) -> list[BusyTopic]:
    """Return the topics most talked about."""
    count = func.count().label("answers")
    busy = (
        select(Post.topic_id, count)
        .join(Topic, Topic.id == Post.topic_id)
        .where(*_standing(workshop_id), in_period(Post.created_at, period), Post.number > 1)
        .group_by(Post.topic_id)
        .order_by(count.desc(), Post.topic_id.desc())
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        select(Topic, busy.c.answers)
        .join(busy, busy.c.topic_id == Topic.id)
        .order_by(busy.c.answers.desc(), Topic.id.desc())
    )
    found = [(row[0], row[1]) for row in rows]
    sealing = sealing_debates([topic.id for topic, _count in found])
    return [BusyTopic(topic, None if topic.id in sealing else count) for topic, count in found]


def digest_topics(workshop_id: int, period: Period, limit: int = 10) -> Sequence[Topic]:
    """Return the topics marked as the best in a period."""
    return db.session.scalars(
        select(Topic)
        .options(joinedload(Topic.author))
        .where(Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None), in_period(Topic.digest_at, period))
        .order_by(Topic.digest_at.desc(), Topic.id.desc())
        .limit(limit)
    ).all()
