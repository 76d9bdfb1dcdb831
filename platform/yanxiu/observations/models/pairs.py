"""Two lessons that belong together: the same phases of both, one taught again after the other, and what became better."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime
from yanxiu.observations.models.comments import TimedComment
from yanxiu.observations.models.lessons import Lesson

MOMENT_MS = 15_000
"""So much is shown of what a comment says about a moment."""


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


class SecondTeaching(Model):
    """That a lesson was taught again after another (二次上课); one may follow that one in turn."""

    __tablename__ = "second_teaching"

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), unique=True)
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ClipPair(Model):
    """改进前/后: an adopted comment on the first lesson, and the stretch of the second that shows what became of it."""

    __tablename__ = "clip_pair"
    __table_args__ = (UniqueConstraint("comment_id", "second_id"),)

    id: Mapped[Id]
    comment_id: Mapped[int] = mapped_column(ForeignKey("timed_comment.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    tied_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    comment: Mapped[TimedComment] = relationship()
    second: Mapped[Lesson] = relationship()

    @property
    def before(self) -> tuple[int, int]:
        """Return the stretch of the first lesson in ms: that of the comment, or what follows its moment."""
        end_ms = self.comment.end_ms
        return self.comment.start_ms, self.comment.start_ms + MOMENT_MS if end_ms is None else end_ms
