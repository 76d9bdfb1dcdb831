"""问答记录: noting questions by four keys beside the film, and what comes of them. It is kept as a coding is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import whole_number
from yanxiu.observations.instruments.question_agreement import MOST_COMPARED, TOLERANCE_MS
from yanxiu.observations.instruments.questions import FACETS, LEDGER, questions_of, summary_of
from yanxiu.observations.instruments.schemes import GAP
from yanxiu.observations.models import CodingSession, VersionState
from yanxiu.observations.permissions import can_code_lesson, can_view_codings
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.codings import (
    coding_of,
    compared_for_file,
    compared_ledgers,
    finished_codings,
    has_finished_codings,
)
from yanxiu.observations.question_sheet import question_workbook, wait_chart
from yanxiu.observations.services import codings as service
from yanxiu.observations.services.codings import Batch
from yanxiu.observations.views.blueprint import bp, done, load_lesson, log_watching, why_rests
from yanxiu.observations.views.codings import STRETCHES_SHOWN, may_adjudicate, posted_batch
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
    """One finished ledger (`?coder=` its number, else one's own or the first): figures, chart, table; `?format=xlsx`.

    Beside it another one (`?with=`, else the first of the others): where they differ, and what was agreed on.
    """
    found = load_lesson(lesson_id)
    if not _sees(found):
        raise ForbiddenError("完成自己的记录以后，才能看到大家的结果")
    seq = current_seq(found.lesson.topic)
    finished = finished_codings(lesson_id, LEDGER.slug)
    chosen = _chosen(finished, request.args.get("coder"))
    recording = recording_of(lesson_id)
    questions = questions_of((one.start_ms, one.code) for one in chosen.kept) if chosen is not None else []
    pair = _pair(finished, chosen, request.args.get("with"))
    if request.args.get("format") == "xlsx" and chosen is not None:
        beside = compared_for_file(*pair) if pair is not None else None
        return _file(f"{found.lesson.title} 问答记录 {chosen.coder.name}", question_workbook(questions, beside))
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
        pair=pair,
        compared=compared_ledgers(*pair) if pair is not None else None,
        most_compared=MOST_COMPARED,
        shown_most=STRETCHES_SHOWN,
        may_adjudicate=pair is not None and may_adjudicate(found, pair),
        tolerance_s=TOLERANCE_MS // 1000,
        seq=seq,
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


@bp.post("/lessons/<int:lesson_id>/codings/ask/results")
def adjudicate_questions(lesson_id: int) -> ResponseReturnValue:
    """Write down what two coders agreed on for a question in which they differ; an empty code takes it back."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        if not _sees(found):
            raise ForbiddenError("完成自己的记录以后，才能看到大家的结果")
        finished = finished_codings(lesson_id, LEDGER.slug)
        chosen = _chosen(finished, request.form.get("coder"))
        pair = _pair(finished, chosen, request.form.get("with"))
        if chosen is None or pair is None:
            raise InvalidError("要有两份完成的记录才能议定")
        if not may_adjudicate(found, pair):
            raise ForbiddenError("由两位记录的老师、授课教师或主持来议定")
        start_ms, code = whole_number(request.form.get("start_ms")) or 0, request.form.get("code", "")
        code = request.form.get("other", "") if code == "other" else code
        service.adjudicate_question(current_actor(), found.lesson, *pair, start_ms, request.form.get("label", ""), code)
        other = next(one for one in pair if one is not chosen)
        where: dict[str, Any] = {"coder": chosen.id, "with": other.id, "_anchor": f"stretch-{start_ms}"}
        target = url_for(".question_results", lesson_id=lesson_id, **where)
    return done(target)


def _chosen(finished: Sequence[CodingSession], wanted: str | None) -> CodingSession | None:
    mine = current_viewer().user_id
    asked = next((one for one in finished if one.id == whole_number(wanted)), None)
    return asked or next((one for one in finished if one.coder_id == mine), next(iter(finished), None))


Pair = tuple[CodingSession, CodingSession]


def _pair(finished: Sequence[CodingSession], chosen: CodingSession | None, wanted: str | None) -> Pair | None:
    """Return the two that are compared, in the order in which they were begun; None where there is only one."""
    others = [one for one in finished if one is not chosen]
    if chosen is None or not others:
        return None
    other = next((one for one in others if one.id == whole_number(wanted)), others[0])
    return (chosen, other) if chosen.id < other.id else (other, chosen)


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
