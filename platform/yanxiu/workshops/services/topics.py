"""Topics: publishing, editing, and the three marks a leader gives (置顶, 加精, 锁定)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.workshops.events import (
    TopicChanged,
    TopicDeleted,
    TopicDigested,
    TopicPinned,
    TopicPublished,
    TopicRestored,
)
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.services import posts
from yanxiu.workshops.services.attachments import Attachment

MAX_PINNED = 5
TITLE_LENGTH = 80


def publish_topic(
    actor: User,
    workshop: Workshop,
    title: str,
    html: str,
    *,
    client_uuid: str | None = None,
    files: Sequence[Attachment] = (),
) -> Topic:
    """Open a thread; sending the same words with the same `client_uuid` returns the topic they made."""
    client_uuid = posts.checked_uuid(client_uuid)
    hold(workshop)
    content, title = posts.checked_content(html), checked_title(title)
    before = posts.sent_before(actor, client_uuid)
    if before is not None and _is_sent_again(before, workshop, title, content):
        return before.topic
    if before is not None:
        client_uuid = posts.checked_uuid(None)
    topic = Topic(
        workshop=workshop,
        author_id=actor.id,
        last_poster_id=actor.id,
        title=title,
        last_post_at=now(),
    )
    db.session.add(topic)
    db.session.flush()
    opener = posts.add_post(actor, topic, content, client_uuid, files=files)
    touch_topic(topic)
    record(TopicPublished(topic.id, opener.id, workshop.id, actor.id))
    posts.record_mentions(actor, opener)
    return topic


def _hold(topic: Topic) -> None:
    """Keep other writers of the workshop's topics out until the commit, then read this one again."""
    if not hold(topic.workshop) or not hold(topic):
        raise ConflictError("这个话题刚刚被删除了")


def _is_sent_again(before: Post, workshop: Workshop, title: str, content: posts.Content) -> bool:
    topic = before.topic
    here = topic.workshop_id == workshop.id and topic.title == title
    return here and before.is_opener and posts.says_the_same(before, content)


def touch_topic(topic: Topic) -> None:
    """Tell everybody who looks at the list that this topic's row changed."""
    db.session.flush()
    topic.seq = bump(f"workshop:{topic.workshop_id}", "topic", topic.id)


def checked_title(title: str) -> str:
    title = " ".join(without_invisible(title).split())
    if not title:
        raise InvalidError("请填写话题标题", field="title")
    if len(title) > TITLE_LENGTH:
        raise InvalidError(f"标题请控制在 {TITLE_LENGTH} 字以内", field="title")
    return title


def edit_topic(
    actor: User,
    topic: Topic,
    opener: Post,
    title: str,
    html: str,
    *,
    files: Sequence[Attachment] = (),
    dropped: Collection[int] = (),
) -> None:
    """Change the title and the opening text; what it said before is kept."""
    new_title = checked_title(title)
    _hold(topic)
    posts.edit_post(actor, opener, html, files=files, dropped=dropped)
    if new_title != topic.title:
        topic.title = new_title
        record(TopicChanged(topic.id, topic.workshop_id, actor.id, renamed=True))
        _change_opener_too(topic, opener)


def _change_opener_too(topic: Topic, opener: Post) -> None:
    """Title and marks are shown on the topic's own page as well, so its list moves too."""
    opener.seq = bump(f"topic:{topic.id}", "topic", topic.id)
    touch_topic(topic)


def pin_topic(actor: User, topic: Topic, opener: Post, *, pinned: bool) -> None:
    """Make a topic an announcement, or an ordinary topic again; at most five at a time."""
    _hold(topic)
    if pinned == (topic.pinned_at is not None):
        return
    if pinned and pins_are_full(topic.workshop_id):
        raise ConflictError(f"最多置顶 {MAX_PINNED} 个话题，请先取消一个")
    topic.pinned_at = now() if pinned else None
    record(TopicChanged(topic.id, topic.workshop_id, actor.id))
    if pinned:
        record(TopicPinned(topic.id, topic.workshop_id, topic.author_id, actor.id))
    _change_opener_too(topic, opener)


def pins_are_full(workshop_id: int) -> bool:
    """Whether no other topic can be pinned; one that comes back is a plain one then."""
    return _pinned_count(workshop_id) >= MAX_PINNED


def _pinned_count(workshop_id: int) -> int:
    pinned = select(func.count()).where(
        Topic.workshop_id == workshop_id, Topic.pinned_at.is_not(None), Topic.deleted_at.is_(None)
    )
    return db.session.scalar(pinned) or 0


def digest_topic(actor: User, topic: Topic, opener: Post, *, digest: bool) -> None:
    """Mark a topic as one of the best, or take the mark back."""
    _hold(topic)
    if digest == (topic.digest_at is not None):
        return
    topic.digest_at = now() if digest else None
    record(TopicChanged(topic.id, topic.workshop_id, actor.id))
    if digest:
        record(TopicDigested(topic.id, topic.workshop_id, topic.author_id, actor.id))
    _change_opener_too(topic, opener)


def lock_topic(actor: User, topic: Topic, opener: Post, *, locked: bool) -> None:
    """End the discussion, or open it again."""
    _hold(topic)
    if locked == (topic.locked_at is not None):
        return
    topic.locked_at = now() if locked else None
    record(TopicChanged(topic.id, topic.workshop_id, actor.id))
    _change_opener_too(topic, opener)


def delete_topic(actor: User, topic: Topic) -> None:
    """Take a topic with everything under it out of sight."""
    _hold(topic)
    if topic.deleted_at is not None:
        return
    topic.deleted_at, topic.deleted_by_id = now(), actor.id
    bump(f"topic:{topic.id}", "topic", topic.id)
    touch_topic(topic)
    record(TopicDeleted(topic.id, topic.workshop_id, actor.id))


def restore_topic(actor: User, topic: Topic) -> None:
    """Bring a deleted topic back with everything under it; as a plain one when five are pinned by now."""
    _hold(topic)
    if topic.deleted_at is None:
        return
    if topic.pinned_at is not None and pins_are_full(topic.workshop_id):
        topic.pinned_at = None
    topic.deleted_at = topic.deleted_by_id = None
    touch_topic(topic)
    record(TopicRestored(topic.id, topic.workshop_id, actor.id))
