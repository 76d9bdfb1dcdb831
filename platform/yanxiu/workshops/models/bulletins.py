"""Bulletins (简报): what a workshop tells about a period, composed of sections and numbered issue by issue."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.workshops.models.teams import Workshop


class SectionKind(StrEnum):
    """The columns of an issue in their usual order (forms.md 8); the Chinese names are in `bulletin_words`."""

    OPENING = "opening"
    INSIGHTS = "insights"
    ACTIVITIES = "activities"
    DISCUSSION = "discussion"
    WORKS = "works"
    PLANS = "plans"
    VOICES = "voices"
    PEOPLE = "people"
    NEXT = "next"
    TIPS = "tips"


class Bulletin(Model, Timestamps):
    """One issue. `number` is given when it is first published and stays its own, also while it is withdrawn.

    `first_on` and `last_on` are the days it tells about. `text` is what search finds, written at publication. `seq` is
    the number of its last change in the live list `bulletins:<workshop id>`.
    """

    __tablename__ = "bulletin"
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"),
        UniqueConstraint("author_id", "client_uuid"),
        Index("ix_bulletin_seq", "workshop_id", "seq"),
    )

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    number: Mapped[int | None]
    masthead: Mapped[str] = mapped_column(String(60))
    host: Mapped[str] = mapped_column(String(60), default="")
    editor: Mapped[str] = mapped_column(String(60), default="")
    sent_to: Mapped[str] = mapped_column(String(120), default="")
    first_on: Mapped[date]
    last_on: Mapped[date]
    issued_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, default="")
    client_uuid: Mapped[str] = mapped_column(String(36))
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seq: Mapped[int] = mapped_column(default=0)

    workshop: Mapped[Workshop] = relationship()
    author: Mapped[User] = relationship()
    sections: Mapped[list[BulletinSection]] = relationship(
        back_populates="bulletin", order_by="BulletinSection.position"
    )

    @property
    def is_public(self) -> bool:
        """Members read it: published, and not taken back since."""
        return self.published_at is not None and self.withdrawn_at is None and self.deleted_at is None

    @property
    def name(self) -> str:
        """五年级语文工作坊简报 第 3 期; what was never published has no number yet."""
        return f"{self.masthead} 第 {self.number} 期" if self.number else self.masthead


class BulletinSection(Model):
    """One column of an issue.

    `html` is what people edit. `filled_html` is what the figures last put there, which tells whether it was edited since;
    `table` (JSON) holds figures that are never typed. `version` is raised by every change, so that two who write at once
    do not overwrite one another.
    """

    __tablename__ = "bulletin_section"
    __table_args__ = (UniqueConstraint("bulletin_id", "kind"),)

    id: Mapped[Id]
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(default=0)
    included: Mapped[bool] = mapped_column(default=True)
    html: Mapped[str] = mapped_column(Text, default="")
    filled_html: Mapped[str] = mapped_column(Text, default="")
    table: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    bulletin: Mapped[Bulletin] = relationship(back_populates="sections")
    edited_by: Mapped[User | None] = relationship()


class BulletinReading(Model):
    """The page of a published issue was in front of a member; noted once."""

    __tablename__ = "bulletin_reading"

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
