"""Reads about topics and posts. Callers have checked that the workshop may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, UnaryExpression, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.workshops.models import (
    Post,
    PostAttachment,
    PostEdit,
    PostLike,
    Topic,
    TopicVisit,
    WorkshopMember,
    WorkshopPicture,
)

LATEST_REPLY, NEWEST, DIGEST = "reply", "new", "digest"
ORDERS: dict[str, UnaryExpression[Any]] = {
    LATEST_REPLY: Topic.last_post_at.desc(),
    NEWEST: Topic.created_at.desc(),
    DIGEST: Topic.digest_at.desc(),
}
CATCH_UP_LIMIT = 200


def _topics(workshop_id: int) -> Select[Topic]:
    return (
        select(Topic)
        .options(joinedload(Topic.author), joinedload(Topic.last_poster))
        .where(Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None))
    )


def pinned_topics(workshop_id: int) -> Sequence[Topic]:
    """Return the announcements, the one pinned last first."""
    return db.session.scalars(
        _topics(workshop_id).where(Topic.pinned_at.is_not(None)).order_by(Topic.pinned_at.desc(), Topic.id.desc())
    ).all()


def topics_page(workshop_id: int, sort: str = LATEST_REPLY, cursor: str | None = None, size: int = 20) -> Page[Topic]:
    """Return topics that are not pinned; by digest: the chosen ones, pinned or not."""
    statement, key = _topics(workshop_id), ORDERS[sort]
    if sort == DIGEST:
        statement = statement.where(Topic.digest_at.is_not(None))
    else:
        statement = statement.where(Topic.pinned_at.is_(None))
    return paginate(statement, key, Topic.id.desc(), cursor=cursor, size=size)


def newest_topics(workshop_id: int, limit: int = 6) -> Sequence[Topic]:
    """Return the topics with the latest replies, pinned ones left out."""
    return topics_page(workshop_id, size=limit).items


def topics_since(workshop_id: int, seq: int) -> Sequence[Topic]:
    """Return topics changed after `seq`, deleted ones too, oldest change first."""
    return db.session.scalars(
        select(Topic)
        .options(joinedload(Topic.author), joinedload(Topic.last_poster))
        .where(Topic.workshop_id == workshop_id, Topic.seq > seq)
        .order_by(Topic.seq)
        .limit(CATCH_UP_LIMIT)
    ).all()


def seen_numbers(user_id: int | None, topic_ids: Iterable[int]) -> dict[int, int]:
    """Return how far a person has read each of these topics."""
    rows = db.session.execute(
        select(TopicVisit.topic_id, TopicVisit.last_seen_number).where(
            TopicVisit.user_id == user_id, TopicVisit.topic_id.in_(list(topic_ids))
        )
    )
    return {row[0]: row[1] for row in rows}


def unread_counts(topics: Iterable[Topic], seen: dict[int, int], member: WorkshopMember | None) -> dict[int, int]:
    """Return the number of posts not seen yet for each topic; nothing is new to a visitor.

    A topic that was quiet since before the person joined is not new to them.
    """
    if member is None:
        return {}
    counts = {}
    for topic in topics:
        known = topic.id in seen or topic.last_post_at <= member.joined_at
        last_seen = seen.get(topic.id, topic.last_number if known else 0)
        counts[topic.id] = max(0, topic.last_number - last_seen)
    return counts


@dataclass(frozen=True)
class NewsRow:
    """A topic with news for somebody, named with its workshop."""

    topic: Topic
    unread: int


def topics_with_news(user_id: int | None, limit: int = 6) -> list[NewsRow]:
    """Return topics of a person's workshops that hold posts the person has not seen."""
    rows = db.session.execute(
        select(Topic, Topic.last_number - func.coalesce(TopicVisit.last_seen_number, 0))
        .join(WorkshopMember, WorkshopMember.workshop_id == Topic.workshop_id)
        .outerjoin(TopicVisit, and_(TopicVisit.topic_id == Topic.id, TopicVisit.user_id == user_id))
        .options(joinedload(Topic.workshop), joinedload(Topic.last_poster))
        .where(
            WorkshopMember.user_id == user_id,
            Topic.deleted_at.is_(None),
            or_(
                and_(TopicVisit.topic_id.is_(None), Topic.last_post_at > WorkshopMember.joined_at),
                Topic.last_number > TopicVisit.last_seen_number,
            ),
        )
        .order_by(Topic.last_post_at.desc(), Topic.id.desc())
        .limit(limit)
    )
    return [NewsRow(row[0], row[1]) for row in rows]


def find_topic(workshop_id: int, topic_id: int) -> Topic | None:
    """Return a topic of this workshop that is not deleted."""
    return db.session.scalar(_topics(workshop_id).where(Topic.id == topic_id).options(joinedload(Topic.workshop)))


def topic_by_id(topic_id: int) -> Topic | None:
    """Return a topic with its workshop whoever asks; the caller decides by a predicate."""
    return db.session.scalar(select(Topic).where(Topic.id == topic_id).options(joinedload(Topic.workshop)))


def _posts(topic_id: int) -> Select[Post]:
    return (
        select(Post)
        .where(Post.topic_id == topic_id)
        .options(
            joinedload(Post.author).joinedload(User.organization),
            joinedload(Post.quote).joinedload(Post.author),
            selectinload(Post.attachments).joinedload(PostAttachment.file),
            selectinload(Post.likes).joinedload(PostLike.user),
        )
    )


