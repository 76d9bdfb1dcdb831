"""Workshops, topics and posts for tests; all inside an application context and a unit of work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_organization
from yanxiu.core.db import db
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.queries.threads import opener_of
from yanxiu.workshops.services import membership
from yanxiu.workshops.services.posts import publish_post
from yanxiu.workshops.services.topics import publish_topic
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
