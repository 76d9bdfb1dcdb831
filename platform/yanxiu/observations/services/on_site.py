"""Scoring on a phone in the classroom: what waited there is joined with the draft, and who stands at the door is let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.observations.events import AdmissionAsked
from yanxiu.observations.evidence import same_token
from yanxiu.observations.models import (
    AdmissionRequest,
    Evaluation,
    EvaluationState,
    Lesson,
    LessonRole,
    ScoreEvidence,
)
from yanxiu.observations.queries.evaluations import evaluation_of
from yanxiu.observations.services.evaluations import Pick, check_version, save_evaluation, says_same
from yanxiu.observations.services.lessons import hold_lesson, invite_member

MOST_WAITING = 200


@dataclass(frozen=True)
class Change:
    """A field as a device would have it, and what it knew the server to hold; `known` None takes whatever is there."""

    value: int | str | None
    known: tuple[int | str | None, ...] | None = None

    def fits(self, now: int | str | None) -> bool:
        return self.known is None or now in self.known or now == self.value


@dataclass(frozen=True)
class Proofs:
    """What a device adds to the evidence of a criterion, and the tokens of what it takes away: neither contradicts another device."""

    added: Sequence[Pick] = ()
    dropped: frozenset[str] = frozenset()

    def applied(self, before: Sequence[ScoreEvidence]) -> list[Pick]:
        return [*(one for one in before if not self._drops(one)), *self.added]

    def changes(self, before: Sequence[ScoreEvidence]) -> bool:
        return any(self._drops(one) for one in before) or any(
            not any(says_same(one, pick) for one in before) for pick in self.added
        )

    def _drops(self, row: ScoreEvidence) -> bool:
        return f"e{row.id}" in self.dropped or same_token(row) in self.dropped


def join_draft(
    actor: User,
    lesson: Lesson,
    scores: Mapping[str, Change],
    texts: Mapping[str, Change],
    version_id: int | None = None,
    proofs: Mapping[str, Proofs] | None = None,
) -> tuple[Evaluation, list[str]]:
    """Take the fields that nobody changed elsewhere meanwhile; return the draft and the names of the others, which stay.

    `proofs`: what the device adds and takes away, by the key of the criterion.

    The same changes may come again: what stands there already is no contradiction, handed in or not. `version_id` is
    the rubric version on the device: ConflictError where it is not the one that is scored by now.
    """
    hold_lesson(lesson)
    before = evaluation_of(lesson.id, actor.id)
    check_version(lesson, before, version_id)
    values: dict[str, int] = before.values() if before is not None else {}
    said = {name: getattr(before, name) if before is not None else "" for name in texts}
    new_scores = {key: change for key, change in scores.items() if values.get(key) != change.value}
    new_texts = {name: change for name, change in texts.items() if said[name] != change.value}
    shown = {key: _shown(before, key) for key in proofs or {}}
    new_proofs = {key: one for key, one in (proofs or {}).items() if one.changes(shown[key])}
    if before is not None and before.state == EvaluationState.SUBMITTED:
        if new_scores or new_texts or new_proofs:
            raise ConflictError("评课已经提交，不能再改")
        return before, []
    apart = [key for key, change in new_scores.items() if not change.fits(values.get(key))]
    apart += [name for name, change in new_texts.items() if not change.fits(said[name])]
    taken = {key: _score(change) for key, change in new_scores.items() if key not in apart}
    words = {name: str(change.value or "") for name, change in new_texts.items() if name not in apart}
    evidence = {key: one.applied(shown[key]) for key, one in (proofs or {}).items()}
    saved = save_evaluation(actor, lesson, taken, words.get("strengths"), words.get("advice"), evidence)
    return saved, apart


def _shown(evaluation: Evaluation | None, key: str) -> list[ScoreEvidence]:
    rows = evaluation.evidence if evaluation is not None else []
    return [one for one in rows if one.criterion_key == key]


def _score(change: Change) -> int | None:
    return change.value if isinstance(change.value, int) else None


def ask_in(actor: User, lesson: Lesson) -> None:
    """Say that one stands before the lesson's sheet and is no observer yet; saying it again changes nothing.

    Who was not let in and asks again stands there again, without another message.
    """
    hold(lesson)
    mine = select(AdmissionRequest).where(AdmissionRequest.lesson_id == lesson.id)
    known = db.session.scalars(mine.where(AdmissionRequest.user_id == actor.id)).first()
    if known is not None and known.refused_at is None:
        return
    waiting = select(func.count()).where(AdmissionRequest.lesson_id == lesson.id, AdmissionRequest.refused_at.is_(None))
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise ConflictError("等着的人太多了，请主持人先处理")
    if known is None:
        db.session.add(AdmissionRequest(lesson_id=lesson.id, user_id=actor.id))
        record(AdmissionAsked(lesson.id, actor.id))
    else:
        known.refused_at, known.asked_at = None, clock.now()
    bump(lesson.topic, "asked", actor.id)
    db.session.flush()


def answer_at_door(actor: User, lesson: Lesson, person: User, *, admit: bool) -> bool:
    """Let somebody in who asked, as an observer, or not; False where nobody of that name waits (any more)."""
    hold(lesson)
    mine = (AdmissionRequest.lesson_id == lesson.id) & (AdmissionRequest.user_id == person.id)
    waiting = select(AdmissionRequest).where(mine, AdmissionRequest.refused_at.is_(None))
    asked = db.session.scalars(waiting).first()
    if asked is None:
        return False
    if admit:
        db.session.delete(asked)
    else:
        asked.refused_at = clock.now()
    if admit and all(member.user_id != person.id for member in lesson.members):
        invite_member(actor, lesson, person, LessonRole.OBSERVER)
    bump(lesson.topic, "asked", person.id)
    return True
