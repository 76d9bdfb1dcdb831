"""Subtitles of a lesson's recording. The caller is inside a unit of work and has asked the predicate."""

from __future__ import annotations

from collections.abc import Sequence

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import NotFoundError
from yanxiu.core.events import record
from yanxiu.core.subtitles import Cue
from yanxiu.observations.events import SubtitlesChanged
from yanxiu.observations.models import Lesson, Recording, RecordingSubtitles


def set_subtitles(actor: User, lesson: Lesson, recording: Recording, name: str, cues: Sequence[Cue]) -> None:
    """Give a recording these subtitles in place of what it had."""
    kept = _kept(lesson, recording)
    if kept is None:
        kept = RecordingSubtitles(recording_id=recording.id)
        db.session.add(kept)
    kept.name, kept.uploader_id, kept.created_at = name, actor.id, clock.now()
    kept.cues = [(cue.start_ms, cue.end_ms, cue.text) for cue in cues]
    _tell(actor, lesson, len(cues))


def drop_subtitles(actor: User, lesson: Lesson, recording: Recording) -> None:
    """Take them away."""
    kept = _kept(lesson, recording)
    if kept is not None:
        db.session.delete(kept)
        _tell(actor, lesson, 0)


def _kept(lesson: Lesson, recording: Recording) -> RecordingSubtitles | None:
    if not hold(lesson):
        raise NotFoundError
    return db.session.get(RecordingSubtitles, recording.id)


def _tell(actor: User, lesson: Lesson, count: int) -> None:
    record_audit(actor, "recording.subtitles", "lesson", lesson.id, count=count)
    record(SubtitlesChanged(lesson.id, actor.id))
