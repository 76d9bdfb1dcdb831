"""What happened in a period, as a bulletin tells it. A fixed number of queries however much that was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.workshops.models import (
    Activity,
    Attendance,
    Post,
    Presence,
    RecordPart,
    Submission,
    Task,
    Topic,
    Workshop,
    WorkshopMember,
)
from yanxiu.workshops.periods import Period
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.queries.activities import next_activities
from yanxiu.workshops.queries.activity_photos import Photo, photos_of
from yanxiu.workshops.queries.bulletin_plans import PlanLine, excellent_plans
from yanxiu.workshops.queries.insights import (
    Insights,
    busiest_topics,
    digest_topics,
    in_period,
    insights_of,
)

ACTIVITIES, TOPICS, WORKS, COMING = 10, 8, 10, 5


@dataclass
class Held:
    """An activity that took place: who came of those who were members by then, and what was written down."""

    activity: Activity
    states: dict[str, int] = field(default_factory=dict)
    open: int = 0
    outcome: str = ""
    photos: list[Photo] = field(default_factory=list)

    @property
    def came(self) -> int:
        return self.states.get(Presence.PRESENT, 0) + self.states.get(Presence.LATE, 0)

    @property
    def expected(self) -> int:
        return sum(self.states.values()) + self.open


@dataclass(frozen=True)
class Talk:
    """A topic worth telling about: who opened it with which words, its answers in the period (0 where they are sealed or
    there are none), and whether it is a digest."""

    topic: Topic
    author: str
    text: str
    answers: int
    digest: bool


@dataclass(frozen=True)
class Coming:
    """A task that is still to be handed in, and how many members have not."""

    task: Task
    missing: int


@dataclass(frozen=True)
class Facts:
    """Everything the figures of an issue are made of."""

    workshop: Workshop
    period: Period
    insights: Insights
    held: Sequence[Held]
    talks: Sequence[Talk]
    works: Sequence[Submission]
    plans: Sequence[PlanLine]
    next: Sequence[Activity]
    coming: Sequence[Coming]
    taken_at: datetime


def facts_of(workshop: Workshop, period: Period) -> Facts:
    """Read what a bulletin tells about a period, as things are now."""
    return Facts(
        workshop,
        period,
        insights_of(workshop.id, period),
        _held(workshop.id, period),
        _talks(workshop.id, period),
        _excellent(workshop.id, period),
        excellent_plans(workshop.id, period),
        next_activities(workshop.id, COMING),
        _coming(workshop.id),
        now(),
    )


def held_activities(workshop_id: int, period: Period) -> Sequence[Activity]:
    """Return the activities of a period that took place, in order."""
    return db.session.scalars(
        select(Activity)
        .where(
            Activity.workshop_id == workshop_id,
            Activity.cancelled_at.is_(None),
            Activity.ends_at <= now(),
            in_period(Activity.starts_at, period),
        )
        .order_by(Activity.starts_at, Activity.id)
        .limit(ACTIVITIES)
    ).all()


def _held(workshop_id: int, period: Period) -> list[Held]:
    found = held_activities(workshop_id, period)
    held = {activity.id: Held(activity) for activity in found}
    for photo in photos_of(workshop_id, found):
        held[photo.activity_id].photos.append(photo)
    for activity_id, state, count in db.session.execute(
        select(Attendance.activity_id, Attendance.state, func.count())
        .where(Attendance.activity_id.in_(held), Attendance.state != "")
        .group_by(Attendance.activity_id, Attendance.state)
    ):
        held[activity_id].states[state] = count
    for activity_id, count in db.session.execute(_not_noted(held)):
        held[activity_id].open = count
    outcomes = select(RecordPart.activity_id, RecordPart.text).where(
        RecordPart.activity_id.in_(held), RecordPart.name == "outcome"
    )
    for activity_id, text in db.session.execute(outcomes):
        held[activity_id].outcome = text
    return list(held.values())


def _not_noted(ids: Collection[int]) -> Select[int, int]:
    """Members who were in before the activity ended and of whom nothing is noted."""
    noted = exists().where(
        Attendance.activity_id == Activity.id, Attendance.user_id == WorkshopMember.user_id, Attendance.state != ""
    )
    return (
        select(Activity.id, func.count())
        .join(WorkshopMember, WorkshopMember.workshop_id == Activity.workshop_id)
        .where(Activity.id.in_(ids), WorkshopMember.joined_at < Activity.ends_at, ~noted)
        .group_by(Activity.id)
    )


def _talks(workshop_id: int, period: Period) -> list[Talk]:
    """The digests of the period, then what was talked about most; each once."""
    digests = digest_topics(workshop_id, period, TOPICS)
    busy = {found.topic.id: found for found in busiest_topics(workshop_id, period, TOPICS)}
    topics = [*digests, *(found.topic for found in busy.values() if found.topic not in digests)][:TOPICS]
    openers = (
        select(Post.topic_id, Post.text, User.name)
        .join(User, User.id == Post.author_id)
        .where(Post.topic_id.in_([topic.id for topic in topics]), Post.number == 1)
    )
    said = {row[0]: (row[1], row[2]) for row in db.session.execute(openers)}
    found = []
    for topic in topics:
        text, author = said.get(topic.id, ("", ""))
        answers = busy[topic.id].answers or 0 if topic.id in busy else 0
        found.append(Talk(topic, author, text, answers, topic in digests))
    return found


def _excellent(workshop_id: int, period: Period) -> Sequence[Submission]:
    return db.session.scalars(
        select(Submission)
        .join(Submission.task)
        .options(contains_eager(Submission.task), joinedload(Submission.user).joinedload(User.organization))
        .where(
            Task.workshop_id == workshop_id,
            Task.deleted_at.is_(None),
            in_period(Submission.excellent_at, period),
        )
        .order_by(Submission.excellent_at, Submission.id)
        .limit(WORKS)
    ).all()


def _coming(workshop_id: int) -> list[Coming]:
    """Tasks that are due from now on, the next first, with the members who have sent nothing."""
    sent = exists().where(Submission.task_id == Task.id, Submission.user_id == WorkshopMember.user_id)
    asked = and_(WorkshopMember.workshop_id == Task.workshop_id, WorkshopMember.role.in_(HANDING_IN), ~sent)
    due = (
        select(Task.id, func.count(WorkshopMember.id).label("missing"))
        .outerjoin(WorkshopMember, asked)
        .where(Task.workshop_id == workshop_id, Task.deleted_at.is_(None), Task.due_at > now())
        .group_by(Task.id)
        .subquery()
    )
    rows = db.session.execute(
        select(Task, due.c.missing).join(due, due.c.id == Task.id).order_by(Task.due_at, Task.id).limit(COMING)
    )
    return [Coming(row[0], row[1]) for row in rows]
