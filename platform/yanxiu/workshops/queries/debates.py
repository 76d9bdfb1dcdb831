"""Reads about debates: sides, where people stand, and which debates are sealed for somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.core.db import db
from yanxiu.workshops.models import (
    Debate,
    DebateMove,
    DebateStand,
    Post,
    PostEdit,
    PostSide,
    Role,
    Side,
    Topic,
    TopicKind,
    Workshop,
    WorkshopMember,
)

MOVES_SHOWN = 10


def debate_of(topic_id: int) -> Debate | None:
    """Return the sides of a topic."""
    return db.session.scalar(select(Debate).where(Debate.topic_id == topic_id))


def stand_of(topic_id: int, user_id: int | None) -> DebateStand | None:
    """Return where somebody stands, if they have said so."""
    mine = (DebateStand.topic_id == topic_id, DebateStand.user_id == user_id)
    return db.session.scalar(select(DebateStand).where(*mine))


def sides_of(post_ids: Collection[int]) -> dict[int, str]:
    """Return for which side each of these posts was written; some were for none."""
    if not post_ids:
        return {}
    rows = db.session.execute(select(PostSide.post_id, PostSide.side).where(PostSide.post_id.in_(post_ids)))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Tally:
    """How many people stand on each side now."""

    a: int = 0
    b: int = 0


def tally_of(topic_id: int) -> Tally:
    """Count the people on both sides."""
    rows = db.session.execute(
        select(DebateStand.side, func.count()).where(DebateStand.topic_id == topic_id).group_by(DebateStand.side)
    )
    counts = {row[0]: row[1] for row in rows}
    return Tally(counts.get(Side.FOR, 0), counts.get(Side.AGAINST, 0))


def moves_of(topic_id: int) -> Sequence[DebateMove]:
    """Return who changed sides lately, the latest first."""
    return db.session.scalars(
        select(DebateMove)
        .options(joinedload(DebateMove.user))
        .where(DebateMove.topic_id == topic_id)
        .order_by(DebateMove.id.desc())
        .limit(MOVES_SHOWN)
    ).all()


def sealed_topic_ids(user_id: int | None) -> Select[int]:
    """Return the debates whose posts a plain member does not find before stating a view.

    Whoever also oversees the workshop reads them on the page; search is content with being strict.
    """
    stated = exists().where(DebateStand.topic_id == Topic.id, DebateStand.user_id == user_id)
    return (
        select(Topic.id)
        .join(Debate, Debate.topic_id == Topic.id)
        .join(Workshop, Workshop.id == Topic.workshop_id)
        .join(WorkshopMember, WorkshopMember.workshop_id == Topic.workshop_id)
        .where(
            Debate.views_first.is_(True),
            Topic.locked_at.is_(None),
            Workshop.archived_at.is_(None),
            WorkshopMember.user_id == user_id,
            WorkshopMember.role == Role.MEMBER.value,
            ~stated,
        )
    )


def sealed_among(topics: Iterable[Topic], user_id: int | None) -> set[int]:
    """Return which of these topics are debates sealed for somebody; without a query where none is a debate."""
    debates = [topic.id for topic in topics if topic.kind == TopicKind.DEBATE]
    if not debates:
        return set()
    return set(db.session.scalars(sealed_topic_ids(user_id).where(Topic.id.in_(debates))))


def hides_picture(workshop_id: int, picture_id: int, user_id: int | None) -> bool:
    """Tell whether a picture stands in what is sealed for somebody, now or before it was changed, and in nothing else of these
    topics that they may read.
    """
    sealed = db.session.scalars(sealed_topic_ids(user_id).where(Topic.workshop_id == workshop_id)).all()
    if not sealed:
        return False
    address = f'%/workshops/{workshop_id}/pictures/{picture_id}"%'
    earlier = exists().where(PostEdit.post_id == Post.id, PostEdit.html.like(address))
    posts = select(Post.number, Post.author_id).where(Post.topic_id.in_(sealed), or_(Post.html.like(address), earlier))
    found = db.session.execute(posts).all()
    return bool(found) and all(number > 1 and author_id != user_id for number, author_id in found)


def sealing_debates(topic_ids: Collection[int]) -> set[int]:
    """Return which of these topics are debates that keep views from those who have stated none."""
    found = select(Debate.topic_id).join(Topic, Topic.id == Debate.topic_id)
    found = found.where(Debate.topic_id.in_(topic_ids), Debate.views_first.is_(True), Topic.locked_at.is_(None))
    return set(db.session.scalars(found))


def sealing_kind(topic_id: int) -> bool:
    """Tell whether a topic is a debate that keeps views from those who have stated none, locked by now or not."""
    return db.session.scalar(select(Debate.views_first).where(Debate.topic_id == topic_id)) is True


_STATED = (
    select(DebateStand.topic_id)
    .join(Topic, Topic.id == DebateStand.topic_id)
    .join(WorkshopMember, WorkshopMember.workshop_id == Topic.workshop_id)
    .where(DebateStand.user_id == bindparam("who"), WorkshopMember.user_id == bindparam("who"))
)


def stated_topic_ids(user_id: int | None) -> Sequence[int]:
    """Return the debates of a person's workshops in which they have stated a view."""
    return db.session.scalars(_STATED, {"who": user_id}).all()
