"""Coding a lesson by keyboard, and what comes of it: figures, agreement of two coders, what they agreed on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.coding_sheet import Coder, codes_csv, coding_workbook
from yanxiu.observations.forms import whole_number
from yanxiu.observations.instruments.charts import SIDE, heat, minutes_axis, path_points
from yanxiu.observations.instruments.comparison import compare
from yanxiu.observations.instruments.frequencies import counted_word
from yanxiu.observations.instruments.labels import HOLDS, Agreed, LabelComparison, compare_labels, drawn, windows_of
from yanxiu.observations.instruments.report import report_of
from yanxiu.observations.instruments.sampling import Span, coded_spans
from yanxiu.observations.instruments.schemes import GAP, Scheme
from yanxiu.observations.instruments.student_teacher import VARIANTS
from yanxiu.observations.models import CodingSession, VersionState
from yanxiu.observations.permissions import can_adjudicate, can_code_lesson, can_view_codings
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.codings import (
    adjudications_of,
    coding_of,
    finished_codings,
    has_finished_codings,
    standings_of,
)
from yanxiu.observations.queries.schemes import scheme_in_lesson, usable_schemes
from yanxiu.observations.services import codings as service
from yanxiu.observations.services.codings import Batch, Mark
from yanxiu.observations.views.blueprint import bp, done, load_lesson, log_watching, why_rests
from yanxiu.observations.views.recordings import recording_panel
from yanxiu.web.auth import current_actor, current_viewer

MOST_CHARACTERS = 200_000
STRETCHES_SHOWN = 100
FILES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
UNREADABLE = "页面数据不完整，请刷新后再试"


def coding_panel(found: LessonView) -> dict[str, Any]:
    """Return what the card on the lesson's page shows: how far each scheme is, and whose results the viewer may see."""
    viewer = current_viewer()
    usable = [family.versions[-1].scheme for family in usable_schemes(viewer)]
    standings = standings_of(found.lesson.id, viewer.user_id, usable)
    seen = [one.scheme.slug for one in standings if can_view_codings(viewer, found.lesson, found.access, one.own)]
    may_code = can_code_lesson(viewer, found.lesson, found.access, clock.today())
    lanes_ready = any(one.coders for one in standings if one.scheme.slug in seen)
    return {"standings": standings, "codings_seen": seen, "may_code": may_code, "lanes_ready": lanes_ready}


@bp.get("/lessons/<int:lesson_id>/codings/<scheme_slug>")
def coding(lesson_id: int, scheme_slug: str) -> ResponseReturnValue:
    """The video and the keys; a finished coding leads to its results."""
    found, scheme = load_to_code(lesson_id, scheme_slug)
    recording = recording_of(lesson_id)
    own = coding_of(lesson_id, scheme.slug, current_viewer().user_id)
    if own is not None and own.is_done:
        return redirect(url_for(".coding_results", lesson_id=lesson_id, scheme_slug=scheme.slug))
    page = render_template(
        "observations/codings/coding.html",
        lesson=found.lesson,
        scheme=scheme,
        gap=GAP,
        own=own,
        marks=[[one.client_uuid, one.start_ms, one.code] for one in own.kept] if own is not None else [],
        reached_ms=own.reached_ms if own is not None else 0,
        **recording_panel(found, recording, current_version(recording)),
    )
    log_watching(found.lesson)
    return page


@bp.post("/lessons/<int:lesson_id>/codings/<scheme_slug>")
def save_coding(lesson_id: int, scheme_slug: str) -> ResponseReturnValue:
    """Keep a batch of codes; with `finish` close the coding too."""
    finish = bool(request.form.get("finish"))
    with unit_of_work():
        found, scheme = load_to_code(lesson_id, scheme_slug)
        actor = current_actor()
        batch = posted_batch()
        if batch != Batch():
            version = current_version(recording_of(lesson_id))
            if version is None or version.state != VersionState.READY:
                raise ConflictError("课堂实录还没有处理好，暂时不能编码")
            blind = not (_sees_others(found, scheme) and has_finished_codings(lesson_id, scheme.slug))
            service.save_codes(actor, found.lesson, version, scheme, batch, is_blind=blind)
        if finish:
            service.finish_coding(actor, found.lesson, scheme)
        saved_at = clock.now().astimezone(clock.LOCAL_ZONE).strftime("%H:%M")
    if not finish:
        return done(url_for(".coding", lesson_id=lesson_id, scheme_slug=scheme_slug), saved_at=saved_at)
    target = url_for(".coding_results", lesson_id=lesson_id, scheme_slug=scheme_slug)
    flash("编码已完成，下面是结果", "success")
    return done(target, redirect=target)


