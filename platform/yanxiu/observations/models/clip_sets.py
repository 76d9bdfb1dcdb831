"""微格片段集: stretches of recordings in an order, each with what one is to look for."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.observations.models.lessons import Lesson


class ClipSet(Model, Timestamps):
    """Somebody's set of clips: their own, or shared with a workshop. It widens nobody's right to watch a lesson.

    `used_at`: when its owner last made it or put something in; the next clip goes there.
    """

    __tablename__ = "clip_set"
    __table_args__ = (
        Index("ix_clip_set_newest", "created_at", "id"),
        Index("ix_clip_set_owner", "owner_id", "used_at"),
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(80))
    introduction: Mapped[str] = mapped_column(String(500), default="")
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="SET NULL"), index=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    owner: Mapped[User] = relationship()


class SetClip(Model, Timestamps):
    """A stretch of a lesson in a set, in milliseconds of media time of the version of the film from which it was taken.

    `position` counts from 0 among those that were not taken out.
    """

    __tablename__ = "clip_set_clip"
    __table_args__ = (Index("ix_clip_set_clip", "set_id", "position"),)

    id: Mapped[Id]
    set_id: Mapped[int] = mapped_column(ForeignKey("clip_set.id", ondelete="CASCADE"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("recording_version.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    position: Mapped[int]
    task: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    clip_set: Mapped[ClipSet] = relationship()
    lesson: Mapped[Lesson] = relationship()

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms
