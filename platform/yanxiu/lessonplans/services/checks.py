"""查阅: saying how good a plan is."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.lessonplans.events.checks import PlanChecked
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.checks import GRADES, PlanCheck
from yanxiu.lessonplans.services.holding import hold_plan


def check_plan(actor: User, plan: LessonPlan, grade: str, remark: str) -> PlanCheck:
    """Grade a plan; who asks for a change says what to change."""
    hold_plan(plan)
    if grade not in GRADES:
        raise InvalidError("请选一个等第", field="grade")
    words = without_invisible(remark).strip()[:500]
    if grade == "revise" and not words:
        raise InvalidError("请写一句哪里要修改", field="remark")
    made = PlanCheck(plan_id=plan.id, checker_id=actor.id, grade=grade, remark=words)
    db.session.add(made)
    db.session.flush()
    record_audit(actor, "plan.check", "lesson_plan", plan.id, grade=grade)
    record(PlanChecked(plan.id, actor.id, grade))
    return made