def _sees_others(found: LessonView, scheme: Scheme) -> bool:
    own = coding_of(found.lesson.id, scheme.slug, current_viewer().user_id)
    return can_view_codings(current_viewer(), found.lesson, found.access, own.state if own is not None else None)


@bp.get("/lessons/<int:lesson_id>/codings/<scheme_slug>/results")
def coding_results(lesson_id: int, scheme_slug: str) -> ResponseReturnValue:
    """The figures of the finished codings, each chart with its table."""
    found, shown = load_results(lesson_id, scheme_slug)
    wanted = request.args.get("format")
    if wanted in FILES and shown.chosen:
        return _file(found, shown, wanted)
    recording = recording_of(lesson_id)
    page = render_template(
        "observations/codings/results.html",
        lesson=found.lesson,
        shown=shown,
        scheme=shown.scheme,
        variants=VARIANTS,
        may_code=can_code_lesson(current_viewer(), found.lesson, found.access, clock.today()),
        **charts_of(shown),
        **agreement_of(found, shown),
        **recording_panel(found, recording, current_version(recording)),
    )
    log_watching(found.lesson)
    return page


def _file(found: LessonView, shown: Shown, wanted: str) -> Response:
    """Answer with the chosen codings as a workbook, or with the raw codes of all finished ones."""
    title = f"{found.lesson.title} {shown.scheme.name}"
    sessions = shown.chosen if wanted == "xlsx" else shown.all
    coders = [
        Coder(one.coder.name, one.spans(), report_of(shown.scheme, one.spans(), shown.interval_ms, one.reached_ms))
        for one in sessions
    ]
    if wanted == "xlsx":
        agreed = [] if shown.scheme.is_held or len(shown.chosen) != 2 else _agreed(shown)
        body = coding_workbook(title, shown.scheme, coders, agreement_of(found, shown)["comparison"], agreed)
    else:
        body = codes_csv(shown.scheme, coders)
    answer = Response(body, mimetype=FILES[wanted])
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{title}.{wanted}', safe='')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/lessons/<int:lesson_id>/codings/<scheme_slug>/results")
def adjudicate_coding(lesson_id: int, scheme_slug: str) -> ResponseReturnValue:
    """Write down what two coders agreed on for a stretch in which they differ; an empty code takes it back."""
    with unit_of_work():
        found, shown = load_results(lesson_id, scheme_slug)
        if len(shown.chosen) != 2:
            raise InvalidError("要有两份完成的编码才能议定")
        if not may_adjudicate(found, shown.chosen):
            raise ForbiddenError("由两位编码的老师、授课教师或主持来议定")
        start_ms, end_ms = (whole_number(request.form.get(name)) for name in ("start_ms", "end_ms"))
        code = request.form.get("code", "")
        code = request.form.get("other", "") if code == "other" else code
        label = request.form.get("label", "")[:4]
        first, second = shown.chosen
        service.adjudicate(current_actor(), found.lesson, first, second, start_ms or 0, end_ms or 0, code[:4], label)
        target = url_for(
            ".coding_results",
            lesson_id=lesson_id,
            scheme_slug=scheme_slug,
            interval=shown.interval_ms // 1000,
            a=first.id,
            b=second.id,
            _anchor=f"stretch-{start_ms}",
        )
    return done(target)


def may_adjudicate(found: LessonView, codings: Sequence[CodingSession]) -> bool:
    """Tell whether the viewer may write down what these two coders agree on."""
    coders = tuple(one.coder_id for one in codings)
    return can_adjudicate(current_viewer(), found.lesson, found.access, coders, clock.today())


@dataclass(frozen=True)
class Shown:
    """What a results page is about: the finished codings, which are looked at, and the step."""

    scheme: Scheme
    all: Sequence[CodingSession]
    chosen: Sequence[CodingSession]
    interval_ms: int
    own_state: str | None


def charts_of(shown: Shown) -> dict[str, Any]:
    """Return the reports of the chosen codings and what their charts need."""
    reports = [report_of(shown.scheme, one.spans(), shown.interval_ms, one.reached_ms) for one in shown.chosen]
    lengths = [len(report.codes) * shown.interval_ms / 60_000 for report in reports]
    axis = minutes_axis(max(lengths, default=1) or 1)
    paths = [path_points(report.st.path, axis.most) if report.st is not None else "" for report in reports]
    lanes = [(one.coder.name, lane_of(one)) for one in shown.chosen]
    return {
        "reports": reports,
        "lanes": lanes,
        "axis": axis,
        "paths": paths,
        "side": SIDE,
        "heat": heat,
        "counted": counted_word(shown.scheme),
    }


