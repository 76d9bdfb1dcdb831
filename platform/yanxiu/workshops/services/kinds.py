"""Making a new topic the kind its author chose."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.core.db import hold
from yanxiu.core.errors import ConflictError
from yanxiu.workshops.models import Post, Topic, TopicKind


@dataclass(frozen=True)
class Shape:
    """What the form says about the kind of a topic."""

    kind: str = TopicKind.DISCUSSION.value


def shape_topic(actor: User, topic: Topic, shape: Shape) -> None:
    """Give a topic its kind, in the transaction that publishes it; a form that arrives twice changes nothing."""
    if topic.kind == TopicKind.DISCUSSION:
        topic.kind = shape.kind


def hold_topic(topic: Topic, post: Post | None = None) -> None:
    """Keep other writers of a topic out until the commit: the topic's row first, then a post of it."""
    if not hold(topic) or topic.deleted_at is not None or (post is not None and not hold(post)):
        raise ConflictError("这个话题刚刚被删除了")
