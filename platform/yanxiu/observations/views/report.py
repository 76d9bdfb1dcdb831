"""课堂观察报告: one report merged of what each observer saw and found under the own perspectives."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import TextKey
from yanxiu.observations.papers.observation_report import counted, report_word
from yanxiu.observations.permissions import can_claim_perspective, can_edit_lesson, leads_lesson
from yanxiu.observations.queries import LessonView
from yanxiu.observations.queries.recorded import slugs_of
from yanxiu.observations.queries.report import ObservationReport, report_of
from yanxiu.observations.services.cycle import write_text
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.views.blueprint import bp, done, load_editable, load_lesson, posted, why_rests
from yanxiu.observations.views.own_perspectives import recording_means
from yanxiu.observations.views.papers import docx_file
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment


@bp.get("/lessons/<int:lesson_id>/report")
def observation_report(lesson_id: int) -> ResponseReturnValue:
    """The report as the reader may read it; observers write under the own perspectives, whoever leads the conclusion."""
    return _page(load_lesson(lesson_id))


def _page(found: LessonView, refused: YanxiuError | None = None, where: str = "") -> str:
    viewer, report = current_viewer(), _report(found)
    mine = [one for one in report.chapters if one.own(viewer.user_id) or one.perspective.is_watched_by(viewer.user_id)]
    fields = {f"perspective-{chapter.perspective.id}" for chapter in mine} | {TextKey.CONCLUSION.value}
    return render_template(
        "observations/report.html",
        lesson=found.lesson,
        report=report,
        is_homeless=refused is not None and (where not in fields or not report.chapters),
        counted=counted,
        **recording_means(found, slugs_of([one.perspective for one in report.chapters])),
        may_write=can_claim_perspective(viewer, found.lesson, found.access, clock.today()),
        may_conclude=can_edit_lesson(viewer, found.lesson, found.access),
        refused=refused,
        where=where,
        typed=posted("body") if refused is not None else "",
    )


def _report(found: LessonView) -> ObservationReport:
    viewer = current_viewer()
    return report_of(viewer, found.lesson, found.access, leads=leads_lesson(viewer, found.lesson, found.access))


@bp.post("/lessons/<int:lesson_id>/perspectives/<int:perspective_id>/finding")
def write_perspective_finding(lesson_id: int, perspective_id: int) -> ResponseReturnValue:
    """观察结果与建议 under a perspective that one watches."""
    try:
        with unit_of_work():
            found = load_lesson(lesson_id)
            if not can_claim_perspective(current_viewer(), found.lesson, found.access, clock.today()):
                raise ForbiddenError(why_rests(found) or "观察结果由观课的老师写")
            write_finding(current_actor(), found.lesson, perspective_id, posted("body"), posted("seen"))
    except YanxiuError as error:
        return _refused(lesson_id, error, f"perspective-{perspective_id}")
    return done(_url(lesson_id, f"perspective-{perspective_id}"), "观察结果已保存")


@bp.post("/lessons/<int:lesson_id>/report")
def write_conclusion(lesson_id: int) -> ResponseReturnValue:
    """总体结论, by whoever leads the lesson."""
    try:
        with unit_of_work():
            found = load_editable(lesson_id)
            write_text(current_actor(), found.lesson, TextKey.CONCLUSION, posted("body"), posted("seen"))
    except YanxiuError as error:
        return _refused(lesson_id, error, TextKey.CONCLUSION.value)
    return done(_url(lesson_id, "conclusion"), "总体结论已保存")


def _refused(lesson_id: int, error: YanxiuError, where: str) -> ResponseReturnValue:
    """The page again with what was typed, beside what stands there now."""
    if wants_fragment() or error.field is None:
        raise error
    return _page(load_lesson(lesson_id), error, where), error.status


@bp.get("/lessons/<int:lesson_id>/papers/report")
def report_file(lesson_id: int) -> ResponseReturnValue:
    """The report as a Word file."""
    found = load_lesson(lesson_id)
    report = _report(found)
    if not report.chapters:
        raise NotFoundError("这节课没有分工观察")
    body = report_word(found.lesson, report)
    return docx_file(body, f"{found.lesson.title} {report.title}")


def _url(lesson_id: int, anchor: str) -> str:
    return url_for(".observation_report", lesson_id=lesson_id, _anchor=anchor)
