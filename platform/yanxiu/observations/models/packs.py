"""The archive pack of a lesson (归档包): what was exported when the lesson was archived, frozen with its hash."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.observations.models.lessons import Lesson


class PackState(StrEnum):
    """Where a pack is on its way to being fetched."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class LessonPack(Model, Timestamps):
    """One press of 制作归档包. Its hash is that of the stored file; it is never changed, a newer one is another row."""

    __tablename__ = "lesson_pack"

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    maker_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=PackState.WAITING)
    with_recording: Mapped[bool] = mapped_column(default=False)
    holds_scores: Mapped[bool] = mapped_column(default=False)
    """Then only who may see the scores fetches it."""
    holds_plan: Mapped[bool] = mapped_column(default=False)
    """It holds the plan, which its maker may see."""
    file_count: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lesson: Mapped[Lesson] = relationship()
    maker: Mapped[User] = relationship()
    file: Mapped[StoredFile | None] = relationship()
