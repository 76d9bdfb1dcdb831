"""Uploads that were handed over and are not in the store yet: what a backup takes of the folder of uploads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from yanxiu.core.backup import Beside
from yanxiu.core.db import db
from yanxiu.core.storage import StoredFile
from yanxiu.observations.models import RecordingVersion, VersionState


@dataclass(frozen=True)
class WaitingUploads:
    """Their teachers were told that the recording has arrived, so it has to come back with the rest.

    An upload still under way is not here: whoever sends it still has it.
    """

    root: Path

    def wanted(self, connection: Connection) -> list[Beside]:
        """The bytes and the small file beside them, which the preparation can do without."""
        on_their_way = RecordingVersion.state.in_((VersionState.WAITING, VersionState.PROCESSING))
        statement = select(RecordingVersion.upload_id).where(RecordingVersion.original_id.is_(None), on_their_way)
        ids = connection.execute(statement.order_by(RecordingVersion.id)).scalars()
        return [
            file
            for upload_id in ids
            for file in (Beside(f"{upload_id}.part", True), Beside(f"{upload_id}.json", False))
        ]

    def moved_to(self, name: str) -> str | None:
        """The preparation may store the bytes between the copy of the database and ours."""
        upload_id, _, kind = name.partition(".")
        if kind != "part":
            return None
        statement = select(StoredFile.key).join(RecordingVersion, RecordingVersion.original_id == StoredFile.id)
        key = db.session.scalar(statement.where(RecordingVersion.upload_id == upload_id))
        db.session.rollback()
        return key
