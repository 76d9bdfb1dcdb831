"""集体备课: moving a plan from one phase to the next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.events import record
from yanxiu.lessonplans.events.preparations import PlanMoved
from yanxiu.lessonplans.models import NAMED, LessonPlan, PlanSnapshot, Preparation, Revision
from yanxiu.lessonplans.models.preparations import AGREED, FINAL, PHASES, REVIEW
from yanxiu.lessonplans.permissions.preparations import Move
from yanxiu.lessonplans.queries.revisions import revision_state
from yanxiu.lessonplans.services.holding import hold_plan, tell_workshop
from yanxiu.lessonplans.services.revisions import keep_revision


@dataclass(frozen=True)
class Kept:
    """The document as it is, up to log row `seq`."""

    state: bytes
    seq: int


def move_plan(actor: User, plan: LessonPlan, move: Move, kept: Kept) -> Revision | None:
    """Take one step. What a group agreed on is kept as a version, which is returned; it is never changed."""
    hold_plan(plan)
    if plan.phase != move.start:
        raise ConflictError("这份教案刚刚已经走到另一步，请刷新后再看")
    preparation = db.session.get(Preparation, plan.id)
    if preparation is None:
        preparation = Preparation(plan_id=plan.id)
        db.session.add(preparation)
    revision = _freeze(actor, plan, preparation, move, kept)
    plan.phase, preparation.moved_at = move.goal, clock.now()
    db.session.flush()
    tell_workshop(plan)
    record_audit(actor, "plan.phase", "lesson_plan", plan.id, before=move.start, after=move.goal)
    record(PlanMoved(plan.id, actor.id, move.start, move.goal, revision.number if revision else None))
    return revision


def _freeze(actor: User, plan: LessonPlan, preparation: Preparation, move: Move, kept: Kept) -> Revision | None:
    if (move.start, move.goal) not in ((REVIEW, AGREED), (AGREED, FINAL)):
        return None
    if move.goal == FINAL and preparation.agreed is not None:
        state, seq = revision_state(preparation.agreed), preparation.agreed.seq
    else:
        _check_current(plan, kept)
        state, seq = kept.state, kept.seq
        preparation.times += 1
    title = _title(move.goal, preparation.times)
    revision = keep_revision(plan, state, seq, kind=NAMED, title=title, author_id=actor.id)
    if move.goal == AGREED:
        preparation.agreed_id = revision.id
    else:
        preparation.final_id = revision.id
    return revision


def _check_current(plan: LessonPlan, kept: Kept) -> None:
    """What somebody wrote in this very moment is not agreed on unseen."""
    head = db.session.scalar(select(PlanSnapshot.head).where(PlanSnapshot.plan_id == plan.id))
    if (head or 0) > kept.seq:
        raise ConflictError("刚才还有人在写，请看一眼再点一次")


def _title(phase: str, times: int) -> str:
    words = PHASES[phase]
    return words if phase == FINAL or times == 1 else f"{words}（第 {times} 次）"
