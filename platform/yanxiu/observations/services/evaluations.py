"""Filling in a rubric: saved as one goes, then submitted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import is_blank
from yanxiu.core.live import bump
from yanxiu.observations.events import EvaluationSubmitted
from yanxiu.observations.models import (
    Evaluation,
    EvaluationState,
    Lesson,
    RecordingVersion,
    Score,
    ScoreEvidence,
    TimedComment,
    VersionState,
)
from yanxiu.observations.queries.evaluations import evaluation_of
from yanxiu.observations.rubrics.scoring import missing, total_points, unproven
from yanxiu.observations.services.lessons import hold_lesson
from yanxiu.observations.services.rubrics import usable_rubric_id

MAX_TEXT = 4000
MOST_EVIDENCE = 12
"""Pieces of evidence for one criterion."""
MAX_REMARK = 500
MOST_NAMED = 5
"""So many lines without a score are called by their names."""


@dataclass(frozen=True)
class Clip:
    """A stretch of a recording in milliseconds of media time."""

    version: RecordingVersion
    start_ms: int
    end_ms: int | None
    """None: a moment."""


@dataclass(frozen=True)
class Remark:
    """What an observer saw, in words; the same `client_uuid` is the same remark.

    `taken_at`: the moment by the clock of this server at which it was seen; None where it was written down some other time.
    """

    client_uuid: str
    body: str
    taken_at: datetime | None


Pick = ScoreEvidence | TimedComment | Clip | Remark
"""What an observer shows for a criterion: what was kept before, a comment the observer may read, a stretch, a remark."""


def save_evaluation(
    actor: User,
    lesson: Lesson,
    scores: Mapping[str, int | None],
    strengths: str | None = None,
    advice: str | None = None,
    evidence: Mapping[str, Sequence[Pick]] | None = None,
    version_id: int | None = None,
) -> Evaluation:
    """Keep what the observer has filled in so far; a value of None takes a score back.

    `evidence` names, by the key of a criterion, all that is shown for it; criteria it does not name keep theirs.
    `version_id` is the rubric version on the observer's page: ConflictError where it is not the one that is scored by now.
    """
    evaluation = _own(actor, lesson)
    check_version(lesson, evaluation, version_id)
    evaluation = evaluation or _new_evaluation(actor, lesson)
    if evaluation.state == EvaluationState.SUBMITTED:
        raise ConflictError("评课已经提交，不能再改")
    for key, value in scores.items():
        _set_score(evaluation, key, value)
    for key, picks in (evidence or {}).items():
        _set_evidence(evaluation, key, picks)
    if strengths is not None:
        evaluation.strengths = _checked_text(strengths, "strengths")
    if advice is not None:
        evaluation.advice = _checked_text(advice, "advice")
    evaluation.updated_at = clock.now()
    db.session.flush()
    return evaluation


def check_version(lesson: Lesson, evaluation: Evaluation | None, version_id: int | None) -> None:
    """Refuse what was filled in on the lines of another rubric: those that schools write share their keys."""
    now = evaluation.version_id if evaluation is not None else usable_rubric_id(lesson.rubric_version_id)
    if version_id is not None and version_id != now:
        raise ConflictError("量表换过了，请刷新后按现在的量表重新评")


def submit_evaluation(actor: User, lesson: Lesson) -> Evaluation:
    """Hand the evaluation in; every line must be judged, and shown where the rubric asks for it. From now on the observer sees the others'."""
    evaluation = _own(actor, lesson)
    if evaluation is None:
        raise InvalidError("请先按量表评分")
    if evaluation.state == EvaluationState.SUBMITTED:
        return evaluation
    values = evaluation.values()
    left = missing(evaluation.version.sheet, values)
    if left:
        titles = {line.key: line.title for one in evaluation.version.sheet.criteria for line in one.lines()}
        raise InvalidError(unjudged_words([titles[key] for key in left]), field=left[0])
    bare = unproven(evaluation.version.sheet, {one.criterion_key for one in evaluation.evidence})
    if bare:
        raise InvalidError(
            f"“{bare[0].title}”要附证据：写下看到的，或选一段实录、一条点评，再提交", field=f"evidence-{bare[0].key}"
        )
    total = total_points(evaluation.version.sheet, values)
    assert total is not None
    evaluation.total = round(total * 100)
    evaluation.state, evaluation.submitted_at = EvaluationState.SUBMITTED, clock.now()
    record_audit(actor, "evaluation.submit", "lesson", lesson.id, total=evaluation.total)
    record(EvaluationSubmitted(evaluation.id, lesson.id, actor.id))
    bump(lesson.topic, "evaluation", evaluation.id)
    db.session.flush()
    return evaluation


