"""问答记录: noting questions by four keys beside the film, and what comes of them. It is kept as a coding is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import whole_number
from yanxiu.observations.instruments.questions import FACETS, LEDGER, questions_of, summary_of
from yanxiu.observations.instruments.schemes import GAP
from yanxiu.observations.models import CodingSession, VersionState
from yanxiu.observations.permissions import can_code_lesson, can_view_codings
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.codings import coding_of, finished_codings, has_finished_codings
from yanxiu.observations.question_sheet import question_workbook, wait_chart
from yanxiu.observations.services import codings as service
from yanxiu.observations.services.codings import Batch
from yanxiu.observations.views.blueprint import bp, done, load_lesson, log_watching, why_rests
from yanxiu.observations.views.codings import posted_batch
from yanxiu.observations.views.recordings import recording_panel
from yanxiu.web.auth import current_actor, current_viewer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/lessons/<int:lesson_id>/codings/ask")
def question_page(lesson_id: int) -> ResponseReturnValue:
    """The film and the keys; finished ones lead to their results."""
    found = _load_to_note(lesson_id)
    recording = recording_of(lesson_id)
    own = coding_of(lesson_id, LEDGER.slug, current_viewer().user_id)
    if own is not None and own.is_done:
        return redirect(url_for(".question_results", lesson_id=lesson_id))
    page = render_template(
        "observations/codings/questions.html",
        lesson=found.lesson,
        scheme=LEDGER,
        facets=FACETS,
        gap=GAP,
        own=own,
        marks=[[one.client_uuid, one.start_ms, one.code] for one in own.kept] if own is not None else [],
        reached_ms=own.reached_ms if own is not None else 0,
        **recording_panel(found, recording, current_version(recording)),
    )
    log_watching(found.lesson)
    return page


@bp.post("/lessons/<int:lesson_id>/codings/ask")
def save_questions(lesson_id: int) -> ResponseReturnValue:
    """Keep a batch of marks; with `finish` close the ledger too."""
    finish = bool(request.form.get("finish"))
    with unit_of_work():
        found, actor, batch = _load_to_note(lesson_id), current_actor(), posted_batch()
        if batch != Batch():
            version = current_version(recording_of(lesson_id))
            if version is None or version.state != VersionState.READY:
                raise ConflictError("课堂实录还没有处理好，暂时不能记录")
            blind = not (_sees(found) and has_finished_codings(lesson_id, LEDGER.slug))
            service.save_codes(actor, found.lesson, version, LEDGER, batch, is_blind=blind)
        if finish:
            service.finish_coding(actor, found.lesson, LEDGER)
        saved_at = clock.now().astimezone(clock.LOCAL_ZONE).strftime("%H:%M")
    if not finish:
        return done(url_for(".question_page", lesson_id=lesson_id), saved_at=saved_at)
    target = url_for(".question_results", lesson_id=lesson_id)
    flash("问答记录已完成，下面是结果", "success")
    return done(target, redirect=target)


@bp.get("/lessons/<int:lesson_id>/codings/ask/results")
def question_results(lesson_id: int) -> ResponseReturnValue:
    """One finished ledger (`?coder=` its number, else one's own or the first): figures, chart, table; `?format=xlsx`."""
    found = load_lesson(lesson_id)
    if not _sees(found):
        raise ForbiddenError("完成自己的记录以后，才能看到大家的结果")
    finished = finished_codings(lesson_id, LEDGER.slug)
    chosen = _chosen(finished)
    recording = recording_of(lesson_id)
    questions = questions_of((one.start_ms, one.code) for one in chosen.kept) if chosen is not None else []
    if request.args.get("format") == "xlsx" and chosen is not None:
        return _file(f"{found.lesson.title} 问答记录 {chosen.coder.name}", question_workbook(questions))
    panel: dict[str, Any] = recording_panel(found, recording, current_version(recording))
    page = render_template(
        "observations/codings/question_results.html",
        lesson=found.lesson,
        scheme=LEDGER,
        facets=FACETS,
        finished=finished,
        chosen=chosen,
        questions=questions,
        summary=summary_of(questions),
        chart=wait_chart(questions, panel["duration_ms"]),
        own_state=_own_state(found),
        may_code=can_code_lesson(current_viewer(), found.lesson, found.access, clock.today()),
        **panel,
    )
    log_watching(found.lesson)
    return page


def _file(title: str, body: bytes) -> Response:
    answer = Response(body, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{title}.xlsx', safe='')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _chosen(finished: Sequence[CodingSession]) -> CodingSession | None:
    wanted = whole_number(request.args.get("coder"))
    mine = current_viewer().user_id
    asked = next((one for one in finished if one.id == wanted), None)
    return asked or next((one for one in finished if one.coder_id == mine), next(iter(finished), None))


def _load_to_note(lesson_id: int) -> LessonView:
    found = load_lesson(lesson_id)
    if not can_code_lesson(current_viewer(), found.lesson, found.access, clock.today()):
        raise ForbiddenError(why_rests(found))
    return found


def _own_state(found: LessonView) -> str | None:
    own = coding_of(found.lesson.id, LEDGER.slug, current_viewer().user_id)
    return own.state if own is not None else None


def _sees(found: LessonView) -> bool:
    return can_view_codings(current_viewer(), found.lesson, found.access, _own_state(found))
