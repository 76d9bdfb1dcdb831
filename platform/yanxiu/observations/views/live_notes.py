"""Noting a lesson live on a phone, and saying which moment of the recording a clock time was."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.clock import wall_clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import clock_ms, whole_number
from yanxiu.observations.models import CommentKind, CommentVisibility, RecordingVersion
from yanxiu.observations.permissions import can_speak, can_sync_notes
from yanxiu.observations.queries import LessonView, current_version, find_comment, recording_of
from yanxiu.observations.queries.comments import count_placed_notes, has_live_notes, notes_by_clock, own_live_notes
from yanxiu.observations.services import live_notes as service
from yanxiu.observations.services.live_notes import NoteDraft
from yanxiu.observations.views.blueprint import bp, done, load_lesson, posted, why_rests
from yanxiu.observations.views.own_perspectives import perspective_panel
from yanxiu.observations.views.saying import Remark, remarks
from yanxiu.web.auth import current_actor, current_viewer

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


@bp.get("/lessons/<int:lesson_id>/live")
def live_page(lesson_id: int) -> ResponseReturnValue:
    """现场随记: for a phone in the classroom. It still opens when the lesson rests: a note that came too late is read there."""
    found = load_lesson(lesson_id)
    lesson = found.lesson
    return render_template(
        "observations/live.html",
        lesson=lesson,
        notes=own_live_notes(current_viewer(), lesson),
        why_rests=why_rests(found),
        kinds=list(CommentKind),
        visibilities=list(CommentVisibility),
        fresh_uuid=str(uuid4()),
        **perspective_panel(lesson),
    )


@bp.post("/lessons/<int:lesson_id>/live")
def take_note(lesson_id: int) -> ResponseReturnValue:
    """One note; sent again it is the same note."""
    said = remarks.add(lesson_id, Remark(current_viewer(), _draft()))
    taken_at = wall_clock(said.taken_at) if said.taken_at is not None else ""
    return done(url_for(".live_page", lesson_id=lesson_id), id=said.id, clock=taken_at, body=said.body)


@bp.post("/lessons/<int:lesson_id>/sync-mark")
def set_sync_mark(lesson_id: int) -> ResponseReturnValue:
    """This moment of the recording was that time of the clock, or the moment of that note."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        if not may_place_notes(found):
            raise ForbiddenError
        version = ready_version(lesson_id)
        if version is None:
            raise ConflictError("课堂实录还没有处理好，暂时不能对时")
        service.set_sync_mark(current_actor(), found.lesson, version, _media_ms(), _shown(found))
        count = count_placed_notes(current_viewer(), found.lesson)
    target = url_for(".lesson", lesson_id=lesson_id, _anchor="comments-title")
    return done(target, f"对好了，{count} 条现场随记已放到实录上", redirect=target)


def live_panel(found: LessonView, version: RecordingVersion | None) -> dict[str, Any]:
    """Return what the lesson page shows of live notes: those still by the clock, and the sync mark."""
    has_notes = has_live_notes(found.lesson.id)
    may_sync = has_notes and version is not None and version.duration_ms is not None and may_place_notes(found)
    return {
        "clock_notes": notes_by_clock(current_viewer(), found.lesson),
        "may_note": can_speak(current_viewer(), found.lesson, found.access, clock.today()),
        "may_sync": may_sync,
    }


bp.add_app_template_filter(wall_clock)


def may_place_notes(found: LessonView) -> bool:
    """Tell whether the viewer may set the sync mark."""
    viewer = current_viewer()
    has_noted = has_live_notes(found.lesson.id, viewer.user_id)
    return can_sync_notes(viewer, found.lesson, found.access, clock.today(), has_noted=has_noted)


def ready_version(lesson_id: int) -> RecordingVersion | None:
    """Return the recording that can be watched, if there is one."""
    version = current_version(recording_of(lesson_id))
    return version if version is not None and version.duration_ms is not None else None


def _draft() -> NoteDraft:
    return NoteDraft(
        body=posted("body"),
        client_uuid=posted("client_uuid") or str(uuid4()),
        elapsed_ms=elapsed_ms(posted("elapsed")),
        kind=posted("kind") or CommentKind.HIGHLIGHT.value,
        visibility=posted("visibility") or CommentVisibility.EVERYBODY.value,
        perspective_id=whole_number(posted("perspective")),
    )


def elapsed_ms(text: str) -> int:
    """Without a script, or on a phone whose clock was set back meanwhile, the note is of this moment."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else 0


def _media_ms() -> int:
    at_ms = whole_number(posted("at_ms"))
    at_ms = clock_ms(posted("at")) if at_ms is None else at_ms
    if at_ms is None:
        raise InvalidError("请写明实录里的时刻，例如 00:35", field="at")
    return at_ms


def _shown(found: LessonView) -> time | datetime:
    """The time typed, or the moment of a note the viewer may read."""
    note_id = whole_number(posted("note_id"))
    note = find_comment(current_viewer(), found.lesson, note_id) if note_id is not None else None
    if note is not None and note.taken_at is not None:
        return note.taken_at
    read = _TIME.fullmatch(posted("clock").strip().replace("：", ":"))
    hours, minutes, seconds = (int(part or 0) for part in read.groups()) if read is not None else (24, 0, 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise InvalidError("请写当时钟上的时间，例如 10:02:15", field="clock")
    return time(hours, minutes, seconds)