def agreement_of(found: LessonView, shown: Shown) -> dict[str, Any]:
    """Return how far the two chosen coders agree and where they differ; nothing where there is only one."""
    seq = current_seq(found.lesson.topic)
    if len(shown.chosen) != 2:
        return {"comparison": None, "seq": seq}
    if not shown.scheme.is_held:
        return {
            "comparison": None,
            "seq": seq,
            "labels": _labels(shown),
            "may_adjudicate": may_adjudicate(found, shown.chosen),
            "shown_most": STRETCHES_SHOWN,
        }
    one, other = (coding.spans() for coding in shown.chosen)
    low, high = sorted(coding.id for coding in shown.chosen)
    decisions = [Span(said.start_ms, said.end_ms, said.code) for said in adjudications_of(low, high)]
    everybody = [coding.spans() for coding in shown.all]
    comparison = compare(shown.scheme, one, other, shown.interval_ms, decisions, everybody)
    return {
        "comparison": comparison,
        "may_adjudicate": may_adjudicate(found, shown.chosen),
        "keys": {code.key: code.code for code in shown.scheme.codes},
        "shown_most": STRETCHES_SHOWN,
        "seq": seq,
    }


def _labels(shown: Shown) -> LabelComparison:
    """Return how far the two chosen coders agree code by code; the others count for α."""
    others = [one for one in shown.all if one not in shown.chosen]
    everybody = [
        windows_of(shown.scheme, one.spans(), shown.interval_ms, one.reached_ms) for one in (*shown.chosen, *others)
    ]
    return compare_labels(shown.scheme, everybody, shown.interval_ms, _agreed(shown))


def _agreed(shown: Shown) -> list[Agreed]:
    """Return what the two chosen coders agreed on, where a window may have several codes."""
    low, high = sorted(coding.id for coding in shown.chosen)
    return [Agreed(one.start_ms, one.end_ms, one.label, one.code == HOLDS) for one in adjudications_of(low, high)]


def lane_of(session: CodingSession) -> list[list[Any]]:
    """Return the stretches for the lane under the timeline: start, end, code, color."""
    scheme = session.scheme_of
    return [[s.start_ms, s.end_ms, s.code, scheme.look(s.code)] for s in coded_spans(drawn(scheme, session.spans()))]


def load_to_code(lesson_id: int, scheme_slug: str) -> tuple[LessonView, Scheme]:
    """Return the lesson and the scheme for whoever may code it."""
    found, scheme = load_lesson(lesson_id), _scheme(lesson_id, scheme_slug)
    if not can_code_lesson(current_viewer(), found.lesson, found.access, clock.today()):
        raise ForbiddenError(why_rests(found))
    return found, scheme


def load_results(lesson_id: int, scheme_slug: str) -> tuple[LessonView, Shown]:
    """Return the finished codings for whoever may see them; `?a=&b=` choose two, `?interval=` the step in seconds."""
    found, scheme = load_lesson(lesson_id), _scheme(lesson_id, scheme_slug)
    viewer = current_viewer()
    own = coding_of(lesson_id, scheme.slug, viewer.user_id)
    state = own.state if own is not None else None
    if not can_view_codings(viewer, found.lesson, found.access, state):
        raise ForbiddenError("完成自己的编码以后，才能看到大家的编码结果")
    finished = finished_codings(lesson_id, scheme.slug)
    chosen = _chosen(finished, own)
    wanted = (whole_number(request.values.get("interval")) or 0) * 1000
    interval_ms = wanted if wanted in scheme.intervals else (chosen[0].interval_ms if chosen else scheme.interval_ms)
    return found, Shown(scheme, finished, chosen, interval_ms, state)


def _chosen(finished: Sequence[CodingSession], own: CodingSession | None) -> list[CodingSession]:
    """The two that were asked for; else the own one and another, or the first two."""
    by_id = {one.id: one for one in finished}
    asked = [by_id[number] for name in ("a", "b") if (number := whole_number(request.values.get(name))) in by_id]
    if asked:
        return list(dict.fromkeys(asked))
    mine = [one for one in finished if own is not None and one.id == own.id]
    return [*mine, *(one for one in finished if one not in mine)][:2]


def _scheme(lesson_id: int, slug: str) -> Scheme:
    scheme = scheme_in_lesson(current_viewer(), lesson_id, slug)
    if scheme is None:
        raise NotFoundError
    return scheme


def posted_batch() -> Batch:
    """Read the batch a page sends: {"added": [[uuid, ms, code], …], "gone": [uuid, …], "reached": ms}."""
    text = request.form.get("changes", "")
    if not text:
        return Batch()
    try:
        told = json.loads(text[:MOST_CHARACTERS])
        added = tuple(Mark(_word(name), _number(at), _word(code)) for name, at, code in told.get("added", []))
        return Batch(added, tuple(_word(name) for name in told.get("gone", [])), _number(told.get("reached", 0)))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidError(UNREADABLE) from error


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
