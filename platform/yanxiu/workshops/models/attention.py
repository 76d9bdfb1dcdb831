"""Who came by on which day, and whom a leader reminded of what."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime


class WorkshopVisit(Model):
    """A day (Asia/Shanghai) on which a member opened a page of the workshop; however often, one row."""

    __tablename__ = "workshop_visit"
    __table_args__ = (Index("ix_workshop_visit_day", "workshop_id", "day"),)

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class Nudge(Model):
    """A leader reminds members of one matter; `item_id` names the thing, 0 when the matter is the workshop itself.

    It leaves after some seconds, so that it can be taken back; who rests hears of it when the quiet hours end.
    """

    __tablename__ = "workshop_nudge"

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    matter: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int] = mapped_column(default=0)
    canceled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    actor: Mapped[User] = relationship()


class NudgeRecipient(Model):
    """One person of a nudge; the constraint allows one a day for each person and matter."""

    __tablename__ = "workshop_nudge_recipient"
    __table_args__ = (UniqueConstraint("workshop_id", "user_id", "matter", "item_id", "day"),)

    id: Mapped[Id]
    nudge_id: Mapped[int] = mapped_column(ForeignKey("workshop_nudge.id", ondelete="CASCADE"), index=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    matter: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int] = mapped_column(default=0)
    day: Mapped[date] = mapped_column(Date)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
