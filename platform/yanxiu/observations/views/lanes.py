"""Lanes under the timeline of a lesson: what a finished coding says about each moment."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.observations.forms import whole_number
from yanxiu.observations.instruments.gantt import gantt_of
from yanxiu.observations.instruments.questions import LEDGER
from yanxiu.observations.permissions import can_view_codings
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.codings import finished_heads, spans_of, standings_of
from yanxiu.observations.views.blueprint import bp, load_lesson
from yanxiu.web.auth import current_viewer, wants_fragment


@bp.get("/lessons/<int:lesson_id>/lanes")
def lanes(lesson_id: int) -> ResponseReturnValue:
    """One finished coding (`?coding=`, else the first the reader may see) on the scale of the film, with its table."""
    found, viewer = load_lesson(lesson_id), current_viewer()
    standings = standings_of(lesson_id, viewer.user_id)
    lanes_of = [one for one in standings if one.scheme.slug != LEDGER.slug]
    seen = [one.scheme.slug for one in lanes_of if can_view_codings(viewer, found.lesson, found.access, one.own)]
    heads = finished_heads(lesson_id, seen)
    wanted = whole_number(request.args.get("coding"))
    chosen = next((one for one in heads if one.id == wanted), None if wanted else next(iter(heads), None))
    if chosen is None:
        raise NotFoundError
    version = current_version(recording_of(lesson_id))
    rows = gantt_of(chosen.scheme_of, spans_of(chosen.id))
    page = render_template(
        "observations/_lanes.html" if wants_fragment() else "observations/lanes.html",
        lesson=found.lesson,
        heads=heads,
        chosen=chosen,
        scheme=chosen.scheme_of,
        rows=rows,
        duration_ms=max((version.duration_ms or 0) if version else 0, chosen.reached_ms, 1),
        is_older=version is not None and version.id != chosen.version_id,
    )
    return page, {"Cache-Control": "no-store"}
