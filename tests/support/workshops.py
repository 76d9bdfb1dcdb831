"""Workshops, topics and posts for tests; all inside an application context and a unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_organization
from yanxiu.core.clock import now, today
from yanxiu.core.db import db
from yanxiu.workshops.models import Activity, Bulletin, Post, Submission, Task, TermItem, TermStage, Topic, Workshop
from yanxiu.workshops.queries.threads import opener_of
from yanxiu.workshops.services import membership, termplan
from yanxiu.workshops.services.activities import ActivityDetails, create_activity
from yanxiu.workshops.services.bulletins import Masthead, Written, compose, publish_bulletin, save_bulletin
from yanxiu.workshops.services.posts import publish_post
from yanxiu.workshops.services.tasks import TaskDetails, publish_task
from yanxiu.workshops.services.topics import publish_topic
from yanxiu.workshops.services.work import hand_in
from yanxiu.workshops.services.workshops import WorkshopDetails, create_workshop


def make_workshop(leader: User, members: Iterable[User] = (), **details: Any) -> Workshop:
    """Found a workshop of the leader's school; `details` are fields of `WorkshopDetails`, and `owner`."""
    owner = details.pop("owner", None) or find_organization(leader.organization_id)
    chosen = {
        "name": "五年级语文《三国》单元集体备课工作坊",
        "subject": "语文",
        "stage": "小学",
        "term": "2026-2027学年第一学期",
        "join_mode": "invite",
    } | details
    workshop = create_workshop(leader, owner, WorkshopDetails(**chosen))
    for member in members:
        membership.add_member(workshop, member.id, how="invitation")
    db.session.flush()
    return workshop


def make_topic(
    author: User, workshop: Workshop, title: str = "《草船借箭》导入怎么设计", html: str = "<p>请各位谈谈。</p>"
) -> Topic:
    """Publish a topic."""
    return publish_topic(author, workshop, title, html)


def make_post(author: User, topic: Topic, html: str = "<p>可以从人物关系图讲起。</p>", **more: Any) -> Post:
    """Answer a topic."""
    return publish_post(author, topic, html, **more)


def opener(topic: Topic) -> Post:
    """Return the text of a topic."""
    found = opener_of(topic.id)
    assert found is not None
    return found


def make_activity(author: User, workshop: Workshop, **details: Any) -> Activity:
    """Fix an activity of an hour and a half, tomorrow unless said otherwise."""
    start = details.setdefault("starts_at", now() + timedelta(days=1))
    chosen = {
        "kind": "preparation",
        "title": "《草船借箭》第二次集体备课",
        "html": "<p>带上第一稿和学生的预习单。</p>",
        "ends_at": start + timedelta(minutes=90),
        "speaker": author.name,
        "place": "二楼会议室",
    } | details
    return create_activity(author, workshop, ActivityDetails(**chosen))


def make_task(author: User, workshop: Workshop, title: str = "《草船借箭》教学设计", **details: Any) -> Task:
    """Give a task that is due in a week unless said otherwise; `details` are fields of `TaskDetails`."""
    due = details.pop("due_at", None) or now() + timedelta(days=7)
    chosen = {"html": "<p>写第一课时，说清设计意图。</p>", "asks_files": True} | details
    return publish_task(author, workshop, TaskDetails(title=title, due_at=due, **chosen))


def make_work(author: User, task: Task, html: str = "<p>导入：算一笔账。</p>", **more: Any) -> Submission:
    """Hand in for a task."""
    return hand_in(author, task, html, **more)


def make_stage(
    actor: User,
    workshop: Workshop,
    name: str = "启动与选题",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> TermStage:
    """Add a stage to the plan of the term."""
    details = termplan.StageDetails(name, starts_on=starts_on, ends_on=ends_on)
    stage = termplan.add_stage(actor, workshop, details, str(uuid.uuid4()))
    db.session.flush()
    return stage


def make_item(
    actor: User, stage: TermStage, title: str = "共读第一章", kind: str = "reading", **details: Any
) -> TermItem:
    """Add an item to a stage."""
    workshop = db.session.get(Workshop, stage.workshop_id)
    chosen = termplan.ItemDetails(kind, title, **details)
    item = termplan.add_item(actor, workshop, stage, chosen, str(uuid.uuid4()))
    db.session.flush()
    return item


def make_bulletin(author: User, workshop: Workshop, days: int = 30, *, published: bool = False) -> Bulletin:
    """Compose an issue about the days before today, and publish it if asked."""
    bulletin = compose(author, workshop, today() - timedelta(days=days), today())
    if published:
        save_bulletin(
            author, bulletin, Masthead("五年级语文工作坊简报"), [Written("opening", "<p>各位老师好。</p>", True, 1)]
        )
        publish_bulletin(author, bulletin)
    return bulletin
