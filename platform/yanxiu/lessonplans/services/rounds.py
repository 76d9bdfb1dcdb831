"""磨课: keeping a round, tying a lesson to it, suggesting, and saying what becomes of a suggestion."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans.events.rounds import PlanSuggested, SuggestionDecided
from yanxiu.lessonplans.models import NAMED, LessonPlan
from yanxiu.lessonplans.models.rounds import (
    ADOPTED,
    DECISIONS,
    DECLINED,
    OPEN,
    READER,
    WITHDRAWN,
    PlanRound,
    Suggestion,
)
from yanxiu.lessonplans.queries.comments import comment_behind
from yanxiu.lessonplans.queries.lessons import Remark
from yanxiu.lessonplans.queries.rounds import (
    open_suggestions_by,
    round_name,
    rounds_of,
    suggestion_from,
    suggestion_sent,
)
from yanxiu.lessonplans.services.holding import hold_plan, one_line, show_comment
from yanxiu.lessonplans.services.preparations import Kept
from yanxiu.lessonplans.services.revisions import keep_revision

MOST_ROUNDS = 10
MOST_OPEN = 60
"""Of one person and one plan: more would push those of the others off the page."""


@dataclass(frozen=True)
class Draft:
    """What somebody suggests, and for which passage."""

    body: str
    client_uuid: str
    section: str = ""
    quote: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Decision:
    """What becomes of a suggestion. `outcome`: the passage as it reads now."""

    state: str
    reason: str = ""
    section: str = ""
    outcome: str = ""


def keep_round(actor: User, plan: LessonPlan, kept: Kept, note: str) -> PlanRound:
    """Keep the plan as it is as the next round."""
    hold_plan(plan)
    number = len(rounds_of(plan.id)) + 1
    if number > MOST_ROUNDS:
        raise ConflictError(f"一份教案最多磨 {MOST_ROUNDS} 稿")
    revision = keep_revision(plan, kept.state, kept.seq, kind=NAMED, title=round_name(number), author_id=actor.id)
    made = PlanRound(plan_id=plan.id, number=number, revision_id=revision.id, note=one_line(note), author_id=actor.id)
    db.session.add(made)
    db.session.flush()
    record_audit(actor, "plan.round", "lesson_plan", plan.id, number=number)
    return made


def tie_lesson(actor: User, found: PlanRound, lesson_id: int | None) -> None:
    """Say in which lesson a round was taught. That the actor may see the lesson was asked before."""
    hold(found)
    found.lesson_id = lesson_id
    db.session.flush()


def suggest(actor: User, plan: LessonPlan, draft: Draft, remark: Remark | None = None) -> Suggestion:
    """Write a suggestion down; sent again it is the same. `remark`: words said about the lesson, taken over as they are."""
    hold_plan(plan)
    known = suggestion_sent(actor.id, draft.client_uuid)
    if known is None and remark is not None:
        known = suggestion_from(plan.id, remark.id)
    if known is not None:
        return known
    body = remark.body if remark is not None else without_invisible(draft.body).strip()
    if not body:
        raise InvalidError("请写下您的建议", field="body")
    if remark is None and open_suggestions_by(plan.id, actor.id) >= MOST_OPEN:
        raise InvalidError(f"您有 {MOST_OPEN} 条建议还没有处理，请等一等再提", field="body")
    rounds = rounds_of(plan.id)
    made = Suggestion(
        plan_id=plan.id,
        round_id=rounds[-1].id if rounds else None,
        author_id=remark.author_id if remark is not None else actor.id,
        recorder_id=actor.id,
        source="remark" if remark is not None else READER,
        remark_id=remark.id if remark is not None else None,
        section=draft.section,
        quote=one_line(draft.quote)[:300],
        anchor=draft.anchor[:500],
        body=body[:2000],
        client_uuid=draft.client_uuid,
    )
    db.session.add(made)
    db.session.flush()
    record(PlanSuggested(made.id, plan.id, actor.id, made.author_id))
    return made


def decide(actor: User, suggestion: Suggestion, decision: Decision) -> None:
    """Adopt or decline, with a reason; to decide otherwise later is allowed, and OPEN takes a decision back."""
    hold(suggestion)
    if suggestion.state == WITHDRAWN:
        raise ConflictError("这条建议刚刚被收回了")
    if decision.state not in (*DECISIONS, OPEN):
        raise InvalidError("请选择采纳还是不采纳", field="state")
    reason = one_line(decision.reason)
    if decision.state == DECLINED and not reason:
        raise InvalidError("请写一句为什么不采纳，提建议的老师会看到", field="reason")
    suggestion.state, suggestion.reason = decision.state, reason
    suggestion.outcome = one_line(decision.outcome) if decision.state == ADOPTED else ""
    suggestion.section = decision.section or suggestion.section
    decided = decision.state != OPEN
    suggestion.decided_by_id, suggestion.decided_at = (actor.id, clock.now()) if decided else (None, None)
    db.session.flush()
    record_audit(actor, "plan.suggestion", "lesson_plan", suggestion.plan_id, after=decision.state)
    if decided:
        adopted = decision.state == ADOPTED
        record(SuggestionDecided(suggestion.id, suggestion.plan_id, actor.id, suggestion.author_id, adopted))
    if (behind := comment_behind(suggestion.id)) is not None:
        show_comment(behind)


def withdraw(actor: User, suggestion: Suggestion) -> None:
    """Take back what nobody decided on yet."""
    hold(suggestion)
    if suggestion.state != OPEN:
        raise ConflictError("这条建议刚刚已经处理了")
    suggestion.state = WITHDRAWN
    db.session.flush()
