"""Templates that a school made for itself. What a plan was made from never changes: an edit is a new version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model

SCHOOL_TEMPLATE = "school"
"""What `LessonPlan.template` says where the plan was made from a school's template (`template_version_id`)."""


class SchoolTemplate(Model):
    """A template of a school, for one subject or for all. Retired, it is offered no more; its plans stay."""

    __tablename__ = "plan_template"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(100), default="")
    subject: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    versions: Mapped[list[TemplateVersion]] = relationship(
        back_populates="template", order_by="TemplateVersion.number.desc()"
    )

    @property
    def current(self) -> TemplateVersion:
        return self.versions[0]


class TemplateVersion(Model):
    """The sections as they were saved once: key, title, hint, parts, whether required; never changed."""

    __tablename__ = "plan_template_version"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("plan_template.id"))
    number: Mapped[int]
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    template: Mapped[SchoolTemplate] = relationship(back_populates="versions")
    author: Mapped[User] = relationship()
