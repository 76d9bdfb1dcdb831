"""Signatures of posts and works: derived from them at any time, kept so that a close earlier text is found at once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.db import Id, Model, UtcDateTime


class TextKind(StrEnum):
    """What a signature is of: a post, or the newest copy of what somebody handed in."""

    POST = "post"
    WORK = "work"


class TextSignature(Model):
    """That a text was signed; the earlier text of somebody else closest to it and how close, if any is."""

    __tablename__ = "text_signature"
    __table_args__ = (
        UniqueConstraint("kind", "object_id"),
        Index("ix_text_signature_workshop", "workshop_id", "made_at"),
        Index("ix_text_signature_close", "workshop_id", "near_percent"),
    )

    id: Mapped[Id]
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(4))
    object_id: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    near_id: Mapped[int | None] = mapped_column(ForeignKey("text_signature.id", ondelete="SET NULL"), index=True)
    near_percent: Mapped[int] = mapped_column(default=0)


class TextBand(Model):
    """One band of a signature; texts that share one are looked at."""

    __tablename__ = "text_band"
    __table_args__ = (Index("ix_text_band_text", "text_id"), {"sqlite_with_rowid": False})

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("text_signature.id", ondelete="CASCADE"), primary_key=True)


class FileText(Model):
    """What stands in a file that was handed in, given with a task or sent with a post; an empty text of one in which nothing is to be read.

    One that took too long is read once more from `read_again_at` on; after that it counts as one without text.
    """

    __tablename__ = "file_text"

    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    read_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
