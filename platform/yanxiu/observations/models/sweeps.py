"""学生投入扫视 as it was counted: one row for each look over the class."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.models.lessons import Lesson


class AttentionSweep(Model, Timestamps):
    """One sweep: by the clock in the classroom (`taken_at`), or at a moment of a recording (`version_id`, `start_ms`).

    `counts`: how many pupils were off task, by the kinds of `instruments.sweeps.KINDS`.
    """

    __tablename__ = "attention_sweep"
    __table_args__ = (
        UniqueConstraint("observer_id", "client_uuid"),
        Index("ix_attention_sweep_lesson", "lesson_id", "observer_id"),
    )

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    observer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    client_uuid: Mapped[str] = mapped_column(String(36))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("recording_version.id"), index=True)
    start_ms: Mapped[int | None]
    pupils: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)

    lesson: Mapped[Lesson] = relationship()
    observer: Mapped[User] = relationship()
