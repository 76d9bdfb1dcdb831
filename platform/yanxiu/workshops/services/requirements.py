"""Saying what a topic asks of every member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.events import RepliesDueSoon
from yanxiu.workshops.models import Topic, TopicRequirement
from yanxiu.workshops.queries.reply_attention import owing_in
from yanxiu.workshops.queries.requirements import has_begun
from yanxiu.workshops.services.holding import hold_topic
from yanxiu.workshops.services.topics import touch_topic

MAX_NUMBER = 20
MAX_LENGTH = 2000
MAX_POINTS = 100
REMINDER = "workshops.replies_due"
REMINDED_AT = time(8)
FIELDS = ("posts", "answers", "min_length", "post_points", "answer_points", "total_points", "due_at")


@dataclass(frozen=True)
class Asked:
    """What is asked: numbers, the least length, points for each, what they are meant to add up to, and until when."""

    posts: int = 0
    answers: int = 0
    min_length: int = 0
    post_points: int = 0
    answer_points: int = 0
    total_points: int = 0
    due_at: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.posts or self.answers)


def require_of_members(actor: User, topic: Topic, asked: Asked) -> None:
    """Ask this of every member from now on, or nothing more. Points that do not add up are said, not refused.

    Once somebody has begun, it may only become easier: who did what was asked is not told afterwards that it was not enough.
    Asking nothing ends the requirement; what is asked after that is a new one, free of what the old one asked.
    """
    hold_topic(topic)
    _check(asked)
    found = db.session.get(TopicRequirement, topic.id)
    if found is None and not asked:
        return
    if found is None or found.due_at != asked.due_at:
        _check_end(asked)
    if found is not None and asked and has_begun(topic, found):
        _check_easier(found, asked)
    if found is not None and not asked:
        db.session.delete(found)
    else:
        _write(actor, topic, found, asked)
    db.session.flush()
    said = {name: getattr(asked, name) for name in FIELDS if name != "due_at"}
    end = asked.due_at.isoformat() if asked.due_at else None
    record_audit(
        actor, "topic.requirement", "topic", topic.id, workshop_id=topic.workshop_id, title=topic.title, due=end, **said
    )
    bump(f"topic:{topic.id}", "topic", topic.id)
    touch_topic(topic)


def _write(actor: User, topic: Topic, found: TopicRequirement | None, asked: Asked) -> None:
    found = found or TopicRequirement(topic_id=topic.id)
    for name in FIELDS:
        setattr(found, name, getattr(asked, name))
    found.changed_by_id, found.changed_at = actor.id, now()
    db.session.add(found)
    plan_reminder(found)


def _check_end(asked: Asked) -> None:
    if asked.due_at is not None and asked.due_at <= now():
        raise InvalidError("期限已经过去，请选一个将来的时间", field="asked_due")


def _check_easier(found: TopicRequirement, asked: Asked) -> None:
    names = {
        "asked_posts": ("posts", "条数"),
        "asked_answers": ("answers", "条数"),
        "min_length": ("min_length", "字数"),
    }
    for field, (name, word) in names.items():
        if getattr(asked, name) > getattr(found, name):
            raise InvalidError(f"已有老师按原来的要求回复，{word}只能减少", field=field)
    for number, name in ((asked.posts, "post_points"), (asked.answers, "answer_points")):
        if number and getattr(asked, name) < getattr(found, name):
            raise InvalidError("已有老师按原来的要求回复，每条的分数只能提高", field=name)
    if asked.due_at is not None and (found.due_at is None or asked.due_at < found.due_at):
        raise InvalidError("已有老师按原来的要求回复，期限只能延长或取消", field="asked_due")


def plan_reminder(requirement: TopicRequirement) -> None:
    """Queue the reminder for the day before the end, unless that moment is past."""
    if requirement.due_at is None:
        return
    day = requirement.due_at.astimezone(LOCAL_ZONE).date() - timedelta(days=1)
    wait = (datetime.combine(day, REMINDED_AT, LOCAL_ZONE).astimezone(UTC) - now()).total_seconds()
    if wait > 0:
        due = requirement.due_at.astimezone(UTC).isoformat()
        payload = {"topic_id": requirement.topic_id, "due": due}
        enqueue(REMINDER, payload, key=f"{REMINDER}:{requirement.topic_id}:{due}", delay_s=wait)


def remind_of_replies(topic: Topic, due: str) -> None:
    """Tell those who still owe replies that they are due tomorrow; once for each end, never for an old one."""
    found = db.session.get(TopicRequirement, topic.id)
    if topic.workshop.archived_at is not None or found is None or not hold(found) or found.due_at is None:
        return
    if found.due_at.isoformat() != due or found.reminded_for == found.due_at or found.due_at <= now():
        return
    found.reminded_for = found.due_at
    owing = tuple(owing_in(topic.workshop_id, topic.id))
    if owing:
        record(RepliesDueSoon(topic.id, topic.workshop_id, owing))


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
