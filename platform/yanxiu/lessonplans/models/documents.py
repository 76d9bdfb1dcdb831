"""The co-edited document: its log, its text for reading, its pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.core import clock
from yanxiu.core.db import Id, Model
from yanxiu.core.storage import StoredFile


class PlanSnapshot(Model):
    """The compacted document. `seq` is the last log row it contains, `head` the last number given out.

    A new `epoch` means that the document was replaced and local copies must be dropped.
    A quarantined document could not be loaded: it is still stored and relayed, but not compacted.
    """

    __tablename__ = "plan_snapshot"

    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    head: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    log_rows: Mapped[int] = mapped_column(default=0)
    log_bytes: Mapped[int] = mapped_column(default=0)
    quarantined_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class PlanUpdate(Model):
    """One committed batch of edits, merged; `user_ids` says whose, as "3,17"."""

    __tablename__ = "plan_update"

    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    user_ids: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class PlanHistory(Model):
    """A stretch of the log that the snapshot has swallowed, packed by `collab.history`; nothing of it is ever dropped.

    The first stretch of a plan is its `is_beginning`: not edits but the whole state (compressed) at `last_seq`. `grain_s`
    is 0 while each commit is kept by itself, else the seconds within which one author's edits were merged (`thinning`).
    """

    __tablename__ = "plan_history"
    __table_args__ = (Index("ix_plan_history_grain_s", "grain_s", "last_at"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    is_beginning: Mapped[bool] = mapped_column(default=False, primary_key=True)
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    grain_s: Mapped[int] = mapped_column(default=0)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PlanCredit(Model):
    """Characters whose author is somebody else than the one whose edit put them in, as after going back to a version.

    They are those of the writer number `client` (of Yjs) from `first` up to, not including, `until`; without a person they
    are nobody's, as those of a template.
    """

    __tablename__ = "plan_credit"

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), index=True)
    client: Mapped[int] = mapped_column(BigInteger)
    first: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class PlanText(Model):
    """The document as HTML and as plain text, as of log number `seq`, for reading and searching."""

    __tablename__ = "plan_text"

    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1)
    seq: Mapped[int] = mapped_column(BigInteger)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    characters: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class PlanImage(Model):
    """A picture used in a plan; shown to whoever may see the plan."""

    __tablename__ = "plan_image"

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    file: Mapped[StoredFile] = relationship()
