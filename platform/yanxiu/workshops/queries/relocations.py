"""Where a topic or a post is now, and what a team did to a topic."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, undefer

from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import Post, Role, Topic, TopicKind, TopicRelocation, Workshop, WorkshopMember
from yanxiu.workshops.queries.teams import Seat

HOPS = 8
CHOICES = 50
POSTS_AT_ONCE = 100
STEPS_SHOWN = 20
LEADS_ELSEWHERE = ("move", "merge", "unsplit")
UNDOING = ("unmerge", "unsplit")
MERGEABLE = (TopicKind.DISCUSSION.value, TopicKind.QUESTION.value)


def place_of(workshop_id: int, topic_id: int) -> Topic | None:
    """Return the topic to which an old address leads; a topic may have gone on from there."""
    for _hop in range(HOPS):
        topic = _target_of(workshop_id, topic_id)
        if topic is None or topic.deleted_at is None:
            return topic
        workshop_id, topic_id = topic.workshop_id, topic.id
    return None


def _target_of(workshop_id: int, topic_id: int) -> Topic | None:
    return db.session.scalar(
        select(Topic)
        .join(TopicRelocation, TopicRelocation.target_id == Topic.id)
        .where(
            TopicRelocation.workshop_id == workshop_id,
            TopicRelocation.topic_id == topic_id,
            TopicRelocation.kind.in_(LEADS_ELSEWHERE),
            or_(TopicRelocation.kind == "move", TopicRelocation.undone_at.is_(None)),
        )
        .order_by(TopicRelocation.id.desc())
        .limit(1)
    )


def topic_of_post(topic_id: int, post_id: int) -> Topic | None:
    """Return the topic in which a post stands that posts of `topic_id` were brought to; the caller asks the predicate."""
    left = select(TopicRelocation.id).where(TopicRelocation.topic_id == topic_id).exists()
    posts = select(Topic).join(Post, Post.topic_id == Topic.id).where(Post.id == post_id, Post.topic_id != topic_id)
    return db.session.scalar(posts.where(Topic.deleted_at.is_(None), left))


def steps_of(topic_id: int) -> Sequence[TopicRelocation]:
    """Return what was done to a topic and not undone, the latest first."""
    return db.session.scalars(
        select(TopicRelocation)
        .options(
            joinedload(TopicRelocation.actor), joinedload(TopicRelocation.topic), joinedload(TopicRelocation.target)
        )
        .where(or_(TopicRelocation.target_id == topic_id, TopicRelocation.topic_id == topic_id))
        .where(TopicRelocation.undone_at.is_(None), TopicRelocation.kind.not_in(UNDOING))
        .order_by(TopicRelocation.id.desc())
        .limit(STEPS_SHOWN)
    ).all()


def find_step(topic_id: int, step_id: int) -> TopicRelocation | None:
    """Return a step that was done to a topic, with what it takes to undo it."""
    concerns = or_(TopicRelocation.target_id == topic_id, TopicRelocation.topic_id == topic_id)
    found = select(TopicRelocation).where(TopicRelocation.id == step_id, concerns)
    return db.session.scalar(found.options(undefer(TopicRelocation.before)))


def has_later_step(step: TopicRelocation) -> bool:
    """Tell whether one of the topics of a step was put in order again since."""
    topics = (step.topic_id, step.target_id)
    touches = or_(TopicRelocation.target_id.in_(topics), TopicRelocation.topic_id.in_(topics))
    later = select(TopicRelocation.id).where(TopicRelocation.id > step.id, TopicRelocation.undone_at.is_(None), touches)
    return db.session.scalar(select(later.where(TopicRelocation.kind.not_in(UNDOING)).exists())) is True


def began_in(topic_id: int, steps: Sequence[TopicRelocation] | None = None) -> dict[int, TopicRelocation]:
    """Return at which posts of a topic something came in, by the post's id."""
    found = steps_of(topic_id) if steps is None else steps
    return {step.post_id: step for step in reversed(found) if step.target_id == topic_id and step.post_id is not None}


def rows_gone(workshop_id: int, seq: int) -> Sequence[int]:
    """Return the ids of topics that left a workshop's list after `seq`."""
    return db.session.scalars(
        select(TopicRelocation.topic_id)
        .join(Topic, Topic.id == TopicRelocation.topic_id)
        .where(
            TopicRelocation.workshop_id == workshop_id,
            TopicRelocation.seq > seq,
            TopicRelocation.kind == "move",
            Topic.workshop_id != workshop_id,
        )
    ).all()


def other_topics(topic: Topic, named: str = "") -> Sequence[Topic]:
    """Return topics that a topic may be merged with, the liveliest first."""
    others = select(Topic).where(
        Topic.workshop_id == topic.workshop_id,
        Topic.id != topic.id,
        Topic.deleted_at.is_(None),
        Topic.kind.in_(MERGEABLE),
    )
    if named:
        others = others.where(Topic.title.contains(named, autoescape=True))
    return db.session.scalars(others.order_by(Topic.last_post_at.desc(), Topic.id.desc()).limit(CHOICES)).all()


def standing_answers(topic_id: int, cursor: str | None = None) -> Page[Post]:
    """Return the posts that may be split off, in their order."""
    answers = (
        select(Post)
        .options(joinedload(Post.author))
        .where(Post.topic_id == topic_id, Post.number > 1, Post.withdrawn_at.is_(None))
    )
    return paginate(answers, Post.number.asc(), cursor=cursor, size=POSTS_AT_ONCE)


def team_places(user_id: int | None) -> list[Seat]:
    """Return a person's places in the teams of workshops that go on."""
    rows = db.session.execute(
        select(Workshop, WorkshopMember)
        .join(WorkshopMember, WorkshopMember.workshop_id == Workshop.id)
        .where(
            WorkshopMember.user_id == user_id,
            WorkshopMember.role.in_((Role.LEADER.value, Role.FACILITATOR.value)),
            Workshop.archived_at.is_(None),
        )
        .order_by(WorkshopMember.joined_at.desc(), WorkshopMember.id.desc())
        .limit(CHOICES)
    )
    return [Seat(row[0], row[1]) for row in rows]


def authors_outside(topic_id: int, workshop_ids: Sequence[int]) -> dict[int, int]:
    """Return for each workshop how many who spoke in a topic are no members of it."""
    authors = select(Post.author_id).where(Post.topic_id == topic_id, Post.withdrawn_at.is_(None)).distinct()
    rows = db.session.execute(
        select(WorkshopMember.workshop_id, func.count())
        .where(WorkshopMember.workshop_id.in_(workshop_ids), WorkshopMember.user_id.in_(authors))
        .group_by(WorkshopMember.workshop_id)
    )
    inside = {row[0]: row[1] for row in rows}
    total = db.session.scalar(select(func.count()).select_from(authors.subquery())) or 0
    return {workshop_id: total - inside.get(workshop_id, 0) for workshop_id in workshop_ids}