def opener_of(topic_id: int) -> Post | None:
    """Return the text of the topic with everything its card shows."""
    return db.session.scalar(_posts(topic_id).where(Post.number == 1))


@dataclass(frozen=True)
class Thread:
    """A post and the answers to it, oldest first."""

    post: Post
    answers: Sequence[Post]


def threads_page(
    topic_id: int,
    *,
    newest_first: bool = False,
    start: int = 2,
    cursor: str | None = None,
    size: int = 20,
) -> Page[Thread]:
    """Return posts that answer the topic itself, each with its answers.

    `start` is the lowest post number wanted; only oldest-first asks for it.
    """
    roots = _posts(topic_id).where(Post.parent_id.is_(None), Post.number >= max(2, start))
    key = Post.number.desc() if newest_first else Post.number.asc()
    page = paginate(roots, key, cursor=cursor, size=size)
    return Page(_with_answers(topic_id, page.items), page.next_cursor)


def _with_answers(topic_id: int, roots: Sequence[Post]) -> list[Thread]:
    answers: dict[int, list[Post]] = defaultdict(list)
    wanted = [root.id for root in roots]
    if wanted:
        found = _posts(topic_id).where(Post.parent_id.in_(wanted)).order_by(Post.number)
        for post in db.session.scalars(found):
            answers[post.parent_id or 0].append(post)
    return [Thread(root, answers[root.id]) for root in roots]


@dataclass(frozen=True)
class CatchUp:
    """What changed in a topic after a seq: its threads, the opener if touched, and up to where."""

    opener: Post | None
    threads: Sequence[Thread]
    seq: int | None


def threads_since(topic_id: int, seq: int) -> CatchUp:
    """Return every thread in which a post changed after `seq`.

    At most CATCH_UP_LIMIT changes at once; then `seq` says how far this answer reaches,
    else it is None and the answer is complete.
    """
    changed = db.session.execute(
        select(Post.id, Post.parent_id, Post.number, Post.seq)
        .where(Post.topic_id == topic_id, Post.seq > seq)
        .order_by(Post.seq)
        .limit(CATCH_UP_LIMIT)
    ).all()
    root_ids = {row.parent_id or row.id for row in changed if row.number > 1}
    roots: Sequence[Post] = []
    if root_ids:
        roots = db.session.scalars(_posts(topic_id).where(Post.id.in_(root_ids)).order_by(Post.number)).all()
    opener = opener_of(topic_id) if any(row.number == 1 for row in changed) else None
    reached = changed[-1].seq if len(changed) == CATCH_UP_LIMIT else None
    return CatchUp(opener, _with_answers(topic_id, roots), reached)


def first_unread(topic_id: int, seen: int, user_id: int | None) -> tuple[int, int] | None:
    """Return (post id, number of its thread's first post) of the first post after `seen`."""
    row = db.session.execute(
        select(Post.id)
        .where(
            Post.topic_id == topic_id,
            Post.number > max(1, seen),
            Post.author_id != user_id,
            Post.withdrawn_at.is_(None),
        )
        .order_by(Post.number)
        .limit(1)
    ).first()
    if row is None:
        return None
    return row.id, thread_number(topic_id, row.id) or 2


def thread_number(topic_id: int, post_id: int) -> int | None:
    """Return the number of the post that starts the thread a post belongs to."""
    root = select(func.coalesce(Post.parent_id, Post.id)).where(Post.topic_id == topic_id, Post.id == post_id)
    return db.session.scalar(select(Post.number).where(Post.id == root.scalar_subquery(), Post.number > 1))


def voices_of(topic_id: int, limit: int = 24) -> Sequence[User]:
    """Return who has spoken in a topic, the one who opened it first."""
    first = func.min(Post.number).label("first")
    spoken = (
        select(Post.author_id, first)
        .where(Post.topic_id == topic_id, Post.withdrawn_at.is_(None))
        .group_by(Post.author_id)
        .subquery()
    )
    return db.session.scalars(
        select(User).join(spoken, spoken.c.author_id == User.id).order_by(spoken.c.first).limit(limit)
    ).all()


def find_post(topic_id: int, post_id: int) -> Post | None:
    """Return a post of this topic with its topic and workshop."""
    return db.session.scalar(
        _posts(topic_id).where(Post.id == post_id).options(joinedload(Post.topic).joinedload(Topic.workshop))
    )


def find_attachment(topic_id: int, attachment_id: int) -> PostAttachment | None:
    """Return an attachment of a post that still stands in this topic."""
    return db.session.scalar(
        select(PostAttachment)
        .join(PostAttachment.post)
        .options(joinedload(PostAttachment.file), contains_eager(PostAttachment.post))
        .where(
            PostAttachment.id == attachment_id,
            Post.topic_id == topic_id,
            Post.withdrawn_at.is_(None),
        )
    )


def edits_of(post_id: int) -> Sequence[PostEdit]:
    """Return what a post said before, the latest first."""
    return db.session.scalars(
        select(PostEdit)
        .options(joinedload(PostEdit.editor))
        .where(PostEdit.post_id == post_id)
        .order_by(PostEdit.id.desc())
    ).all()


def find_picture(workshop_id: int, picture_id: int) -> WorkshopPicture | None:
    """Return a picture of this workshop."""
    return db.session.scalar(
        select(WorkshopPicture)
        .options(joinedload(WorkshopPicture.file))
        .where(WorkshopPicture.workshop_id == workshop_id, WorkshopPicture.id == picture_id)
    )
