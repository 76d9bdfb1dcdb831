"""What every write of a plan needs: its lock, tidy lines, the live list of its workshop."""

from __future__ import annotations

from yanxiu.core.db import db, hold
from yanxiu.core.errors import NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.lessonplans.models import LessonPlan, PlanComment


def hold_plan(plan: LessonPlan) -> None:
    """Keep other writers of this plan's card, people and versions out until the commit, and read it again."""
    if not hold(plan):
        raise NotFoundError


def one_line(text: str) -> str:
    return " ".join(without_invisible(text).split())


def tell_workshop(plan: LessonPlan) -> None:
    """Let the workshop's list of plans know; a record is in none."""
    if plan.workshop_id is not None and not plan.is_record:
        plan.seq = bump(f"workshop-plans:{plan.workshop_id}", "plan", plan.id)
        db.session.flush()


def show_comment(found: PlanComment) -> None:
    """Let open pages of the plan fetch the thread of a comment anew."""
    thread = found.parent or found
    thread.seq = bump(f"plan-comments:{found.plan_id}", "comment", thread.id)
    db.session.flush()
