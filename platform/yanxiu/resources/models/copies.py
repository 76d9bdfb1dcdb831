"""Plans that were made out of resources, and who looked at a resource on a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model


class ResourceCopy(Model):
    """Somebody made a lesson plan of their own out of a version of a resource (改编自).

    The library knows the plan by its number only; version `base` of the plan is how it read when it was taken over.
    """

    __tablename__ = "resource_copy"
    __table_args__ = (Index("ix_resource_copy_resource_id", "resource_id", "id"),)

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("resource_file.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    plan_id: Mapped[int] = mapped_column(unique=True)
    base: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()


class ResourceView(Model):
    """Somebody who is signed in opened a resource on a day (Asia/Shanghai); its owner is not counted."""

    __tablename__ = "resource_view"
    __table_args__ = ({"sqlite_with_rowid": False},)

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    day: Mapped[date] = mapped_column(primary_key=True)
