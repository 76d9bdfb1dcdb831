"""Table of the curriculum standards as a county keeps them."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.db import Id, Model, Timestamps


class SubjectStandard(Timestamps, Model):
    """核心素养 and 学习任务群 or 领域—主题 of a subject in a county's own words; without a row the shipped ones hold.

    `heading` is what the subject calls its `themes`. Resources carry the words themselves and keep them.
    """

    __tablename__ = "resource_standard"
    __table_args__ = (UniqueConstraint("county_id", "subject"),)

    id: Mapped[Id]
    county_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    subject: Mapped[str] = mapped_column(String(20))
    literacies: Mapped[list[str]] = mapped_column(JSON, default=list)
    heading: Mapped[str] = mapped_column(String(20), default="")
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
