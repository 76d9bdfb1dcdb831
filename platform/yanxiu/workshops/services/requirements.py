"""Saying what a topic asks of every member."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.live import bump
from yanxiu.workshops.models import Topic, TopicRequirement
from yanxiu.workshops.services.holding import hold_topic
from yanxiu.workshops.services.topics import touch_topic

MAX_NUMBER = 20
MAX_LENGTH = 2000
MAX_POINTS = 100


@dataclass(frozen=True)
class Asked:
    """What is asked: numbers, the least length, points for each, and what they are meant to add up to."""

    posts: int = 0
    answers: int = 0
    min_length: int = 0
    post_points: int = 0
    answer_points: int = 0
    total_points: int = 0

    def __bool__(self) -> bool:
        return bool(self.posts or self.answers)


def require_of_members(actor: User, topic: Topic, asked: Asked) -> None:
    """Ask this of every member from now on, or nothing more. Points that do not add up are said, not refused."""
    hold_topic(topic)
    _check(asked)
    found = db.session.get(TopicRequirement, topic.id)
    if found is None and not asked:
        return
    if found is not None and not asked:
        db.session.delete(found)
    else:
        _write(actor, topic, found, asked)
    db.session.flush()
    bump(f"topic:{topic.id}", "topic", topic.id)
    touch_topic(topic)


def _write(actor: User, topic: Topic, found: TopicRequirement | None, asked: Asked) -> None:
    found = found or TopicRequirement(topic_id=topic.id)
    for name in ("posts", "answers", "min_length", "post_points", "answer_points", "total_points"):
        setattr(found, name, getattr(asked, name))
    found.changed_by_id, found.changed_at = actor.id, now()
    db.session.add(found)


def _check(asked: Asked) -> None:
    limits = {
        "asked_posts": (asked.posts, MAX_NUMBER, "条数"),
        "asked_answers": (asked.answers, MAX_NUMBER, "条数"),
        "min_length": (asked.min_length, MAX_LENGTH, "字数"),
        "post_points": (asked.post_points, MAX_POINTS, "分数"),
        "answer_points": (asked.answer_points, MAX_POINTS, "分数"),
        "total_points": (asked.total_points, MAX_POINTS * 10, "分数"),
    }
    for field, (value, most, word) in limits.items():
        if not 0 <= value <= most:
            raise InvalidError(f"{word}请填 0 到 {most}", field=field)
