"""The rubric on the lesson page, and the results for those who may see them."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.evidence import Reader, given_by_criterion
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import Evaluation, EvaluationState, RecordingVersion, RubricVersion
from yanxiu.observations.permissions import can_evaluate_lesson, can_use_rubric, can_view_scores
from yanxiu.observations.queries import (
    LessonView,
    current_version,
    evaluation_of,
    evaluators_of,
    find_rubric_version,
    recording_of,
    submitted_evaluations,
)
from yanxiu.observations.rubrics.charts import LEFT, ROW, WIDTH, dots_of, radar_of
from yanxiu.observations.rubrics.scoring import Sheet, missing, total_points
from yanxiu.observations.rubrics.summary import LEAST_LINES, summarize
from yanxiu.observations.services import evaluations as service
from yanxiu.observations.services.evaluations import MAX_REMARK, save_evaluation
from yanxiu.observations.views.blueprint import bp, done, load_lesson, log_watching, posted, why_rests
from yanxiu.observations.views.evidence import posted_evidence
from yanxiu.observations.views.recordings import recording_panel
from yanxiu.web.auth import current_actor, current_viewer

PREFIX = "score-"


def evaluation_panel(found: LessonView, version: RecordingVersion | None) -> dict[str, Any]:
    """Return what the rubric card shows: the own sheet, who has submitted, and the mean for those who may see it."""
    viewer = current_viewer()
    own = evaluation_of(found.lesson.id, viewer.user_id)
    rubric = own.version if own is not None else find_rubric_version(found.lesson.rubric_version_id)
    values = own.values() if own is not None else {}
    may_see = can_view_scores(viewer, found.lesson, own_submitted=_is_submitted(own))
    submitted = submitted_evaluations(found.lesson.id) if may_see else []
    reader = Reader(found.lesson, version, viewer)
    return {
        "own": own,
        "rubric": rubric,
        "rubric_opens": rubric is not None and can_use_rubric(viewer, rubric.template),
        "values": values,
        "progress": progress_of(rubric, values),
        "evidence": reader.by_criterion(own) if own is not None else {},
        "most_words": MAX_REMARK,
        "evidence_ready": any(one.evidence for one in submitted),
        "own_submitted": _is_submitted(own),
        "evaluators": evaluators_of(found.lesson.id),
        "may_see_scores": may_see,
        "summary": summarize(submitted) if submitted else None,
    }


def progress_of(rubric: RubricVersion | None, values: dict[str, int]) -> dict[str, Any]:
    """Return how much is filled in and, once all is, the total."""
    if rubric is None:
        return {"done": 0, "all": 0, "total": None}
    sheet: Sheet = rubric.sheet
    lines = len(sheet.keys)
    return {"done": lines - len(missing(sheet, values)), "all": lines, "total": total_points(sheet, values)}


@bp.post("/lessons/<int:lesson_id>/evaluation")
def save(lesson_id: int) -> ResponseReturnValue:
    """Keep what is filled in so far."""
    with unit_of_work():
        evaluation = _saved(lesson_id)
        progress = progress_of(evaluation.version, evaluation.values())
        saved_at = evaluation.updated_at.astimezone(clock.LOCAL_ZONE).strftime("%H:%M")
    return done(_card(lesson_id), saved_at=saved_at, **progress)


@bp.post("/lessons/<int:lesson_id>/evaluation/submission")
def submit(lesson_id: int) -> ResponseReturnValue:
    """Keep what was sent along and hand the evaluation in."""
    with unit_of_work():
        _saved(lesson_id)
    with unit_of_work():
        found = load_lesson(lesson_id)
        service.submit_evaluation(current_actor(), found.lesson)
    target = url_for(".results", lesson_id=lesson_id)
    flash("评课已提交，下面是大家的评分")
    return done(target, redirect=target)


@bp.get("/lessons/<int:lesson_id>/evaluations")
def results(lesson_id: int) -> ResponseReturnValue:
    """Everybody's submitted scores: for the teacher, and for who has submitted."""
    found = load_lesson(lesson_id)
    viewer = current_viewer()
    own = evaluation_of(lesson_id, viewer.user_id)
    if not can_view_scores(viewer, found.lesson, own_submitted=_is_submitted(own)):
        raise ForbiddenError("提交自己的评课后，才能看到别人的评分")
    submitted = submitted_evaluations(lesson_id)
    summary = summarize(submitted) if submitted else None
    recording = recording_of(lesson_id)
    version = current_version(recording)
    given = given_by_criterion(Reader(found.lesson, version, viewer), submitted)
    page = render_template(
        "observations/results.html",
        lesson=found.lesson,
        evaluations=submitted,
        summary=summary,
        own=own,
        radar=radar_of(summary) if summary is not None else None,
        dots=dots_of(summary) if summary is not None else [],
        plot={"left": LEFT, "width": WIDTH, "row": ROW},
        given=given,
        least_lines=LEAST_LINES,
        **recording_panel(found, recording, version),
    )
    if given:
        log_watching(found.lesson)
    return page


def _saved(lesson_id: int) -> Evaluation:
    found = load_lesson(lesson_id)
    if not can_evaluate_lesson(current_viewer(), found.lesson, found.access, clock.today()):
        raise ForbiddenError(why_rests(found) or "授课教师不评自己的课")
    texts = {name: posted(name) if name in request.form else None for name in ("strengths", "advice")}
    evidence = posted_evidence(found.lesson, evaluation_of(lesson_id, current_viewer().user_id))
    version_id = whole_number(posted("version"))
    return save_evaluation(
        current_actor(), found.lesson, _posted_scores(), evidence=evidence, version_id=version_id, **texts
    )


def _posted_scores() -> dict[str, int | None]:
    scores: dict[str, int | None] = {}
    for name, text in request.form.items():
        if name.startswith(PREFIX):
            value = whole_number(text)
            if text and value is None:
                raise InvalidError("分值不对，请刷新后再评")
            scores[name.removeprefix(PREFIX)] = value
    return scores


def _is_submitted(own: Evaluation | None) -> bool:
    return own is not None and own.state == EvaluationState.SUBMITTED


def _card(lesson_id: int) -> str:
    return url_for(".lesson", lesson_id=lesson_id, _anchor="rubric")
