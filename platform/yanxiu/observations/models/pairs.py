"""Two lessons that belong together: which moments of them are the same phase."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime


class LessonAlignment(Model):
    """The anchors of two lessons, as `[[ms of the first, ms of the second, label], …]`; the first has the smaller number."""

    __tablename__ = "lesson_alignment"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    anchors: Mapped[list[Any]] = mapped_column(JSON)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    saved_by: Mapped[User] = relationship()
