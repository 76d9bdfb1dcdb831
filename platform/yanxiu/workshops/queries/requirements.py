"""Reads about what topics ask of every member, and how far each is.

A main reply answers the topic itself. An answer to a peer stands under what somebody else wrote, or under one's own
post once somebody else has answered there: answering nobody but oneself does not count, nor what was taken back, nor
what is shorter than asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Post, Topic, TopicRequirement, WorkshopMember
from yanxiu.workshops.permissions.requirements import ASKED

EVERYBODY, OPEN, MET = "", "open", "met"
SIZE = 50


@dataclass(frozen=True)
class Progress:
    """How far somebody is with what a topic asks."""

    requirement: TopicRequirement
    posts: int = 0
    answers: int = 0

    @property
    def missing_posts(self) -> int:
        return max(0, self.requirement.posts - self.posts)

    @property
    def missing_answers(self) -> int:
        return max(0, self.requirement.answers - self.answers)

    @property
    def met(self) -> bool:
        return not self.missing_posts and not self.missing_answers

    @property
    def points(self) -> int:
        """What was earned so far; more than asked earns nothing."""
        asked = self.requirement
        posts, answers = min(self.posts, asked.posts), min(self.answers, asked.answers)
        return posts * asked.post_points + answers * asked.answer_points


def requirement_of(topic_id: int) -> TopicRequirement | None:
    """Return what a topic asks of every member, if anything."""
    return db.session.scalar(select(TopicRequirement).where(TopicRequirement.topic_id == topic_id))


def requirements_among(topic_ids: Collection[int]) -> dict[int, TopicRequirement]:
    """Return what these topics ask, for those that ask anything."""
    if not topic_ids:
        return {}
    found = db.session.scalars(select(TopicRequirement).where(TopicRequirement.topic_id.in_(topic_ids)))
    return {requirement.topic_id: requirement for requirement in found}


def is_to_a_peer(root: type[Post]) -> ColumnElement[bool]:
    """The condition that a post answers somebody else; `root` is the post under which it stands."""
    before = aliased(Post)
    spoken_to = exists().where(
        before.parent_id == Post.parent_id,
        before.number < Post.number,
        before.author_id != Post.author_id,
        before.withdrawn_at.is_(None),
    )
    return and_(Post.parent_id.is_not(None), or_(root.author_id != Post.author_id, spoken_to))


def _written(requirement: TopicRequirement, user_ids: Collection[int] | None = None) -> Subquery:
    """Who wrote how much of what is asked."""
    root = aliased(Post)
    statement = (
        select(
            Post.author_id,
            func.count().filter(Post.parent_id.is_(None)).label("posts"),
            func.count().filter(is_to_a_peer(root)).label("answers"),
        )
        .outerjoin(root, root.id == Post.parent_id)
        .where(Post.topic_id == requirement.topic_id, Post.number > 1, Post.withdrawn_at.is_(None))
        .group_by(Post.author_id)
    )
    if requirement.min_length:
        statement = statement.where(func.length(Post.text) >= requirement.min_length)
    if user_ids is not None:
        statement = statement.where(Post.author_id.in_(user_ids))
    return statement.subquery()


def progress_of(requirement: TopicRequirement, user_ids: Collection[int]) -> dict[int, Progress]:
    """Return how far each of these people is."""
    written = _written(requirement, user_ids)
    rows = db.session.execute(select(written.c.author_id, written.c.posts, written.c.answers))
    found = {row[0]: Progress(requirement, row[1], row[2]) for row in rows}
    return {user_id: found.get(user_id, Progress(requirement)) for user_id in user_ids}


def _has_met(requirement: TopicRequirement, written: Subquery) -> ColumnElement[bool]:
    return and_(
        func.coalesce(written.c.posts, 0) >= requirement.posts,
        func.coalesce(written.c.answers, 0) >= requirement.answers,
    )


def joined_in_time() -> ColumnElement[bool]:
    """The condition that a member joined before what a topic asks was due."""
    return or_(TopicRequirement.due_at.is_(None), WorkshopMember.joined_at < TopicRequirement.due_at)


def _asked(topic: Topic, written: Subquery) -> Select[WorkshopMember]:
    return (
        select(WorkshopMember)
        .join(WorkshopMember.user)
        .join(TopicRequirement, TopicRequirement.topic_id == topic.id)
        .outerjoin(written, written.c.author_id == WorkshopMember.user_id)
        .where(WorkshopMember.workshop_id == topic.workshop_id, WorkshopMember.role.in_(ASKED), User.is_active)
        .where(joined_in_time())
    )


def has_begun(topic: Topic, requirement: TopicRequirement) -> bool:
    """Tell whether somebody who is asked has answered since it was asked."""
    since = (Post.created_at >= requirement.asked_at, Post.number > 1, Post.withdrawn_at.is_(None))
    asked = and_(WorkshopMember.user_id == Post.author_id, WorkshopMember.workshop_id == topic.workshop_id)
    answers = select(Post.id).join(WorkshopMember, asked).where(Post.topic_id == topic.id, *since)
    return db.session.scalar(select(answers.where(WorkshopMember.role.in_(ASKED)).exists())) is True


@dataclass(frozen=True)
class Reach:
    """How many of those who are asked have done it."""

    met: int
    asked: int

    @property
    def open(self) -> int:
        return self.asked - self.met


def reach_of(topic: Topic, requirement: TopicRequirement) -> Reach:
    """Count who has done what a topic asks, of the members there are now."""
    written = _written(requirement)
    met = func.count().filter(_has_met(requirement, written))
    row = db.session.execute(_asked(topic, written).with_only_columns(met, func.count())).one()
    return Reach(row[0], row[1])


def _listed(topic: Topic, requirement: TopicRequirement, show: str) -> Select[WorkshopMember]:
    written = _written(requirement)
    people = _asked(topic, written).options(
        contains_eager(WorkshopMember.user).joinedload(User.organization), joinedload(WorkshopMember.group)
    )
    if show == EVERYBODY:
        return people
    met = _has_met(requirement, written)
    return people.where(met if show == MET else not_(met))


def people_page(
    topic: Topic, requirement: TopicRequirement, show: str = EVERYBODY, cursor: str | None = None
) -> Page[WorkshopMember]:
    """Return those who are asked, all or by whether they have done it, in the order they joined."""
    keys = (WorkshopMember.joined_at.asc(), WorkshopMember.id.asc())
    return paginate(_listed(topic, requirement, show), *keys, cursor=cursor, size=SIZE)


def everybody_asked(topic: Topic, requirement: TopicRequirement) -> Sequence[WorkshopMember]:
    """Return all who are asked, for the list on paper."""
    order = (WorkshopMember.joined_at, WorkshopMember.id)
    return db.session.scalars(_listed(topic, requirement, EVERYBODY).order_by(*order)).all()
