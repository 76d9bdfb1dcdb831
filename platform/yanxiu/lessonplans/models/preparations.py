"""集体备课 as states of a plan: the shared plan everybody agreed on, and what each teacher made of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.lessonplans.models.plans import LessonPlan
from yanxiu.lessonplans.models.revisions import Revision

ALONE, DRAFT, REVIEW, AGREED, FINAL = "", "draft", "review", "agreed", "final"
PHASES = {DRAFT: "初案", REVIEW: "评议", AGREED: "共案", FINAL: "定案"}
FROZEN = frozenset({AGREED, FINAL})
"""In these nobody writes in the shared plan: what was agreed on is a version."""


class Preparation(Model):
    """A plan that a group prepares together; the phase it is in stands on the plan (`LessonPlan.phase`).

    `agreed_id` is the version that is the 共案 now, `times` how often one was agreed on; both outlive going back to 评议.
    """

    __tablename__ = "preparation"

    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    agreed_id: Mapped[int | None] = mapped_column(ForeignKey("plan_revision.id"))
    final_id: Mapped[int | None] = mapped_column(ForeignKey("plan_revision.id"))
    times: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)

    plan: Mapped[LessonPlan] = relationship()
    agreed: Mapped[Revision | None] = relationship(foreign_keys=[agreed_id])
    final: Mapped[Revision | None] = relationship(foreign_keys=[final_id])


class Adaptation(Model):
    """A teacher's 个案: an own copy of the 共案, with the day it is taught and whether a reflection was written.

    `base` is the number of the version it was made from, `bases` that of single sections that were pulled in or kept
    later, by section key. What differs is counted whenever the copy comes to rest.
    """

    __tablename__ = "plan_adaptation"
    __table_args__ = (
        UniqueConstraint("source_id", "teacher_id"),
        Index("ix_plan_adaptation_teacher_id", "teacher_id", "reflected_at"),
    )

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), unique=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    base: Mapped[int]
    bases: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    changed_sections: Mapped[int] = mapped_column(default=0)
    changed_characters: Mapped[int] = mapped_column(default=0)
    taught_on: Mapped[date | None]
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reflected_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    source: Mapped[LessonPlan] = relationship(foreign_keys=[source_id])
    plan: Mapped[LessonPlan] = relationship(foreign_keys=[plan_id])
    teacher: Mapped[User] = relationship()


__all__ = ["AGREED", "ALONE", "DRAFT", "FINAL", "FROZEN", "PHASES", "REVIEW", "Adaptation", "Preparation"]
