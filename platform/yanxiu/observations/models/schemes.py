"""Schemes of codes that a school, a county or a teacher made, in versions; a coding keeps the version it used."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.instruments.scheme_lines import scheme_from
from yanxiu.observations.instruments.schemes import Scheme


class CodingScheme(Model, Timestamps):
    """A scheme by name. Without an organization it is its maker's own.

    `slug` stands in addresses and codings; it is random, so that a scheme keeps it on another server.
    """

    __tablename__ = "coding_scheme"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    maker_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    maker: Mapped[User] = relationship()
    organization: Mapped[Organization | None] = relationship()
    versions: Mapped[list["SchemeVersion"]] = relationship(
        back_populates="family", cascade="all, delete-orphan", order_by="SchemeVersion.number"
    )


class SchemeVersion(Model, Timestamps):
    """One state of a scheme. Once a coding uses it, it never changes: see services.schemes.save_scheme."""

    __tablename__ = "coding_scheme_version"
    __table_args__ = (UniqueConstraint("scheme_id", "number"),)

    id: Mapped[Id]
    scheme_id: Mapped[int] = mapped_column(ForeignKey("coding_scheme.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

    family: Mapped[CodingScheme] = relationship(back_populates="versions")

    @property
    def scheme(self) -> Scheme:
        return scheme_from(self.body, self.family.slug, self.family.name, self.number, self.id)
