"""The Word file in which a school wants its plans printed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.core.storage import StoredFile


class SchoolLayout(Model):
    """A layout with placeholders; the newest one that is not retired counts. `names` are its placeholders."""

    __tablename__ = "plan_layout"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    names: Mapped[list[str]] = mapped_column(JSON)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    file: Mapped[StoredFile] = relationship()
    author: Mapped[User] = relationship()
