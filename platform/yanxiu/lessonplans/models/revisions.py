"""Versions of a plan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.lessonplans.models.plans import LessonPlan

NAMED, BEFORE_RESTORE, AUTOMATIC = "named", "before_restore", "automatic"


class Revision(Model):
    """A named, immutable state of a plan: the full document, compressed. What it says is never changed.

    One that was kept by itself may be taken away with age (`thinning`), unless somebody went back to it (`restored_at`).
    `seq` is the number of the last log row it contains, so that what rested is kept by itself only once.
    """

    __tablename__ = "plan_revision"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default=NAMED)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    title: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    characters: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    restored_at: Mapped[datetime | None]

    plan: Mapped[LessonPlan] = relationship()
    author: Mapped[User] = relationship()


class RevisionShare(Model):
    """How many characters of a version somebody wrote that still stand in it (`authorship`): their adopted ones."""

    __tablename__ = "plan_revision_share"

    revision_id: Mapped[int] = mapped_column(ForeignKey("plan_revision.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    characters: Mapped[int]

    user: Mapped[User] = relationship()
