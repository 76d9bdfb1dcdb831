"""Archives of whole workshops: those asked for here, and those that workshops were read back from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime
from yanxiu.core.storage import StoredFile
from yanxiu.workshops.models.teams import Workshop


class ArchiveState(StrEnum):
    """Where an archive stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class WorkshopArchive(Model):
    """Somebody who leads asked for the archive of a workshop. `file_id` is there while it can be fetched."""

    __tablename__ = "workshop_archive"
    __table_args__ = (Index("ix_workshop_archive_seq", "workshop_id", "seq"),)

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default=ArchiveState.WAITING.value)
    progress: Mapped[int] = mapped_column(default=0)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    workshop: Mapped[Workshop] = relationship()
    actor: Mapped[User] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class WorkshopOrigin(Model):
    """The archive a workshop was read back from; the same archive makes only one workshop."""

    __tablename__ = "workshop_origin"

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    archive_key: Mapped[str] = mapped_column(String(64), unique=True)
    archived_on: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    workshop: Mapped[Workshop] = relationship()
