"""Posts: publishing once, editing with history, withdrawing and putting back, liking."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import clean_html, excerpt, html_from_text, text_of
from yanxiu.core.live import bump
from yanxiu.workshops.events import (
    PersonMentioned,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRestored,
    PostWithdrawn,
)
from yanxiu.workshops.models import (
    Post,
    PostEdit,
    PostLike,
    PostMention,
    Topic,
    TopicVisit,
    WorkshopMember,
)
from yanxiu.workshops.services.attachments import Attachment, attach_files, change_files, put_in_use
from yanxiu.workshops.services.counts import add_to

MAX_TEXT = 20_000
MAX_HTML = 200_000
EXCERPT_LENGTH = 120
VISITS_AT_ONCE = 200
_MENTION_MARK = re.compile(r'data-mention="(\d{1,9})"')


@dataclass(frozen=True)
class Content:
    """Cleaned text of a post in both forms."""

    html: str
    text: str


def checked_content(html: str) -> Content:
    """Clean what was typed; InvalidError if nothing is left or it is too long."""
    if len(html) > MAX_HTML:
        raise InvalidError("内容太长，请分成几条发布", field="html")
    cleaned = clean_html(html)
    text = text_of(cleaned)
    if not text and "<img" not in cleaned:
        raise InvalidError("请写点内容再发布", field="html")
    if len(text) > MAX_TEXT:
        raise InvalidError(f"内容请控制在 {MAX_TEXT} 字以内", field="html")
    return Content(cleaned, text)


def html_of_typed(typed: str, *, is_html: bool) -> str:
    """Return the text of a form as HTML: the composer sends HTML, a plain field plain text."""
    return typed if is_html else html_from_text(typed)


def checked_uuid(value: str | None) -> str:
    """Return the form's identifier in its one spelling; none makes a new one."""
    if not value:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(value))
    except ValueError as error:
        raise InvalidError("页面已过期，请刷新后再发布") from error


def sent_before(actor: User, client_uuid: str) -> Post | None:
    """Return the post this form made when it arrived the first time."""
    return db.session.scalar(select(Post).where(Post.author_id == actor.id, Post.client_uuid == client_uuid))


def says_the_same(post: Post, content: Content) -> bool:
    """Tell whether `content` is what this post says, or said when it was sent."""
    said = select(PostEdit.html).where(PostEdit.post_id == post.id)
    return content.html == post.html or content.html in db.session.scalars(said).all()


def add_post(
    actor: User,
    topic: Topic,
    content: Content,
    client_uuid: str,
    *,
    parent: Post | None = None,
    quote: Post | None = None,
    files: Sequence[Attachment] = (),
) -> Post:
    """Add the next post of a topic; numbers and counters are counted in the database."""
    number = _next_number(topic)
    post = Post(
        topic=topic,
        author_id=actor.id,
        number=number,
        parent_id=None if parent is None else parent.parent_id or parent.id,
        quote_id=None if quote is None else quote.id,
        html=content.html,
        text=content.text,
        client_uuid=client_uuid,
    )
    db.session.add(post)
    db.session.flush()
    put_in_use(actor, content.html)
    attach_files(actor, post, files)
    post.seq = bump(f"topic:{topic.id}", "post", post.id)
    if number == 1:
        topic.excerpt = excerpt(content.html, EXCERPT_LENGTH)
    mark_seen(actor.id, topic, number, only_next=True)
    return post


