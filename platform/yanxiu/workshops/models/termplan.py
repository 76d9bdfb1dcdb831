"""The plan of a term: stages in their order, and what is done in each of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime


class TermStage(Model, Timestamps):
    """A stretch of the term with a goal. `client_uuid` makes sending its form twice the same as once."""

    __tablename__ = "term_stage"
    __table_args__ = (UniqueConstraint("workshop_id", "client_uuid"),)

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    goal: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)
    client_uuid: Mapped[str] = mapped_column(String(36))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TermItem(Model, Timestamps):
    """One thing of a stage. What it stands for is known by kind and id only, so that a workshop need not know
    what it contains; `target_id` is empty while there is only the intention, `url` is for readings elsewhere.
    """

    __tablename__ = "term_item"
    __table_args__ = (
        UniqueConstraint("workshop_id", "client_uuid"),
        Index("ix_term_item_target", "kind", "target_id"),
    )

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("term_stage.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(100))
    target_id: Mapped[int | None]
    url: Mapped[str] = mapped_column(String(500), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    client_uuid: Mapped[str] = mapped_column(String(36))
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TermTick(Model):
    """A member says to have done an item of the plan that the workshop cannot know of by itself."""

    __tablename__ = "term_tick"

    item_id: Mapped[int] = mapped_column(ForeignKey("term_item.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    ticked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
