"""Filling in a rubric: saved as one goes, then submitted once."""

from __future__ import annotations

from collections.abc import Mapping

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.observations.events import EvaluationSubmitted
from yanxiu.observations.models import Evaluation, EvaluationState, Lesson, Score
from yanxiu.observations.queries.evaluations import evaluation_of
from yanxiu.observations.rubrics.scoring import missing, total_points
from yanxiu.observations.services.lessons import hold_lesson
from yanxiu.observations.services.rubrics import usable_rubric_id

MAX_TEXT = 4000


def save_evaluation(
    actor: User,
    lesson: Lesson,
    scores: Mapping[str, int | None],
    strengths: str | None = None,
    advice: str | None = None,
) -> Evaluation:
    """Keep what the observer has filled in so far; a value of None takes a score back."""
    evaluation = _own(actor, lesson) or _new_evaluation(actor, lesson)
    if evaluation.state == EvaluationState.SUBMITTED:
        raise ConflictError("评课已经提交，不能再改")
    for key, value in scores.items():
        _set_score(evaluation, key, value)
    if strengths is not None:
        evaluation.strengths = _checked_text(strengths, "strengths")
    if advice is not None:
        evaluation.advice = _checked_text(advice, "advice")
    evaluation.updated_at = clock.now()
    db.session.flush()
    return evaluation


def submit_evaluation(actor: User, lesson: Lesson) -> Evaluation:
    """Hand the evaluation in; every line must be judged. From now on the observer sees the others'."""
    evaluation = _own(actor, lesson)
    if evaluation is None:
        raise InvalidError("请先按量表评分")
    if evaluation.state == EvaluationState.SUBMITTED:
        return evaluation
    values = evaluation.values()
    left = missing(evaluation.version.sheet, values)
    if left:
        raise InvalidError(f"还有 {len(left)} 项没有评分，评完再提交", field=left[0])
    total = total_points(evaluation.version.sheet, values)
    assert total is not None
    evaluation.total = round(total * 100)
    evaluation.state, evaluation.submitted_at = EvaluationState.SUBMITTED, clock.now()
    record_audit(actor, "evaluation.submit", "lesson", lesson.id, total=evaluation.total)
    record(EvaluationSubmitted(evaluation.id, lesson.id, actor.id))
    bump(lesson.topic, "evaluation", evaluation.id)
    db.session.flush()
    return evaluation


def _own(actor: User, lesson: Lesson) -> Evaluation | None:
    """Return what the observer has kept so far, read behind the lesson's lock."""
    hold_lesson(lesson)
    evaluation = evaluation_of(lesson.id, actor.id)
    return evaluation if evaluation is not None and hold(evaluation) else None


def _new_evaluation(actor: User, lesson: Lesson) -> Evaluation:
    version_id = usable_rubric_id(lesson.rubric_version_id)
    evaluation = Evaluation(lesson_id=lesson.id, observer_id=actor.id, version_id=version_id)
    db.session.add(evaluation)
    db.session.flush()
    return evaluation


def _set_score(evaluation: Evaluation, key: str, value: int | None) -> None:
    known = next((score for score in evaluation.scores if score.item_key == key), None)
    if value is None:
        if known is not None:
            evaluation.scores.remove(known)
        return
    if not evaluation.version.sheet.allows(key, value):
        raise InvalidError("这一项没有这个分值，请刷新后再评", field=key[:40])
    if known is None:
        evaluation.scores.append(Score(item_key=key, value=value))
    else:
        known.value = value


def _checked_text(value: str, field: str) -> str:
    text = value.replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidError(f"最多 {MAX_TEXT} 字", field=field)
    return text