def _next_number(topic: Topic) -> int:
    number = db.session.scalar(
        update(Topic)
        .where(Topic.id == topic.id)
        .values(last_number=Topic.last_number + 1)
        .returning(Topic.last_number)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(topic, ["last_number", "replies_count"])
    return int(number or 0)


def publish_post(
    actor: User,
    topic: Topic,
    html: str,
    *,
    client_uuid: str | None = None,
    parent: Post | None = None,
    quote: Post | None = None,
    files: Sequence[Attachment] = (),
) -> Post:
    """Answer a topic, or a post of it; sending the same words with the same `client_uuid` changes nothing.

    Other words under a known `client_uuid` are a post of their own: nothing typed is ever swallowed.
    """
    client_uuid = checked_uuid(client_uuid)
    _hold(topic)
    content = checked_content(html)
    before = sent_before(actor, client_uuid)
    if before is not None and before.topic_id == topic.id and says_the_same(before, content):
        return before
    if before is not None:
        client_uuid = checked_uuid(None)
    _refuse_withdrawn(parent, quote)
    post = add_post(actor, topic, content, client_uuid, parent=parent, quote=quote, files=files)
    add_to(topic, Topic.replies_count, 1)
    topic.last_post_at = post.created_at
    topic.last_poster_id = actor.id
    _touch_row(topic)
    _record_published(actor, topic, post, parent, quote)
    return post


def _hold(topic: Topic, post: Post | None = None) -> None:
    """Keep other writers of this topic out until the commit, the topic's row always first."""
    if not hold(topic) or topic.deleted_at is not None or (post is not None and not hold(post)):
        raise ConflictError("这个话题刚刚被删除了")


def _refuse_withdrawn(parent: Post | None, quote: Post | None) -> None:
    if any(post is not None and (not hold(post) or post.withdrawn_at is not None) for post in (parent, quote)):
        raise ConflictError("这条发言已被撤回，不能再回复或引用")


def _record_published(actor: User, topic: Topic, post: Post, parent: Post | None, quote: Post | None) -> None:
    answered = {other.author_id for other in (parent, quote) if other is not None}
    record(
        PostPublished(
            post.id,
            topic.id,
            topic.workshop_id,
            actor.id,
            topic.author_id,
            tuple(sorted(answered - {actor.id})),
        )
    )
    record_mentions(actor, post)


def _touch_row(topic: Topic) -> None:
    db.session.flush()
    topic.seq = bump(f"workshop:{topic.workshop_id}", "topic", topic.id)


def record_mentions(actor: User, post: Post) -> None:
    """Note the members named with @, by the composer's mark or by their plain name.

    Strangers and the author are not mentioned; somebody named before is not told again.
    """
    if "@" not in post.text and "data-mention" not in post.html:
        return
    members = db.session.execute(
        select(User.id, User.name)
        .join(WorkshopMember, WorkshopMember.user_id == User.id)
        .where(WorkshopMember.workshop_id == post.topic.workshop_id)
    ).all()
    marked = {int(found) for found in _MENTION_MARK.findall(post.html)}
    names = _names_after_at(post.text, {row.name for row in members})
    named = {row.id for row in members if row.id in marked or row.name in names} - {actor.id}
    known = set(db.session.scalars(select(PostMention.user_id).where(PostMention.post_id == post.id)))
    for user_id in sorted(named - known):
        db.session.add(PostMention(post_id=post.id, user_id=user_id))
        record(PersonMentioned(post.id, post.topic_id, post.topic.workshop_id, user_id, actor.id))


def _names_after_at(text: str, names: set[str]) -> set[str]:
    """Return which of `names` follow an @; of two that begin alike the longer one is meant (@王丽丽 is not 王丽)."""
    longest_first = sorted(names, key=len, reverse=True)
    found = (next((n for n in longest_first if said.startswith(n)), "") for said in text.split("@")[1:])
    return {name for name in found if name}


def edit_post(
    actor: User, post: Post, html: str, *, files: Sequence[Attachment] = (), dropped: Collection[int] = ()
) -> None:
    """Change what a post says, keeping what it said, and its files; the same again changes nothing."""
    content = checked_content(html)
    _hold(post.topic, post)
    if post.withdrawn_at is not None:
        raise ConflictError("这条发言刚刚被撤回，请先恢复再修改")
    changed = change_files(actor, post, files, dropped)
    if content.html == post.html and not changed:
        return
    if content.html != post.html:
        put_in_use(actor, content.html)
        db.session.add(PostEdit(post_id=post.id, editor_id=actor.id, html=post.html))
        post.html, post.text = content.html, content.text
    post.edited_at = now()
    if post.is_opener:
        post.topic.excerpt = excerpt(content.html, EXCERPT_LENGTH)
        _touch_row(post.topic)
    _touch_post(post)
    record(PostEdited(post.id, post.topic_id, post.topic.workshop_id, actor.id))
    record_mentions(actor, post)


def _touch_post(post: Post) -> None:
    db.session.flush()
    post.seq = bump(f"topic:{post.topic_id}", "post", post.id)


def withdraw_post(actor: User, post: Post) -> None:
    """Take a post out of sight; its place stays, so that the answers keep theirs."""
    if post.is_opener:
        raise ConflictError("话题的正文不能单独撤回，请删除整个话题")
    _hold(post.topic, post)
    if post.withdrawn_at is not None:
        return
    post.withdrawn_at, post.withdrawn_by_id = now(), actor.id
    add_to(post.topic, Topic.replies_count, -1)
    _touch_post(post)
    _touch_row(post.topic)
    record(PostWithdrawn(post.id, post.topic_id, post.topic.workshop_id, post.author_id, actor.id))


def restore_post(actor: User, post: Post) -> None:
    """Put a withdrawn post back."""
    _hold(post.topic, post)
    if post.withdrawn_at is None:
        return
    post.withdrawn_at = post.withdrawn_by_id = None
    add_to(post.topic, Topic.replies_count, 1)
    _touch_post(post)
    _touch_row(post.topic)
    record(PostRestored(post.id, post.topic_id, post.topic.workshop_id, actor.id))


def _insert_ignoring(table: type[PostLike] | type[TopicVisit], **values: object) -> bool:
    """Insert a row unless its key exists; tell whether it was new."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(table)
    keys = [column.name for column in table.__table__.primary_key]
    result = db.session.execute(
        insert.values(**values).on_conflict_do_nothing(index_elements=keys).returning(*table.__table__.primary_key)
    )
    return result.first() is not None


def like_post(actor: User, post: Post) -> None:
    """Give a thumb; a second one changes nothing."""
    if _insert_ignoring(PostLike, post_id=post.id, user_id=actor.id, created_at=now()):
        _count_likes(post, 1)
        record(PostLiked(post.id, post.topic_id, post.topic.workshop_id, post.author_id, actor.id))


def unlike_post(actor: User, post: Post) -> None:
    """Take one's thumb back; there being none changes nothing."""
    gone = db.session.execute(
        delete(PostLike)
        .where(PostLike.post_id == post.id, PostLike.user_id == actor.id)
        .returning(PostLike.user_id)
        .execution_options(synchronize_session=False)
    )
    if gone.first() is not None:
        _count_likes(post, -1)


def _count_likes(post: Post, change: int) -> None:
    add_to(post, Post.likes_count, change)
    _touch_post(post)


def mark_seen(user_id: int, topic: Topic, number: int, *, only_next: bool = False) -> None:
    """Note that posts up to `number` were on somebody's screen; it never goes back.

    `only_next`: move only from the post right before, so that answering does not mark
    what was skipped as read.
    """
    number = min(number, topic.last_number)
    start = number if not only_next or number == 1 else 0
    new = start > 0 and _insert_ignoring(
        TopicVisit, topic_id=topic.id, user_id=user_id, last_seen_number=start, seen_at=now(), opened_at=now()
    )
    if new:
        return
    behind = TopicVisit.last_seen_number == number - 1 if only_next else TopicVisit.last_seen_number < number
    db.session.execute(
        update(TopicVisit)
        .where(TopicVisit.topic_id == topic.id, TopicVisit.user_id == user_id, behind)
        .values(last_seen_number=number, seen_at=now())
    )
    db.session.execute(
        update(TopicVisit)
        .where(TopicVisit.topic_id == topic.id, TopicVisit.user_id == user_id, TopicVisit.opened_at.is_(None))
        .values(opened_at=now())
    )


def mark_all_seen(user_id: int, workshop_id: int) -> None:
    """Note every topic of a workshop as read to its end; what another device has read further on stays.

    The rows are always taken in the same order, so that two devices do not wait for each other in a circle.
    """
    topics = db.session.execute(
        select(Topic.id, Topic.last_number)
        .where(Topic.workshop_id == workshop_id, Topic.deleted_at.is_(None))
        .order_by(Topic.id)
    ).all()
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(TopicVisit)
    for start in range(0, len(topics), VISITS_AT_ONCE):
        rows = [
            {"topic_id": t.id, "user_id": user_id, "last_seen_number": t.last_number, "seen_at": now()}
            for t in topics[start : start + VISITS_AT_ONCE]
        ]
        statement = insert.values(rows)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["topic_id", "user_id"],
                set_={
                    "last_seen_number": statement.excluded.last_seen_number,
                    "seen_at": statement.excluded.seen_at,
                },
                where=TopicVisit.last_seen_number < statement.excluded.last_seen_number,
            )
        )
