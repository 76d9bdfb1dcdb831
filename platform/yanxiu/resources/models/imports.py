"""Tables of imports: a sheet that describes many files at once, and what became of each of its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from yanxiu.accounts.models import User
from yanxiu.core.db import Id, Model, Timestamps

DRAFT, UNPACKING, BROKEN = "draft", "unpacking", "broken"
RUNNING, FINISHED, UNDOING, UNDONE = "running", "done", "undoing", "undone"


class ResourceImport(Timestamps, Model):
    """A sheet of resources. Until it is confirmed (`draft`) nothing of it is in the library.

    draft → running → done → undoing → undone; a ZIP begins as unpacking and becomes a draft, or broken with a `message`.
    `unused` are names of files that no row had named when it was confirmed. Of a ZIP, `refused` are files that were not
    taken, each with the reason, and `progress` tells how far it is unpacked: `next` entry, `packed` bytes `of` all, and
    `unpacked` ones.
    """

    __tablename__ = "resource_import"
    __table_args__ = ({"sqlite_autoincrement": True},)  # jobs know an import by its number: none is given twice

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16), default=DRAFT)
    message: Mapped[str] = mapped_column(String(300), default="")
    unused: Mapped[list[str]] = mapped_column(JSON, default=list)
    refused: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    progress: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    finished_at: Mapped[datetime | None]

    owner: Mapped[User] = relationship()


class ResourceImportRow(Model):
    """A row of the sheet: `number` as the spreadsheet shows it, `cells` as they were typed.

    Once confirmed, `outcome` is queued, made, failed, or why it was left out (same, missing, faulty); after the import
    was taken back, undone or kept. `details` and `upload_id` wait for a queued row.
    """

    __tablename__ = "resource_import_row"
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("resource_import.id"))
    number: Mapped[int]
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    outcome: Mapped[str] = mapped_column(String(16), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    upload_id: Mapped[int | None]
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
