"""Subtitles of a lesson's recording: given as a file, sent to the player as WebVTT."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.subtitles import Cue, webvtt
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.observations.models import Recording
from yanxiu.observations.queries import recording_of
from yanxiu.observations.services.subtitles import drop_subtitles, set_subtitles
from yanxiu.observations.views.blueprint import bp, done, load_editable, load_lesson
from yanxiu.web.auth import current_actor
from yanxiu.web.subtitles import received_subtitles


@bp.get("/lessons/<int:lesson_id>/subtitles")
def subtitles(lesson_id: int) -> Response:
    """What the player shows, for whoever may see the lesson."""
    load_lesson(lesson_id)
    kept = _recording(lesson_id).subtitles
    if kept is None:
        raise NotFoundError
    answer = Response(webvtt(Cue(*cue) for cue in kept.cues), mimetype="text/vtt")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/lessons/<int:lesson_id>/subtitles")
@limiter.limit("60/minute")
def add_subtitles(lesson_id: int) -> ResponseReturnValue:
    """Read a file of subtitles; one that says nothing leaves everything as it was."""
    load_editable(lesson_id)
    name, cues = received_subtitles()
    with unit_of_work():
        found = load_editable(lesson_id)
        set_subtitles(current_actor(), found.lesson, _recording(lesson_id), name, cues)
    return _back(lesson_id, f"加上了字幕，共 {len(cues)} 句")


@bp.post("/lessons/<int:lesson_id>/subtitles/removal")
def remove_subtitles(lesson_id: int) -> ResponseReturnValue:
    """Take them away."""
    with unit_of_work():
        found = load_editable(lesson_id)
        drop_subtitles(current_actor(), found.lesson, _recording(lesson_id))
    return _back(lesson_id, "字幕已去掉")


def _recording(lesson_id: int) -> Recording:
    recording = recording_of(lesson_id)
    if recording is None:
        raise NotFoundError
    return recording


def _back(lesson_id: int, said: str) -> ResponseReturnValue:
    target = url_for(".lesson", lesson_id=lesson_id)
    return done(target, said, redirect=target)
