"""The door for recordings: whose lesson an upload belongs to, and what happens once it is there."""

from __future__ import annotations

import time
from typing import Any

from flask import current_app

from yanxiu.core.resumable.protocol import ProtocolError, parse_size
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.jobs import schedule_sweep
from yanxiu.observations.uploads.folder import open_store
from yanxiu.observations.uploads.handover import hand_over
from yanxiu.observations.views.blueprint import load_editable
from yanxiu.web import resumable
from yanxiu.web.auth import current_actor, current_viewer


class RecordingTaker:
    """Recordings of lessons as what the uploads of this door are for."""

    def store(self) -> UploadStore:
        return open_store(current_app.config["YANXIU"])

    def begin(self, store: UploadStore, length: int | None, metadata: dict[str, str]) -> Upload:
        lesson_id = parse_size(metadata.get("lesson"), "lesson")
        if lesson_id is None:
            raise ProtocolError(400, "没有说明是哪一节课的实录")
        return begin_upload(store, lesson_id, length, metadata)

    def complete(self, store: UploadStore, upload: Upload) -> None:
        hand_over(store, upload, current_viewer(), current_actor())


uploads_bp = resumable.tus_blueprint("observation_uploads", "/uploads", RecordingTaker())


def begin_upload(store: UploadStore, lesson_id: int, length: int | None, metadata: dict[str, str]) -> Upload:
    """Open an upload for a lesson the caller may change; an expired one is swept some day."""
    load_editable(lesson_id)
    upload = store.create(current_actor().id, lesson_id, length, metadata, time.time())
    with unit_of_work():
        schedule_sweep()
    return upload


def unfinished_uploads() -> list[dict[str, Any]]:
    """Return the caller's recordings that wait to be continued, of any lesson: together they fill the caller's quota."""
    waiting = resumable.unfinished_uploads(open_store(current_app.config["YANXIU"]))
    return [
        {
            "id": upload.id,
            "lesson_id": upload.subject_id,
            "name": upload.metadata.get("filename", ""),
            "size": upload.length,
            "print": upload.metadata.get("print", ""),
            "offset": offset,
        }
        for upload, offset in waiting
    ]
