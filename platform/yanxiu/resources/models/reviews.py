"""Table of reviews: what a school or a county said about a version of a resource. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import Id, Model


class ResourceReview(Model):
    """One decision at a step (school, county). `grading` is the level given, empty when it was returned with a `reason`."""

    __tablename__ = "resource_review"

    id: Mapped[Id]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("resource_file.id"))
    step: Mapped[str] = mapped_column(String(10))
    grading: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    reviewer: Mapped[User] = relationship()
