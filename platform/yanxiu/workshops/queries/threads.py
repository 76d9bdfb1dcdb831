"""Reads about topics and posts. Callers have checked that the workshop may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
)
from yanxiu.workshops.queries.answers import QUESTION_LISTS, SOLVED, WAITING, questions_that_are
from yanxiu.workshops.queries.attention import is_unanswered

LATEST_REPLY, NEWEST, DIGEST, UNANSWERED = "reply", "new", "digest", "unanswered"
ORDERS: dict[str, UnaryExpression[Any]] = {
    LATEST_REPLY: Topic.last_post_at.desc(),
    NEWEST: Topic.created_at.desc(),
    DIGEST: Topic.digest_at.desc(),
    UNANSWERED: Topic.created_at.asc(),
    WAITING: Topic.created_at.desc(),
    SOLVED: Topic.last_post_at.desc(),
}
CATCH_UP_LIMIT = 200
ANSWERS_SHOWN = 5
ANSWERS_OPENED = 200
ANSWERS_AT_ONCE = 50
NAMES_SHOWN = 12


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
    """Return topics that are not pinned; by digest: the chosen ones, pinned or not; unanswered: the longest first.

    The two lists of questions hold pinned ones too.
    """
    statement, key = _topics(workshop_id), ORDERS[sort]
    if sort == UNANSWERED:
        return paginate(statement.where(is_unanswered()), key, Topic.id.asc(), cursor=cursor, size=size)
    if sort in QUESTION_LISTS:
        statement = statement.where(questions_that_are(sort))
    elif sort == DIGEST:
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


def visit_of(topic_id: int, user_id: int | None) -> TopicVisit | None:
    """Return a person's reading of a topic, if there is any."""
    return db.session.scalar(select(TopicVisit).where(TopicVisit.topic_id == topic_id, TopicVisit.user_id == user_id))


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


def find_deleted_topic(workshop_id: int, topic_id: int) -> Topic | None:
    """Return a topic of this workshop that was deleted; not one whose posts all went into another."""
    deleted = (Topic.deleted_at.is_not(None), Topic.last_number > 0)
    return db.session.scalar(
        select(Topic)
        .options(joinedload(Topic.workshop))
        .where(Topic.workshop_id == workshop_id, Topic.id == topic_id, *deleted)
    )


def topic_by_id(topic_id: int) -> Topic | None:
    """Return a topic with its workshop whoever asks; the caller decides by a predicate."""
    return db.session.scalar(select(Topic).where(Topic.id == topic_id).options(joinedload(Topic.workshop)))


def _posts(topic_id: int) -> Select[Post]:
    return (
        select(Post)
        .where(Post.topic_id == topic_id)
        .options(
            joinedload(Post.author).joinedload(User.organization),
            joinedload(Post.quote).options(joinedload(Post.author), joinedload(Post.topic)),
            selectinload(Post.attachments).joinedload(PostAttachment.file),
        )
    )


def opener_of(topic_id: int) -> Post | None:
    """Return the text of the topic with everything its card shows."""
    return db.session.scalar(_posts(topic_id).where(Post.number == 1))


@dataclass(frozen=True)
class Thread:
    """A post and the first answers to it, oldest first; `more` answers follow on their own page."""

    post: Post
    answers: Sequence[Post]
    more: int = 0


def threads_page(
    topic_id: int,
    *,
    newest_first: bool = False,
    start: int = 2,
    cursor: str | None = None,
    size: int = 20,
    opened: int | None = None,
) -> Page[Thread]:
    """Return posts that answer the topic itself, each with its first answers.

    `start` is the lowest post number wanted; only oldest-first asks for it. The thread whose first post has
    the number `opened` comes with (nearly) all its answers, for somebody who follows a link to one of them.
    """
    roots = _posts(topic_id).where(Post.parent_id.is_(None), Post.number >= max(2, start))
    key = Post.number.desc() if newest_first else Post.number.asc()
    page = paginate(roots, key, cursor=cursor, size=size)
    return Page(_with_answers(topic_id, page.items, opened), page.next_cursor)


def _with_answers(topic_id: int, roots: Sequence[Post], opened: int | None = None) -> list[Thread]:
    if not roots:
        return []
    place = func.row_number().over(partition_by=Post.parent_id, order_by=Post.number)
    total = func.count().over(partition_by=Post.parent_id)
    ranked = (
        select(Post.id, place.label("place"), total.label("total"))
        .where(Post.topic_id == topic_id, Post.parent_id.in_([root.id for root in roots]))
        .subquery()
    )
    whole = [root.id for root in roots if root.number == opened]
    shown = or_(ranked.c.place <= ANSWERS_SHOWN, and_(Post.parent_id.in_(whole), ranked.c.place <= ANSWERS_OPENED))
    found = _posts(topic_id).add_columns(ranked.c.total).join(ranked, ranked.c.id == Post.id).where(shown)
    answers: dict[int, list[Post]] = defaultdict(list)
    totals: dict[int, int] = {}
    for post, number in db.session.execute(found.order_by(Post.number)):
        answers[post.parent_id].append(post)
        totals[post.parent_id] = number
    return [Thread(root, answers[root.id], totals.get(root.id, 0) - len(answers[root.id])) for root in roots]


