"""集体备课 for tests; all inside an application context and a unit of work."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.lessonplans.collab.updates import compacted
from yanxiu.lessonplans.models import Adaptation, LessonPlan
from yanxiu.lessonplans.models.preparations import AGREED, DRAFT, FINAL, REVIEW
from yanxiu.lessonplans.permissions.preparations import MOVES
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.services.adaptations import make_adaptation
from yanxiu.lessonplans.services.preparations import Kept, move_plan

FORWARD = (DRAFT, REVIEW, AGREED, FINAL)


def kept_of(plan: LessonPlan) -> Kept:
    """The document as it is."""
    stored = stored_document(plan.id)
    return Kept(compacted([stored.snapshot, *stored.log]), stored.seq)


def bring_to(actor: User, plan: LessonPlan, phase: str) -> None:
    """Take the steps from where the plan is to `phase`."""
    for goal in FORWARD[: FORWARD.index(phase) + 1]:
        move = next((move for move in MOVES if (move.start, move.goal) == (plan.phase, goal)), None)
        if move is not None:
            move_plan(actor, plan, move, kept_of(plan))


def step(actor: User, plan: LessonPlan, goal: str) -> None:
    """Take one step, forward or back."""
    move = next(move for move in MOVES if (move.start, move.goal) == (plan.phase, goal))
    move_plan(actor, plan, move, kept_of(plan))


def adapt(teacher: User, plan: LessonPlan) -> Adaptation:
    return make_adaptation(teacher, viewer_of(teacher), plan)
