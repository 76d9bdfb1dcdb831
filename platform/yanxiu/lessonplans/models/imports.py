"""What was taken over from Word files, so that a second press of the same button changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.lessonplans.models.plans import LessonPlan


class PlanImport(Model):
    """A Word file was put into a plan. `update` is what it writes into one that was there: written twice it is there
    once, so that who was told that the disk is full may press again. Forgotten after some days."""

    __tablename__ = "plan_import"
    __table_args__ = (UniqueConstraint("actor_id", "client_uuid"),)

    id: Mapped[Id]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    client_uuid: Mapped[str] = mapped_column(String(36))
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), index=True)
    update: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    plan: Mapped[LessonPlan] = relationship()
