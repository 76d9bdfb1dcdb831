"""Reactions and background jobs of the library: queue rows for search, text and previews by the worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yanxiu.accounts.events import OrganizationMoved
from yanxiu.core.db import db
from yanxiu.core.events import Moment, Subscription
from yanxiu.core.html import clean_html
from yanxiu.core.search_queue import enqueue_index
from yanxiu.core.storage import ReceivedFile, receive_file, storage
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.events import (
    ResourcePublished,
    ResourceRemoved,
    ResourceRestored,
    ResourceTextRead,
    ResourceUpdated,
    ResourceVersionAdded,
    UploadReceived,
)
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.sandbox import examined
from yanxiu.resources.models import ResourceFile, ResourceUpload
from yanxiu.resources.services import UPLOAD_LIFETIME, discard_upload, follow_organization, note_preview, note_text
from yanxiu.web.live import recheck_rooms

_IMAGE_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


def _queue_reading(event: ResourcePublished | ResourceVersionAdded) -> None:
    for kind in ("resources.extract_text", "resources.make_preview"):
        enqueue(kind, {"file_id": event.file_id}, key=f"{kind}:{event.file_id}")
    enqueue_index("resource", event.resource_id)


def _reindex(event: ResourceTextRead | ResourceRestored) -> None:
    enqueue_index("resource", event.resource_id)


def _reindex_narrowed(event: ResourceUpdated) -> None:
    enqueue_index("resource", event.resource_id, narrowed=True)


def _drop_from_index(event: ResourceRemoved) -> None:
    enqueue_index("resource", event.resource_id, deleted=True)


def _follow(event: OrganizationMoved) -> None:
    follow_organization(event.old_path, event.new_path)


def _recheck(event: ResourceUpdated | ResourceRemoved) -> None:
    """Fewer people may see it now, perhaps: who has its page open is asked again."""
    recheck_rooms(topic=f"resource:{event.resource_id}")


def _queue_expiry(event: UploadReceived) -> None:
    enqueue("resources.drop_upload", {"upload_id": event.upload_id}, delay_s=UPLOAD_LIFETIME.total_seconds())


def extract_text(payload: dict[str, Any], job: JobContext) -> None:
    """Read the text of a version in a child; a file that cannot be read has none. Running twice is harmless."""
    source = _source_of(payload["file_id"])
    if source is None:
        return
    key, extension = source
    try:
        with storage().local_copy(key) as path, examined("text", extension, path) as (result, _folder):
            text = str(result.get("text", ""))
    except UnsuitableFileError:
        text = ""
    with unit_of_work():
        file = db.session.get(ResourceFile, payload["file_id"])
        if file is not None:
            note_text(file, text)


def make_preview(payload: dict[str, Any], job: JobContext) -> None:
    """Make the preview of a version in a child, clean it here, store it. Running twice replaces it."""
    source = _source_of(payload["file_id"])
    if source is None:
        return
    key, extension = source
    kind, html, data, message = "none", "", {}, ""
    images: list[ReceivedFile] = []
    try:
        with storage().local_copy(key) as path, examined("preview", extension, path) as (result, folder):
            kind, data = str(result["kind"]), dict(result.get("data") or {})
            html = clean_html(str(result.get("html", "")))
            images = [_kept(folder, str(name)) for name in result.get("images", [])]
    except UnsuitableFileError as error:
        message = error.message
    with unit_of_work():
        file = db.session.get(ResourceFile, payload["file_id"])
        if file is not None:
            note_preview(file, kind, html, data, images, message)


def drop_upload(payload: dict[str, Any], job: JobContext) -> None:
    """Throw away a file nobody described within a week."""
    with unit_of_work():
        upload = db.session.get(ResourceUpload, payload["upload_id"])
        if upload is not None:
            discard_upload(None, upload)


def _source_of(file_id: int) -> tuple[str, str] | None:
    """The key and extension of a version's file; None if it is gone. The read transaction is ended."""
    file = db.session.get(ResourceFile, file_id)
    found = None if file is None else (file.stored_file.key, file.extension)
    db.session.rollback()
    return found


def _kept(folder: Path, name: str) -> ReceivedFile:
    path = folder / Path(name).name
    with path.open("rb") as source:
        return receive_file(source, path.name, _IMAGE_TYPES[path.suffix])


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(ResourcePublished, _queue_reading),
    Subscription(ResourceVersionAdded, _queue_reading),
    Subscription(ResourceTextRead, _reindex),
    Subscription(ResourceRestored, _reindex),
    Subscription(ResourceUpdated, _reindex_narrowed),
    Subscription(ResourceRemoved, _drop_from_index),
    Subscription(UploadReceived, _queue_expiry),
    Subscription(OrganizationMoved, _follow),
    Subscription(ResourceUpdated, _recheck, Moment.AFTER_COMMIT),
    Subscription(ResourceRemoved, _recheck, Moment.AFTER_COMMIT),
)
JOBS: dict[str, JobHandler] = {
    "resources.extract_text": extract_text,
    "resources.make_preview": make_preview,
    "resources.drop_upload": drop_upload,
}