def answers_page(topic_id: int, post_id: int, cursor: str | None = None, size: int = ANSWERS_AT_ONCE) -> Page[Post]:
    """Return the answers to a post, oldest first."""
    return paginate(_posts(topic_id).where(Post.parent_id == post_id), Post.number.asc(), cursor=cursor, size=size)


@dataclass(frozen=True)
class Thumbs:
    """Who found a post useful: the first names, and whether the viewer is among all of them."""

    names: tuple[str, ...] = ()
    mine: bool = False


def thumbs_of(posts: Iterable[Post], user_id: int | None) -> dict[int, Thumbs]:
    """Return for each liked post the first names under it and whether this person's thumb is there."""
    liked = [post.id for post in posts if post.likes_count]
    place = func.row_number().over(partition_by=PostLike.post_id, order_by=(PostLike.created_at, PostLike.user_id))
    ranked = (
        select(PostLike.post_id, PostLike.user_id, place.label("place")).where(PostLike.post_id.in_(liked)).subquery()
    )
    rows = db.session.execute(
        select(ranked.c.post_id, ranked.c.place, User.id, User.name)
        .join(User, User.id == ranked.c.user_id)
        .where(or_(ranked.c.place <= NAMES_SHOWN, User.id == user_id))
        .order_by(ranked.c.post_id, ranked.c.place)
    )
    found: dict[int, Thumbs] = defaultdict(Thumbs)
    for row in rows:
        before = found[row.post_id]
        names = (*before.names, row.name) if row.place <= NAMES_SHOWN else before.names
        found[row.post_id] = Thumbs(names, before.mine or row.id == user_id)
    return found


@dataclass(frozen=True)
class CatchUp:
    """What changed in a topic after a seq, and up to where.

    `threads` are those whose first post changed, a new one among them; `answers` are changed posts of any thread.
    """

    opener: Post | None
    threads: Sequence[Thread]
    answers: Sequence[Post]
    seq: int | None

    def posts(self) -> Iterator[Post]:
        """Every post in it."""
        yield from [self.opener] if self.opener else []
        yield from posts_of(self.threads)
        yield from self.answers


def posts_of(found: Iterable[Thread]) -> Iterator[Post]:
    """Return every post shown with some threads."""
    for thread in found:
        yield thread.post
        yield from thread.answers


def threads_since(topic_id: int, seq: int) -> CatchUp:
    """Return every post that changed after `seq`; a thread's first post with its first answers.

    At most CATCH_UP_LIMIT changes at once; then `seq` says how far this answer reaches,
    else it is None and the answer is complete.
    """
    changed = db.session.scalars(_posts(topic_id).where(Post.seq > seq).order_by(Post.seq).limit(CATCH_UP_LIMIT)).all()
    by_number = sorted(changed, key=lambda post: post.number)
    opener = next((post for post in by_number if post.is_opener), None)
    roots = [post for post in by_number if not post.is_opener and post.parent_id is None]
    answers = [post for post in by_number if post.parent_id is not None]
    reached = changed[-1].seq if len(changed) == CATCH_UP_LIMIT else None
    return CatchUp(opener, _with_answers(topic_id, roots), answers, reached)


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


def post_near(topic_id: int, number: int | None = None) -> int | None:
    """Return the id of the answer with this number, or the last one before it; None asks for the last of all."""
    answers = select(Post.id).where(Post.topic_id == topic_id, Post.number > 1)
    if number is not None:
        answers = answers.where(Post.number <= number)
    return db.session.scalar(answers.order_by(Post.number.desc()).limit(1))


def voices_of(topic_id: int, cursor: str | None = None, size: int = 24) -> Page[User]:
    """Return who has spoken in a topic, in the order of their first words; the one who opened it comes first."""
    standing = (Post.topic_id == topic_id, Post.withdrawn_at.is_(None))
    first = select(func.min(Post.number)).where(*standing).group_by(Post.author_id)
    words = select(Post).options(joinedload(Post.author)).where(*standing, Post.number.in_(first))
    page = paginate(words, Post.number.asc(), cursor=cursor, size=size)
    return Page([post.author for post in page.items], page.next_cursor)


def count_voices(topic_id: int) -> int:
    """Return how many people have spoken in a topic."""
    people = select(func.count(Post.author_id.distinct()))
    return db.session.scalar(people.where(Post.topic_id == topic_id, Post.withdrawn_at.is_(None))) or 0


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
