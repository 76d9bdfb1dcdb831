"""Rounds of a plan and the suggestions for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from yanxiu.core.db import db
from yanxiu.lessonplans.models.rounds import ADOPTED, OPEN, WITHDRAWN, PlanRound, Suggestion

MOST = 300
NAMES = ("一稿", "二稿", "三稿", "四稿", "五稿", "六稿", "七稿", "八稿", "九稿", "十稿")


def round_name(number: int) -> str:
    """一稿, 二稿 …"""
    return NAMES[number - 1] if 1 <= number <= len(NAMES) else f"第 {number} 稿"


def rounds_of(plan_id: int) -> Sequence[PlanRound]:
    """Return the rounds of a plan, the first one first."""
    both = joinedload(PlanRound.revision), joinedload(PlanRound.author)
    return db.session.scalars(
        select(PlanRound).where(PlanRound.plan_id == plan_id).options(*both).order_by(PlanRound.number)
    ).all()


def find_round(plan_id: int, number: int) -> PlanRound | None:
    """Return one round of a plan."""
    return db.session.scalars(select(PlanRound).where(PlanRound.plan_id == plan_id, PlanRound.number == number)).first()


def round_of_lesson(plan_id: int, lesson_id: int) -> PlanRound | None:
    """Return the round of a plan that was taught in a lesson, of several the last."""
    mine = PlanRound.plan_id == plan_id, PlanRound.lesson_id == lesson_id
    newest = select(PlanRound).where(*mine).options(joinedload(PlanRound.revision)).order_by(PlanRound.number.desc())
    return db.session.scalars(newest.limit(1)).first()


def suggestions_of(plan_id: int) -> Sequence[Suggestion]:
    """Return what was suggested for a plan and not withdrawn: what is open first, the newest before the others."""
    people = joinedload(Suggestion.author), joinedload(Suggestion.decided_by), joinedload(Suggestion.round)
    return db.session.scalars(
        select(Suggestion)
        .where(Suggestion.plan_id == plan_id, Suggestion.state != WITHDRAWN)
        .options(*people)
        .order_by((Suggestion.state != OPEN), Suggestion.id.desc())
        .limit(MOST)
    ).all()


def find_suggestion(plan_id: int, suggestion_id: int) -> Suggestion | None:
    """Return one suggestion for this plan."""
    return db.session.scalars(
        select(Suggestion).where(Suggestion.plan_id == plan_id, Suggestion.id == suggestion_id)
    ).first()


def suggestion_sent(recorder_id: int, client_uuid: str) -> Suggestion | None:
    """Return what was sent under this number before."""
    same = Suggestion.recorder_id == recorder_id, Suggestion.client_uuid == client_uuid
    return db.session.scalars(select(Suggestion).where(*same)).first()


def suggestion_from(plan_id: int, remark_id: int) -> Suggestion | None:
    """Return what was taken over from a remark and stands."""
    same = Suggestion.plan_id == plan_id, Suggestion.remark_id == remark_id
    return db.session.scalars(select(Suggestion).where(*same, Suggestion.state != WITHDRAWN)).first()


def open_suggestions_by(plan_id: int, recorder_id: int) -> int:
    """Count what one person wrote down for a plan and nobody decided on yet."""
    mine = Suggestion.plan_id == plan_id, Suggestion.recorder_id == recorder_id, Suggestion.state == OPEN
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def suggestion_counts(plan_id: int) -> tuple[int, int, int]:
    """Return how many suggestions a plan has, how many are open, how many were adopted."""
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(Suggestion.state == OPEN),
            func.count().filter(Suggestion.state == ADOPTED),
        ).where(Suggestion.plan_id == plan_id, Suggestion.state != WITHDRAWN)
    ).one()
    return row[0], row[1], row[2]
