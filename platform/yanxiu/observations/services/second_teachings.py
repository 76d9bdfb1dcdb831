"""Saying that a lesson was taught again, and tying adopted comments to what became of them."""

from __future__ import annotations

from sqlalchemy import delete, select

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.observations.models import ClipPair, Lesson, SecondTeaching, TimedComment
from yanxiu.observations.queries.second_teachings import repeats, second_teaching
from yanxiu.observations.services.lessons import hold_lesson

MAX_NOTE = 200
MAX_CLIP_MS = 10 * 60_000


def link_second(actor: User, first: Lesson, second: Lesson) -> None:
    """Say that `second` is `first` taught again. A lesson repeats one other, and none that repeats it. Twice is once."""
    for lesson in sorted((first, second), key=lambda one: one.id):
        hold_lesson(lesson)
    if second_teaching(first.id, second.id) is not None:
        return
    if first.id == second.id or second.id in repeats(first.id):
        raise InvalidError("这节课在前，不能又是它自己的二次上课", field="second")
    if repeats(second.id):
        raise ConflictError("这节课已经是另一节课的二次上课了")
    db.session.add(SecondTeaching(first_id=first.id, second_id=second.id, linked_by_id=actor.id))
    record_audit(actor, "lesson.second", "lesson", second.id, first_id=first.id)
    _tell(first, second)


def unlink_second(actor: User, first: Lesson, second: Lesson) -> None:
    """Take that back, with the clips tied between the two; there being none changes nothing."""
    hold_lesson(second)
    row = second_teaching(first.id, second.id)
    if row is None:
        return
    of_first = select(TimedComment.id).where(TimedComment.lesson_id == first.id)
    db.session.execute(delete(ClipPair).where(ClipPair.second_id == second.id, ClipPair.comment_id.in_(of_first)))
    db.session.delete(row)
    record_audit(actor, "lesson.second_undone", "lesson", second.id, first_id=first.id)
    _tell(first, second)


def tie_clip(
    actor: User, comment: TimedComment, second: Lesson, span: tuple[int, int], duration_ms: int, note: str
) -> ClipPair:
    """Tie an adopted comment to a stretch (ms) of the second lesson, whose recording is `duration_ms` long; a comment that
    is tied to this lesson already is tied anew. The caller has checked that it was adopted."""
    hold_lesson(second)
    if second_teaching(comment.lesson_id, second.id) is None:
        raise ConflictError("这两节课没有连成二次上课")
    start_ms, end_ms = span
    if not 0 <= start_ms < end_ms <= duration_ms + 1000:
        raise InvalidError("结束要在开始之后，而且在视频长度之内", field="end")
    if end_ms - start_ms > MAX_CLIP_MS:
        raise InvalidError("一段最多 10 分钟", field="end")
    found = select(ClipPair).where(ClipPair.comment_id == comment.id, ClipPair.second_id == second.id)
    pair = db.session.scalars(found).first() or ClipPair(comment_id=comment.id, second_id=second.id)
    pair.start_ms, pair.end_ms, pair.author_id = start_ms, min(end_ms, duration_ms), actor.id
    pair.note = " ".join(without_invisible(note).split())[:MAX_NOTE]
    db.session.add(pair)
    db.session.flush()
    _tell(comment.lesson, second)
    return pair


def untie_clip(_actor: User, pair: ClipPair) -> None:
    """Take a pair of clips apart."""
    hold_lesson(pair.second)
    _tell(pair.comment.lesson, pair.second)
    db.session.delete(pair)


def _tell(*lessons: Lesson) -> None:
    for lesson in sorted(lessons, key=lambda one: one.id):
        bump(lesson.topic, "lesson", lesson.id)
