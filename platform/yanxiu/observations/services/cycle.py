"""Moving a lesson through its cycle, what is written before and after it, and reminders that it waits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.core.tasks import enqueue
from yanxiu.observations.cycle import MOVES
from yanxiu.observations.events import ConclusionChanged, LessonMoved, LessonReflected, LessonStepDue
from yanxiu.observations.models import Lesson, LessonPhase, LessonText, TextKey
from yanxiu.observations.queries.cycle import waited_for
from yanxiu.observations.services.lessons import hold_lesson

REMIND_JOB = "observations.remind"
MAX_TEXT = 4000
MORNING = time(8, 0)
BEFORE_WATCHING = (LessonPhase.PLANNED, LessonPhase.MEETING, LessonPhase.TEACHING)


def move_lesson(actor: User, lesson: Lesson, seen: str, to: str, due: date | None = None) -> None:
    """Take a lesson to another step of `MOVES`; `due` is the day by which that step should be done.

    `seen` is the step the actor saw: a move made meanwhile by somebody else is not made twice.
    """
    hold_lesson(lesson)
    if lesson.phase == to and lesson.phase != seen:
        return
    if lesson.phase != seen:
        raise ConflictError(f"这节课刚刚到了“{lesson.phase_of.label}”，请刷新后再看")
    if to not in MOVES[lesson.phase_of]:
        raise InvalidError("不能从这一步直接到那一步", field="to")
    _go(actor, lesson, LessonPhase(to))
    if to != LessonPhase.ARCHIVED:
        _set_due(lesson, due)


def set_deadline(actor: User, lesson: Lesson, due: date | None) -> None:
    """Say by which day the present step should be done; None for no day."""
    hold_lesson(lesson)
    if lesson.phase == LessonPhase.ARCHIVED:
        raise ConflictError("这节课已归档")
    if lesson.phase_due != due:
        _set_due(lesson, due)
        record_audit(actor, "lesson.due", "lesson", lesson.id, due=due and due.isoformat())
        bump(lesson.topic, "lesson", lesson.id)


def begin_watching(lesson_id: int, uploader: User) -> None:
    """The recording can be watched: the lesson was taught, whatever step it was at before."""
    lesson = db.session.get(Lesson, lesson_id)
    if lesson is None or not hold(lesson):
        return
    if lesson.deleted_at is None and lesson.phase_of in BEFORE_WATCHING:
        _go(uploader, lesson, LessonPhase.WATCHING, told=False)


def tidy(body: str) -> str:
    """Return a text as it is kept."""
    return without_invisible(body.replace("\r\n", "\n")).strip()


def write_text(actor: User, lesson: Lesson, key: TextKey, body: str, seen: str | None = None) -> None:
    """Write an answer of the meeting, or the reflection; an empty one takes it away.

    `seen` is the text the actor began with: what they left as it was is not written over what somebody else wrote
    meanwhile, and what both changed raises ConflictError.
    """
    hold_lesson(lesson)
    words = tidy(body)
    if seen is not None and words == tidy(seen):
        return
    if len(words) > MAX_TEXT:
        raise InvalidError(f"最多 {MAX_TEXT} 字", field=key.value)
    known = db.session.scalars(
        select(LessonText).where(LessonText.lesson_id == lesson.id, LessonText.key == key)
    ).first()
    present = known.body if known else ""
    if present == words:
        return
    if seen is not None and present != tidy(seen):
        raise ConflictError("您写的时候，这一栏刚刚被改过。请把两边合起来，再保存一次", field=key.value)
    if known is None:
        known = LessonText(lesson_id=lesson.id, key=key.value, author_id=actor.id)
        db.session.add(known)
        if key == TextKey.REFLECTION:
            record(LessonReflected(lesson.id, actor.id))
    known.body, known.author_id, known.written_at = words, actor.id, clock.now()
    if key == TextKey.CONCLUSION:
        db.session.flush()
        record(ConclusionChanged(known.id, lesson.id, is_gone=not words))
    if not words:
        db.session.delete(known)
    db.session.flush()
    bump(lesson.topic, "lesson", lesson.id)


def remind_before(lesson: Lesson) -> None:
    """Queue a word to teacher and observers a day before the lesson; inside a unit of work."""
    if lesson.taught_at is not None:
        _queue(lesson, lesson.taught_at - timedelta(days=1), taught=lesson.taught_at.isoformat())


def remind(lesson_id: int, taught: str | None, due: str | None) -> None:
    """Tell those for whom the lesson waits, unless it was put off or has gone on meanwhile. May run twice."""
    lesson = db.session.get(Lesson, lesson_id)
    if lesson is None or lesson.deleted_at is not None:
        return
    if taught is not None:
        same = lesson.taught_at is not None and lesson.taught_at.isoformat() == taught
        people = {lesson.teacher_id, *(member.user_id for member in lesson.members)}
        if same and lesson.phase_of in BEFORE_WATCHING[:2]:
            record(LessonStepDue(lesson.id, tuple(sorted(people)), "lesson_near"))
    elif lesson.phase_due is not None and f"{lesson.phase}:{lesson.phase_due.isoformat()}" == due:
        record(LessonStepDue(lesson.id, tuple(sorted(waited_for(lesson))), "lesson_due"))


def _go(actor: User, lesson: Lesson, to: LessonPhase, *, told: bool = True) -> None:
    before, lesson.phase = lesson.phase, to.value
    lesson.phase_due = None
    record_audit(actor, "lesson.move", "lesson", lesson.id, before=before, after=to.value)
    if told:
        record(LessonMoved(lesson.id, actor.id, before, to.value, to.number < LessonPhase(before).number))
    bump(lesson.topic, "lesson", lesson.id)


def _set_due(lesson: Lesson, due: date | None) -> None:
    if due is not None and due < clock.today():
        raise InvalidError("截止日期已经过了，请选今天或以后", field="due")
    lesson.phase_due = due
    if due is not None:
        eve = datetime.combine(due - timedelta(days=1), MORNING, LOCAL_ZONE)
        _queue(lesson, eve, due=f"{lesson.phase}:{due.isoformat()}")


def _queue(lesson: Lesson, at: datetime, **about: Any) -> None:
    delay_s = (at - clock.now()).total_seconds()
    if delay_s > 0:
        key = f"{REMIND_JOB}:{lesson.id}:{next(iter(about.values()))}"
        enqueue(REMIND_JOB, {"lesson_id": lesson.id, **about}, key=key, delay_s=delay_s)