def unjudged_words(titles: Sequence[str]) -> str:
    """Say which lines are not judged yet; many are not all named."""
    named = "、".join(titles[:MOST_NAMED])
    more = "等" if len(titles) > MOST_NAMED else ""
    return f"还有 {len(titles)} 项没有评分：{named}{more}。评完再提交"


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


def _set_evidence(evaluation: Evaluation, key: str, picks: Sequence[Pick]) -> None:
    """Rows that say the same stay, so that a page which sends all of them again changes nothing."""
    if all(criterion.key != key for criterion in evaluation.version.sheet.criteria):
        raise InvalidError("量表里没有这一项，请刷新后再评", field=key[:40])
    before = [one for one in evaluation.evidence if one.criterion_key == key]
    kept: list[ScoreEvidence] = []
    for pick in picks:
        row = pick if isinstance(pick, ScoreEvidence) else _evidence_from(pick, key)
        same = next((one for one in before + kept if one is row or _says(one) == _says(row)), None)
        if same is None and isinstance(pick, ScoreEvidence):
            continue  # of another evaluation, or taken away meanwhile
        if same is not None and isinstance(pick, Remark):
            same.remark = row.remark
        row = same or row
        if row not in kept:
            kept.append(row)
    if len(kept) > MOST_EVIDENCE:
        raise InvalidError(f"一项最多附 {MOST_EVIDENCE} 段证据", field=f"evidence-{key}")
    for row in before:
        if row not in kept:
            evaluation.evidence.remove(row)
    evaluation.evidence.extend(row for row in kept if row not in before)


def _says(row: ScoreEvidence) -> tuple[object, ...]:
    """Return what makes two pieces the same: the remark, the comment, else the stretch of one version."""
    if row.client_uuid is not None:
        return (row.client_uuid,)
    if row.comment is not None:
        return (row.comment.id,)
    return (row.version.id if row.version is not None else None, row.start_ms, row.end_ms, row.taken_at)


def says_same(row: ScoreEvidence, pick: Pick) -> bool:
    """Tell whether a kept piece is what somebody shows; other words of the same remark are another piece."""
    if isinstance(pick, ScoreEvidence):
        return row is pick
    if isinstance(pick, Remark):
        return (row.client_uuid, row.remark) == (pick.client_uuid, pick.body.replace("\r\n", "\n").strip())
    return _says(row) == _says(_evidence_from(pick, row.criterion_key))


def _evidence_from(pick: TimedComment | Clip | Remark, key: str) -> ScoreEvidence:
    if isinstance(pick, Remark):
        words = _checked_remark(pick.body, f"evidence-{key}")
        return ScoreEvidence(
            criterion_key=key, remark=words, client_uuid=pick.client_uuid, taken_at=pick.taken_at, start_ms=0
        )
    if isinstance(pick, TimedComment):
        if pick.parent_id is not None or pick.withdrawn_at is not None:
            raise InvalidError("这条点评不能作证据，请另选一条", field=f"evidence-{key}")
        return ScoreEvidence(
            criterion_key=key,
            comment=pick,
            version_id=pick.version_id,
            start_ms=pick.start_ms,
            end_ms=pick.end_ms,
            taken_at=pick.taken_at,
        )
    if pick.version.state != VersionState.READY:
        raise ConflictError("课堂实录还没有处理好，暂时不能选片段")
    duration_ms = pick.version.duration_ms or 0
    if not 0 <= pick.start_ms < (duration_ms if pick.end_ms is None else pick.end_ms) <= duration_ms:
        raise InvalidError("片段要在实录之内，结束晚于开始，例如 12:31-13:05", field=f"evidence-{key}")
    return ScoreEvidence(criterion_key=key, version=pick.version, start_ms=pick.start_ms, end_ms=pick.end_ms)


def _checked_remark(body: str, field: str) -> str:
    words = body.replace("\r\n", "\n").strip()
    if is_blank(words):
        raise InvalidError("请写看到了什么", field=field)
    if len(words) > MAX_REMARK:
        raise InvalidError(f"看到的最多写 {MAX_REMARK} 字", field=field)
    return words


def _checked_text(value: str, field: str) -> str:
    text = value.replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidError(f"最多 {MAX_TEXT} 字", field=field)
    return text
