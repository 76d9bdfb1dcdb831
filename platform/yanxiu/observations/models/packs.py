"""The archive pack of a lesson (归档包): what was exported when the lesson was archived, frozen with its hash; and checks of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ColumnElement, ForeignKey, Index, String, and_, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, Timestamps, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.observations.models.lessons import Lesson


class PackState(StrEnum):
    """Where a pack is on its way to being fetched, or a check on its way to its end."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    CANCELED = "canceled"


class LessonPack(Model, Timestamps):
    """One press of 制作归档包. Its hash is that of the stored file; it is never changed, a newer one is another row."""

    __tablename__ = "lesson_pack"
    __table_args__ = (Index("ix_lesson_pack_seq", "lesson_id", "seq"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    maker_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=PackState.WAITING)
    with_recording: Mapped[bool] = mapped_column(default=False)
    holds_scores: Mapped[bool] = mapped_column(default=False)
    """Then only who may see the scores fetches it."""
    holds_plan: Mapped[bool] = mapped_column(default=False)
    """It holds the plan, which its maker may see."""
    contents: Mapped[list[list[str | int]]] = mapped_column(JSON, default=list)
    """Path, bytes and SHA-256 of each file in it, also of its list and sums: what is counted, and what a check compares with."""
    progress: Mapped[int | None] = mapped_column(default=None)
    """How much of it is made, in percent; None until a worker has begun."""
    seq: Mapped[int] = mapped_column(default=0)
    """The number of its last change in the live list of the lesson's packs."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lesson: Mapped[Lesson] = relationship()
    maker: Mapped[User] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    last_check: Mapped["PackCheck | None"] = relationship(
        primaryjoin=lambda: _is_last_check(), viewonly=True, uselist=False
    )
    """However often it was checked, only the last one is read."""


class PackCheck(Model):
    """One comparison with what was frozen: of the stored pack, or of a ZIP that its maker sent. What was found stays."""

    __tablename__ = "pack_check"
    __table_args__ = (Index("ix_pack_check_seq", "pack_id", "seq"),)

    id: Mapped[Id]
    pack_id: Mapped[int] = mapped_column(ForeignKey("lesson_pack.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200), default="")
    """Of the ZIP that was sent; empty for the stored pack."""
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """A ZIP that came with a form, until the end of the check."""
    arrival: Mapped[str | None] = mapped_column(String(32), unique=True)
    """The resumable upload by which a ZIP came; its bytes lie there until the end of the check."""
    state: Mapped[str] = mapped_column(String(12), default=PackState.WAITING)
    progress: Mapped[int | None] = mapped_column(default=None)
    is_same: Mapped[bool] = mapped_column(default=False)
    """To the byte the file that was frozen."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the whole ZIP that was checked."""
    findings: Mapped[list[list[str | int | None]]] = mapped_column(JSON, default=list)
    """Path, verdict (`Verdict`), bytes and SHA-256 of each file."""
    unlisted: Mapped[int] = mapped_column(default=0)
    """So many further files that are not ours are not among the findings."""
    problem: Mapped[str] = mapped_column(String(12), default="")
    """Why nothing could be compared (`Problem`)."""
    seq: Mapped[int] = mapped_column(default=0)
    """The number of its last change in the live list of the lesson's packs."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    pack: Mapped[LessonPack] = relationship()
    upload: Mapped[StoredFile | None] = relationship()


def _is_last_check() -> ColumnElement[bool]:
    later = PackCheck.__table__.alias("later_check")
    has_later = exists().where(later.c.pack_id == PackCheck.pack_id, later.c.id > PackCheck.id)
    return and_(PackCheck.pack_id == LessonPack.id, ~has_later)
