"""Keeping other writers out until the commit."""

from __future__ import annotations

from yanxiu.core.db import hold
from yanxiu.core.errors import ConflictError
from yanxiu.workshops.models import Post, Topic


def hold_topic(topic: Topic, post: Post | None = None) -> None:
    """Lock a topic that was not deleted: its row first, then a post of it."""
    if not hold(topic) or topic.deleted_at is not None or (post is not None and not hold(post)):
        raise ConflictError("这个话题刚刚被删除了")
