"""Notes taken in the classroom, and the one mark that shifts all of them onto the recording."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import is_blank
from yanxiu.core.live import bump
from yanxiu.core.remarks import checked_uuid
from yanxiu.observations.events import LiveNotesPlaced
from yanxiu.observations.models import CommentKind, CommentVisibility, Lesson, RecordingVersion, TimedComment
from yanxiu.observations.services.comments import (
    added,
    checked_audience,
    checked_body,
    checked_kind,
    perspective_in,
    sent_before,
)
from yanxiu.observations.services.lessons import hold_lesson

WAITS_DAYS = 45
"""How long a note may wait on a device (as every draft does)."""
NO_WORDS = "记下这一刻"
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class NoteDraft:
    """A note as a phone sends it: `elapsed_ms` ago by the phone's own clock, whatever time it believes it is."""

    body: str
    client_uuid: str
    elapsed_ms: int = 0
    kind: str = CommentKind.HIGHLIGHT
    visibility: str = CommentVisibility.EVERYBODY
    perspective_id: int | None = None


def take_note(actor: User, lesson: Lesson, version: RecordingVersion | None, draft: NoteDraft) -> TimedComment:
    """Keep a live note; without words it marks the moment. Where a sync mark is known it stands on the recording at once.

    Sending it again under its `client_uuid` changes nothing, however much later and even if its words were changed
    since; other words under a known key are a note of their own.
    """
    hold_lesson(lesson)
    kind, visibility = checked_kind(draft.kind), checked_audience(draft.visibility)
    body = checked_body(NO_WORDS if is_blank(draft.body) else draft.body)
    client_uuid = checked_uuid(draft.client_uuid)
    known = sent_before(actor, client_uuid)
    if known is not None and known.taken_at is not None and known.lesson_id == lesson.id:
        is_same = known.edited_at is not None or (known.body, known.kind) == (body, kind)
        if is_same:
            return known
    note = TimedComment(
        lesson_id=lesson.id,
        author_id=actor.id,
        start_ms=0,
        kind=kind,
        visibility=visibility,
        perspective_id=perspective_in(lesson, draft.perspective_id),
        body=body,
        client_uuid=client_uuid if known is None else str(uuid4()),
        taken_at=clock.now() - checked_elapsed(draft.elapsed_ms),
    )
    if version is not None:
        _place(note, version)
    return added(note, lesson, note)


def set_sync_mark(actor: User, lesson: Lesson, version: RecordingVersion, at_ms: int, shown: time | datetime) -> None:
    """Say that the clock showed `shown` at `at_ms` of the recording: the live notes find their place on it.

    A time without a day is one of the day on which most notes were taken. Saying it again moves all notes; those taken
    before the recording began or after its end have no place on it and stay in the list by the clock.
    """
    hold_lesson(lesson)
    if version.duration_ms is None:
        raise ConflictError("课堂实录还没有处理好，暂时不能对时")
    if not 0 <= at_ms <= version.duration_ms:
        raise InvalidError("这个时刻不在实录之内", field="at")
    notes = _notes_of(lesson)
    version.synced_ms, version.synced_by_id = at_ms, actor.id
    version.synced_at = shown if isinstance(shown, datetime) else datetime.combine(_day_of(notes), shown, LOCAL_ZONE)
    moved = []
    for note in notes:
        before = (note.version_id, note.start_ms)
        _place(note, version)
        if before != (note.version_id, note.start_ms):
            _take_along(note)
            moved.append(note)
    if moved:
        last = bump(lesson.topic, "comment", moved[-1].id, by=len(moved))
        for seq, note in enumerate(moved, last - len(moved) + 1):
            note.seq = seq
    db.session.flush()
    record_audit(actor, "lesson.sync", "lesson", lesson.id, at_ms=at_ms, clock=version.synced_at.isoformat())
    record(LiveNotesPlaced(lesson.id, actor.id))


def _place(note: TimedComment, version: RecordingVersion) -> None:
    """Media time of a note = mark + what the clock went on since (observation.md 4.2)."""
    note.version_id, note.start_ms = None, 0
    if note.taken_at is None or version.synced_at is None or version.synced_ms is None or version.duration_ms is None:
        return
    start_ms = version.synced_ms + (note.taken_at - version.synced_at) // MILLISECOND
    if 0 <= start_ms <= version.duration_ms:
        note.version_id, note.start_ms = version.id, start_ms


def _take_along(note: TimedComment) -> None:
    for answer in note.replies:
        answer.version_id, answer.start_ms = note.version_id, note.start_ms


def _notes_of(lesson: Lesson) -> list[TimedComment]:
    """All live notes, also those taken back: they may be brought back."""
    statement = select(TimedComment).where(TimedComment.lesson_id == lesson.id, TimedComment.taken_at.is_not(None))
    statement = statement.options(selectinload(TimedComment.replies))
    return list(db.session.scalars(statement.order_by(TimedComment.taken_at, TimedComment.id)))


def _day_of(notes: list[TimedComment]) -> date:
    days = Counter(note.taken_at.astimezone(LOCAL_ZONE).date() for note in notes if note.taken_at is not None)
    if not days:
        raise ConflictError("还没有现场随记，不用对时")
    return min(days, key=lambda day: (-days[day], day))


def checked_elapsed(elapsed_ms: int) -> timedelta:
    """Return how long ago something was noted; InvalidError where the device kept it for too long."""
    if not 0 <= elapsed_ms <= WAITS_DAYS * 24 * 3600 * 1000:
        raise InvalidError(f"这条随记在本机上超过 {WAITS_DAYS} 天了，请抄下来写成点评")
    return timedelta(milliseconds=elapsed_ms)
