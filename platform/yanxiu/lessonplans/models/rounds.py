"""磨课: the rounds of a plan with a lesson between them, and what others suggested for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.lessonplans.models.plans import LessonPlan
from yanxiu.lessonplans.models.revisions import Revision

OPEN, ADOPTED, DECLINED, WITHDRAWN = "open", "adopted", "declined", "withdrawn"
DECISIONS = {ADOPTED: "采纳", DECLINED: "不采纳"}
READER, REMARK, COMMENT = "reader", "remark", "comment"
"""Where a suggestion comes from: somebody who read the plan, a comment on the lesson's recording or on the plan's text."""


class PlanRound(Model):
    """A copy (一稿, 二稿, 三稿) as it was taught. `lesson_id` is the number of the lesson, which the plan knows only so."""

    __tablename__ = "plan_round"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    number: Mapped[int]
    revision_id: Mapped[int] = mapped_column(ForeignKey("plan_revision.id"))
    lesson_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    revision: Mapped[Revision] = relationship()
    author: Mapped[User] = relationship()


class Suggestion(Model):
    """A suggestion for a passage, and what became of it.

    The passage is a section, the words that stood there (`quote`) and, where it was a comment on the text, the number of
    the mark that its words carry (`anchor`). `outcome` is the passage as it reads
    since the suggestion was adopted. `remark_id` is the comment on a recording it was taken from; who took it down is
    `recorder_id`, whose words they are `author_id`.
    """

    __tablename__ = "plan_suggestion"
    __table_args__ = (
        UniqueConstraint("recorder_id", "client_uuid"),
        Index("ix_plan_suggestion_plan_id", "plan_id", "id"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("plan_round.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    recorder_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    source: Mapped[str] = mapped_column(String(10), default=READER)
    remark_id: Mapped[int | None] = mapped_column(index=True)
    section: Mapped[str] = mapped_column(String(40), default="")
    quote: Mapped[str] = mapped_column(String(300), default="")
    anchor: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    reason: Mapped[str] = mapped_column(String(300), default="")
    outcome: Mapped[str] = mapped_column(String(300), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    client_uuid: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    plan: Mapped[LessonPlan] = relationship()
    round: Mapped[PlanRound | None] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
