"""Accepting the answer that solved a question, and taking that back."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.workshops.events import AnswerAccepted
from yanxiu.workshops.models import AcceptedAnswer, Post
from yanxiu.workshops.services.holding import hold_topic
from yanxiu.workshops.services.topics import touch_topic


def accept_answer(actor: User, post: Post) -> None:
    """Say that this answer solved the question, instead of another one if there was one."""
    topic = post.topic
    hold_topic(topic, post)
    if post.is_opener or post.withdrawn_at is not None:
        raise ConflictError("这条回复已被撤回，不能采纳")
    before = db.session.get(AcceptedAnswer, topic.id)
    if before is not None and before.post_id == post.id:
        return
    if before is not None:
        _touch_former(before)
        db.session.delete(before)
        db.session.flush()
    db.session.add(AcceptedAnswer(topic_id=topic.id, post_id=post.id, accepted_by_id=actor.id, accepted_at=now()))
    _touch(post)
    touch_topic(topic)
    record(AnswerAccepted(topic.id, post.id, topic.workshop_id, post.author_id, actor.id))


def unaccept_answer(actor: User, post: Post) -> None:
    """Say that this answer did not solve it after all."""
    hold_topic(post.topic, post)
    found = db.session.get(AcceptedAnswer, post.topic_id)
    if found is None or found.post_id != post.id:
        return
    db.session.delete(found)
    _touch(post)
    touch_topic(post.topic)


def _touch_former(before: AcceptedAnswer) -> None:
    former = db.session.get(Post, before.post_id)
    if former is not None and former.topic_id == before.topic_id:
        _touch(former)


def _touch(post: Post) -> None:
    db.session.flush()
    post.seq = bump(f"topic:{post.topic_id}", "post", post.id)
