"""What waits for whoever leads: questions nobody answered, members nobody hears of, announcements not opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased, contains_eager

from yanxiu.accounts.models import User
from yanxiu.core.clock import now, today
from yanxiu.core.db import db
from yanxiu.workshops.matters import QUIET_DAYS, UNANSWERED_AFTER, Matter
from yanxiu.workshops.models import Nudge, NudgeRecipient, Post, Role, Topic, Workshop, WorkshopMember
from yanxiu.workshops.queries.announcements import reach_of, unread_by
from yanxiu.workshops.queries.bulletins import find_bulletin, not_read_by
from yanxiu.workshops.queries.reply_attention import owing_in, replies_behind_time
from yanxiu.workshops.queries.task_attention import lately_handed_in, missing_for, tasks_behind

TEAM = (Role.LEADER.value, Role.FACILITATOR.value, Role.MENTOR.value)
LOOKED_AFTER = (Role.MEMBER.value, Role.MENTOR.value)


@dataclass(frozen=True)
class Due:
    """One line of the three-minute list; `title` names the thing when there is one, `note` says when it is due."""

    workshop_id: int
    matter: Matter
    count: int
    item_id: int = 0
    title: str = ""
    note: str = ""


def is_unanswered(before: datetime | None = None) -> ColumnElement[bool]:
    """The condition of a topic to which nobody but its author has said anything; announcements ask nothing."""
    answer = aliased(Post)
    answered = exists().where(
        answer.topic_id == Topic.id,
        answer.number > 1,
        answer.author_id != Topic.author_id,
        answer.withdrawn_at.is_(None),
    )
    open_ones = and_(Topic.deleted_at.is_(None), Topic.pinned_at.is_(None), Topic.locked_at.is_(None), not_(answered))
    return open_ones if before is None else and_(open_ones, Topic.created_at < before)


def things_due(workshop_ids: Collection[int]) -> list[Due]:
    """Return what waits in these workshops, with the same few queries however many they are."""
    return [
        *_unanswered(workshop_ids),
        *_unread_announcements(workshop_ids),
        *_tasks_behind(workshop_ids),
        *_replies_behind(workshop_ids),
        *_quiet(workshop_ids, Matter.AWAY),
        *_quiet(workshop_ids, Matter.SILENT),
    ]


def _unanswered(workshop_ids: Collection[int]) -> list[Due]:
    rows = db.session.execute(
        select(Topic.workshop_id, func.count())
        .where(Topic.workshop_id.in_(workshop_ids), is_unanswered(now() - UNANSWERED_AFTER))
        .group_by(Topic.workshop_id)
    )
    return [Due(row[0], Matter.UNANSWERED, row[1]) for row in rows]


def _unread_announcements(workshop_ids: Collection[int]) -> list[Due]:
    pinned = db.session.scalars(
        select(Topic)
        .where(Topic.workshop_id.in_(workshop_ids), Topic.pinned_at.is_not(None), Topic.deleted_at.is_(None))
        .order_by(Topic.pinned_at.desc(), Topic.id.desc())
    ).all()
    reach = reach_of([topic.id for topic in pinned])
    return [
        Due(topic.workshop_id, Matter.ANNOUNCEMENT, reach[topic.id].unread, topic.id, topic.title)
        for topic in pinned
        if reach[topic.id].unread
    ]


def _tasks_behind(workshop_ids: Collection[int]) -> list[Due]:
    return [
        Due(behind.task.workshop_id, Matter.TASK, behind.count, behind.task.id, behind.task.title, behind.due)
        for behind in tasks_behind(workshop_ids)
    ]


def _replies_behind(workshop_ids: Collection[int]) -> list[Due]:
    return [
        Due(behind.topic.workshop_id, Matter.REPLIES, behind.count, behind.topic.id, behind.topic.title, behind.due)
        for behind in replies_behind_time(workshop_ids)
    ]


def _wrote_lately() -> ColumnElement[bool]:
    since = now() - timedelta(days=QUIET_DAYS)
    posted = exists().where(
        Post.author_id == WorkshopMember.user_id,
        Post.created_at >= since,
        Post.withdrawn_at.is_(None),
        Topic.id == Post.topic_id,
        Topic.workshop_id == WorkshopMember.workshop_id,
        Topic.deleted_at.is_(None),
    )
    return or_(posted, lately_handed_in(since))


def is_quiet(matter: Matter) -> ColumnElement[bool]:
    """The condition of a member (joined with the user) of whom nothing was heard for fourteen days.

    AWAY: opened no page of the workshop; SILENT: came by and wrote nothing. Who leads is not looked after,
    and nobody is before being in for that long.
    """
    since = today() - timedelta(days=QUIET_DAYS)
    away = or_(WorkshopMember.visited_on.is_(None), WorkshopMember.visited_on < since)
    looked_after = and_(
        WorkshopMember.role.in_(LOOKED_AFTER),
        WorkshopMember.joined_at < now() - timedelta(days=QUIET_DAYS),
        User.is_active,
    )
    if matter is Matter.AWAY:
        return and_(looked_after, away, not_(_wrote_lately()))
    return and_(looked_after, not_(away), not_(_wrote_lately()))


def _quiet(workshop_ids: Collection[int], matter: Matter) -> list[Due]:
    rows = db.session.execute(
        select(WorkshopMember.workshop_id, func.count())
        .join(WorkshopMember.user)
        .where(WorkshopMember.workshop_id.in_(workshop_ids), is_quiet(matter))
        .group_by(WorkshopMember.workshop_id)
    )
    return [Due(row[0], matter, row[1]) for row in rows]


def quiet_members(workshop_id: int, matter: Matter, limit: int) -> Sequence[WorkshopMember]:
    """Return the first of the quiet members, to be named."""
    return db.session.scalars(
        _quiet_ones(workshop_id, matter).options(contains_eager(WorkshopMember.user)).limit(limit)
    ).all()


def _quiet_ones(workshop_id: int, matter: Matter) -> Select[WorkshopMember]:
    return (
        select(WorkshopMember)
        .join(WorkshopMember.user)
        .where(WorkshopMember.workshop_id == workshop_id, is_quiet(matter))
        .order_by(WorkshopMember.joined_at, WorkshopMember.id)
    )


def concerned(workshop_id: int, matter: Matter, item_id: int) -> list[int]:
    """Return the ids of the members whom a matter concerns now."""
    if matter is Matter.ANNOUNCEMENT:
        topic = db.session.scalar(
            select(Topic).where(Topic.id == item_id, Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None))
        )
        return unread_by(topic) if topic is not None and topic.pinned_at is not None else []
    if matter is Matter.BULLETIN:
        issue = find_bulletin(workshop_id, item_id)
        return not_read_by(issue) if issue is not None and issue.is_public else []
    if matter is Matter.TASK:
        return missing_for(workshop_id, item_id)
    if matter is Matter.REPLIES:
        return owing_in(workshop_id, item_id)
    if matter is Matter.UNANSWERED:
        return _team(workshop_id) if _unanswered([workshop_id]) else []
    found = _quiet_ones(workshop_id, matter).with_only_columns(WorkshopMember.user_id).order_by(None)
    return list(db.session.scalars(found))


def _team(workshop_id: int) -> list[int]:
    team = select(WorkshopMember.user_id).join(WorkshopMember.user)
    return list(
        db.session.scalars(
            team.where(WorkshopMember.workshop_id == workshop_id, WorkshopMember.role.in_(TEAM), User.is_active)
        )
    )


def find_nudge(workshop_id: int, nudge_id: int) -> Nudge | None:
    """Return a reminder of this workshop."""
    return db.session.scalar(select(Nudge).where(Nudge.workshop_id == workshop_id, Nudge.id == nudge_id))


def reminded_today(workshop_ids: Collection[int]) -> set[tuple[int, str, int]]:
    """Return (workshop, matter, item) of what somebody was reminded of today."""
    rows = db.session.execute(
        select(NudgeRecipient.workshop_id, NudgeRecipient.matter, NudgeRecipient.item_id)
        .where(NudgeRecipient.workshop_id.in_(workshop_ids), NudgeRecipient.day == today())
        .distinct()
    )
    return {(row[0], row[1], row[2]) for row in rows}


def people_reminded_today(workshop_id: int, matter: Matter, item_id: int) -> set[int]:
    """Return the ids of those who were reminded of one thing today."""
    of_it = (NudgeRecipient.workshop_id == workshop_id, NudgeRecipient.matter == matter.value)
    rows = select(NudgeRecipient.user_id).where(*of_it, NudgeRecipient.item_id == item_id)
    return set(db.session.scalars(rows.where(NudgeRecipient.day == today())))


def calm_words(workshop_id: int) -> list[str]:
    """Say what is in order: only of things that are there."""
    topics = select(Topic.id).where(
        Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None), Topic.locked_at.is_(None)
    )
    people = select(WorkshopMember.id).where(
        WorkshopMember.workshop_id == workshop_id,
        WorkshopMember.role.in_(LOOKED_AFTER),
        WorkshopMember.joined_at < now() - timedelta(days=QUIET_DAYS),
    )
    found = db.session.execute(
        select(
            exists(topics.where(Topic.pinned_at.is_(None), Topic.created_at < now() - UNANSWERED_AFTER)),
            exists(topics.where(Topic.pinned_at.is_not(None))),
            exists(people),
        )
    ).one()
    words = ("话题都有人回", "公告都打开过", f"老师们 {QUIET_DAYS} 天内都来过")
    return [word for word, there in zip(words, found, strict=True) if there]


def led_workshop_ids(user_id: int | None) -> list[int]:
    """Return the ids of the workshops that a person leads or helps to lead and that go on."""
    leads = (WorkshopMember.user_id == user_id, WorkshopMember.role.in_(TEAM[:2]))
    return list(
        db.session.scalars(
            select(WorkshopMember.workshop_id)
            .join(Workshop, Workshop.id == WorkshopMember.workshop_id)
            .where(*leads, Workshop.archived_at.is_(None))
            .order_by(WorkshopMember.workshop_id)
        )
    )
