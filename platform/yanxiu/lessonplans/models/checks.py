"""查阅: what leaders said of a plan they read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.lessonplans.models.plans import LessonPlan

GRADES = {"excellent": "优", "good": "良", "pass": "合格", "revise": "修改"}


class PlanCheck(Model):
    """A plan was read by somebody who looks after it: a grade and a remark. Read again later, there is another one."""

    __tablename__ = "plan_check"
    __table_args__ = (
        Index("ix_plan_check_plan_id", "plan_id", "created_at"),
        Index("ix_plan_check_checker_id", "checker_id", "created_at"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    checker_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    grade: Mapped[str] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    plan: Mapped[LessonPlan] = relationship()
    checker: Mapped[User] = relationship()

    @property
    def grade_words(self) -> str:
        return GRADES.get(self.grade, "")
