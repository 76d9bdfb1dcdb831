"""学生投入扫视: counting on a phone in the classroom or beside the recording, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import whole_number
from yanxiu.observations.instruments.sweeps import EVERY_MS, HIGH, KINDS, SWEEPS, WIDE, Sweep, rate_points, summary_of
from yanxiu.observations.models import RecordingVersion
from yanxiu.observations.permissions import can_speak, can_view_sweeps
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.sweeps import as_sweep, count_sweeps, find_sweep, sweepers_of, sweeps_of
from yanxiu.observations.services import sweeps as service
from yanxiu.observations.services.sweeps import SweepDraft
from yanxiu.observations.sweep_sheet import sweep_workbook
from yanxiu.observations.views.blueprint import bp, done, load_lesson, load_to_speak, log_watching, posted, why_rests
from yanxiu.observations.views.live_notes import elapsed_ms, ready_version
from yanxiu.observations.views.recordings import recording_panel
from yanxiu.web.auth import current_actor, current_viewer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sweep_panel(found: LessonView) -> dict[str, Any]:
    """Return what the lesson's page says about sweeps: who has counted, never what."""
    return {"sweepers": sweepers_of(found.lesson.id)}


@bp.get("/lessons/<int:lesson_id>/sweeps")
def sweep_page(lesson_id: int) -> ResponseReturnValue:
    """The form, and below it the own sweeps and those one may see; `?format=xlsx` gives them as a workbook."""
    found = load_lesson(lesson_id)
    recording = recording_of(lesson_id)
    version = current_version(recording)
    observers = _observers(found, version)
    if request.args.get("format") == "xlsx":
        return _file(found, observers)
    mine = next((sweeps for user, sweeps in observers if user.id == current_viewer().user_id), [])
    page = render_template(
        "observations/sweeps.html",
        lesson=found.lesson,
        observers=observers,
        mine=mine,
        pupils=mine[-1].pupils if mine else "",
        kinds=KINDS,
        wanted=SWEEPS,
        every_ms=EVERY_MS,
        sees=_sees(found),
        summary_of=summary_of,
        rate_points=rate_points,
        wide=WIDE,
        high=HIGH,
        fresh_uuid=str(uuid4()),
        may_count=can_speak(current_viewer(), found.lesson, found.access, clock.today()),
        why_rests=why_rests(found),
        **recording_panel(found, recording, version),
    )
    log_watching(found.lesson)
    return page


@bp.post("/lessons/<int:lesson_id>/sweeps")
def take_sweep(lesson_id: int) -> ResponseReturnValue:
    """One sweep; sent again it is the same one."""
    with unit_of_work():
        lesson = load_to_speak(lesson_id).lesson
        sweep = service.take_sweep(current_actor(), lesson, ready_version(lesson_id), _draft())
        answer = {"id": sweep.id}
    return done(url_for(".sweep_page", lesson_id=lesson_id), **answer)


@bp.post("/lessons/<int:lesson_id>/sweeps/<int:sweep_id>/removal")
def remove_sweep(lesson_id: int, sweep_id: int) -> ResponseReturnValue:
    """Take one of one's own away."""
    with unit_of_work():
        load_to_speak(lesson_id)
        sweep = find_sweep(lesson_id, current_viewer().user_id, sweep_id)
        if sweep is None:
            raise NotFoundError
        service.remove_sweep(sweep)
    return done(url_for(".sweep_page", lesson_id=lesson_id), "这一次扫视已去掉")


def _draft() -> SweepDraft:
    counts = {kind: whole_number(posted(f"k{kind}")) or 0 for kind in KINDS}
    return SweepDraft(
        client_uuid=posted("client_uuid") or str(uuid4()),
        pupils=whole_number(posted("pupils")) or 0,
        counts=counts,
        elapsed_ms=elapsed_ms(posted("elapsed")),
        start_ms=whole_number(posted("at_ms")),
    )


def _sees(found: LessonView) -> bool:
    viewer = current_viewer()
    return can_view_sweeps(viewer, found.lesson, found.access, count_sweeps(found.lesson.id, viewer.user_id))


def _observers(found: LessonView, version: RecordingVersion | None) -> list[tuple[User, list[Sweep]]]:
    """Each observer with the sweeps in order: all where the viewer may see them, else the own ones."""
    rows = sweeps_of(found.lesson.id, None if _sees(found) else current_viewer().user_id or 0)
    grouped = groupby(rows, key=lambda row: row.observer_id)
    shown: list[tuple[User, list[Sweep]]] = []
    for _observer_id, group in grouped:
        sweeps = list(group)
        shown.append((sweeps[0].observer, [as_sweep(row, version) for row in sweeps]))
    return shown


def _file(found: LessonView, observers: Sequence[tuple[User, Sequence[Sweep]]]) -> Response:
    body = sweep_workbook([(user.name, sweeps) for user, sweeps in observers])
    answer = Response(body, mimetype=XLSX)
    name = quote(f"{found.lesson.title} 学生投入扫视.xlsx", safe="")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
