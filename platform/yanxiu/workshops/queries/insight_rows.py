"""The rows behind a figure of 学情: the very things it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Post, PostLike, Topic, WorkshopGroup, WorkshopMember, WorkshopVisit
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.insights import answered_person, in_period

MEMBER, GROUP, SCHOOL, OUTSIDE = "member", "group", "school", "outside"


def people_of(workshop_id: int, period: Period, part: str, part_id: int) -> Select[int]:
    """Select the ids of a member, of a group's or a school's members, of people who are none; without a part those of all."""
    people = (
        select(WorkshopMember.user_id)
        .join(WorkshopMember.user)
        .where(WorkshopMember.workshop_id == workshop_id, WorkshopMember.joined_at < period.ends, User.is_active)
    )
    if part == OUTSIDE:
        return select(User.id).where(User.id.not_in(people))
    if part == MEMBER:
        return people.where(WorkshopMember.user_id == part_id)
    if part == GROUP:
        return people.where(WorkshopMember.group_id == part_id if part_id else WorkshopMember.group_id.is_(None))
    return people.where(User.organization_id == part_id) if part == SCHOOL else people


def _posts(workshop_id: int) -> Select[Post]:
    return (
        select(Post)
        .join(Post.topic)
        .options(contains_eager(Post.topic), joinedload(Post.author))
        .where(Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None), Post.withdrawn_at.is_(None))
    )


def posts_behind(
    workshop_id: int, period: Period, figure: str, people: Select[int], cursor: str | None = None, size: int = 30
) -> Page[Post]:
    """Return the posts that `topics`, `answers`, `received` or `digests` count, the newest first."""
    statement = _posts(workshop_id)
    if figure == "received":
        parent, person = answered_person()
        statement = statement.outerjoin(parent, parent.id == Post.parent_id).where(
            Post.number > 1, person.in_(people), Post.author_id != person
        )
    else:
        statement = statement.where(Post.author_id.in_(people), _kind(figure))
    moment: Any = Topic.digest_at if figure == "digests" else Post.created_at
    statement = statement.where(in_period(moment, period))
    return paginate(statement, Post.id.desc(), cursor=cursor, size=size)


def _kind(figure: str) -> ColumnElement[bool]:
    return Post.number > 1 if figure == "answers" else Post.number == 1


def likes_behind(
    workshop_id: int, period: Period, people: Select[int], cursor: str | None = None, size: int = 30
) -> tuple[Page[PostLike], dict[int, Post]]:
    """Return the thumbs these people got, the newest first, and the posts under which they stand."""
    statement = (
        select(PostLike)
        .join(Post, Post.id == PostLike.post_id)
        .join(Topic, Topic.id == Post.topic_id)
        .options(joinedload(PostLike.user))
        .where(
            Topic.workshop_id == workshop_id,
            Topic.deleted_at.is_(None),
            Post.withdrawn_at.is_(None),
            in_period(PostLike.created_at, period),
            Post.author_id.in_(people),
            PostLike.user_id != Post.author_id,
        )
    )
    keys = (PostLike.created_at.desc(), PostLike.post_id.desc(), PostLike.user_id.desc())
    page = paginate(statement, *keys, cursor=cursor, size=size)
    posts = db.session.scalars(_posts(workshop_id).where(Post.id.in_([like.post_id for like in page.items])))
    return page, {post.id: post for post in posts}


def visit_days(workshop_id: int, period: Period, user_id: int) -> Sequence[date]:
    """Return the days on which a member came, the latest first."""
    return db.session.scalars(
        select(WorkshopVisit.day)
        .where(
            WorkshopVisit.workshop_id == workshop_id,
            WorkshopVisit.user_id == user_id,
            WorkshopVisit.day.between(period.first, period.last),
        )
        .order_by(WorkshopVisit.day.desc())
    ).all()


def name_of(workshop_id: int, part: str, part_id: int) -> str:
    """Return the name of a member, a group or a school of this workshop; empty for all, or when there is none."""
    seats = select(WorkshopMember).where(WorkshopMember.workshop_id == workshop_id)
    if part == MEMBER:
        found = db.session.scalar(seats.join(WorkshopMember.user).where(WorkshopMember.user_id == part_id))
        return found.user.name if found else ""
    if part == GROUP and part_id:
        group = db.session.get(WorkshopGroup, part_id)
        return group.name if group is not None and group.workshop_id == workshop_id else ""
    if part == SCHOOL:
        found = db.session.scalar(seats.join(WorkshopMember.user).where(User.organization_id == part_id).limit(1))
        return found.user.organization.label if found else ""
    return {GROUP: "未分组", OUTSIDE: "已离开或停用账号的老师"}.get(part, "")
