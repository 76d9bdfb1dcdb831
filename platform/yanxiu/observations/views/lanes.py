"""Lanes under the timeline of a lesson: what a finished coding says about each moment, its questions, what scores rest on."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.observations.evidence import Given, Reader, given_by_criterion, outline_of
from yanxiu.observations.forms import whole_number
from yanxiu.observations.instruments.gantt import gantt_of
from yanxiu.observations.instruments.questions import LEDGER, Question, question_outlines, questions_of
from yanxiu.observations.models import CodingSession, RecordingVersion
from yanxiu.observations.permissions import can_view_codings
from yanxiu.observations.queries import (
    LessonView,
    current_version,
    recording_of,
    sees_scores,
    submitted_evaluations,
)
from yanxiu.observations.queries.codings import finished_heads, spans_of, standings_of
from yanxiu.observations.views.blueprint import bp, load_lesson
from yanxiu.web.auth import current_viewer, wants_fragment


@bp.get("/lessons/<int:lesson_id>/lanes")
def lanes(lesson_id: int) -> ResponseReturnValue:
    """One finished coding (`?coding=`, else the first the reader may see) on the scale of the film, with its table, and the
    questions of the first ledger, and what the scores rest on for who may see these. A page that asks again finds nothing
    where nothing is to be seen."""
    found, viewer = load_lesson(lesson_id), current_viewer()
    standings = standings_of(lesson_id, viewer.user_id)
    seen = [one.scheme.slug for one in standings if can_view_codings(viewer, found.lesson, found.access, one.own)]
    finished = finished_heads(lesson_id, seen)
    heads = [one for one in finished if one.scheme != LEDGER.slug]
    wanted = whole_number(request.args.get("coding"))
    chosen = next((one for one in heads if one.id == wanted), None if wanted else next(iter(heads), None))
    ledger = next((one for one in finished if one.scheme == LEDGER.slug), None)
    version = current_version(recording_of(lesson_id))
    evidence = _evidence(found, version)
    if chosen is None and (wanted is not None or (ledger is None and not evidence)):
        if wants_fragment():
            return "", {"Cache-Control": "no-store"}
        raise NotFoundError
    reached = max((one.reached_ms for one in (chosen, ledger) if one is not None), default=0)
    questions = _questions(ledger)
    page = render_template(
        "observations/_lanes.html" if wants_fragment() else "observations/lanes.html",
        lesson=found.lesson,
        heads=heads,
        chosen=chosen,
        scheme=chosen.scheme_of if chosen is not None else None,
        rows=gantt_of(chosen.scheme_of, spans_of(chosen.id)) if chosen is not None else [],
        ledger=ledger,
        questions=questions,
        outlines=question_outlines(questions),
        evidence=evidence,
        evidence_outline=outline_of([piece for given in evidence.values() for one in given for piece in one.shown]),
        duration_ms=max((version.duration_ms or 0) if version else 0, reached, 1),
        is_older=version is not None and chosen is not None and version.id != chosen.version_id,
    )
    return page, {"Cache-Control": "no-store"}


def _evidence(found: LessonView, version: RecordingVersion | None) -> dict[str, list[Given]]:
    viewer = current_viewer()
    if not sees_scores(viewer, found.lesson):
        return {}
    return given_by_criterion(Reader(found.lesson, version, viewer), submitted_evaluations(found.lesson.id))


def _questions(ledger: CodingSession | None) -> list[Question]:
    if ledger is None:
        return []
    return questions_of((span.start_ms, span.code) for span in spans_of(ledger.id))
