"""Reactions and background jobs of the library: queue rows for search, text and previews by the worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from yanxiu.accounts.events import OrganizationCreated, OrganizationMoved
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.events import Moment, Subscription, record
from yanxiu.core.file_text import SlowFileError, text_in_file
from yanxiu.core.html import clean_html
from yanxiu.core.search_queue import enqueue_index, enqueue_index_many
from yanxiu.core.signatures import band_keys
from yanxiu.core.storage import ReceivedFile, receive_file, storage
from yanxiu.core.tasks import JobContext, JobHandler, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.events.copies import OriginalCopied
from yanxiu.lessonplans.events.preparations import PlanMoved
from yanxiu.observations import events as lessons
from yanxiu.resources.arrivals import SWEEP_JOB, sweep_arrivals
from yanxiu.resources.events import (
    CollectionChanged,
    ResourceOpened,
    ResourcePublished,
    ResourceRemoved,
    ResourceRestored,
    ResourceReviewed,
    ResourcesFiled,
    ResourceTextRead,
    ResourceUpdated,
    ResourceVersionAdded,
    UploadReceived,
)
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.sandbox import NoTurnError
from yanxiu.resources.from_lessons import leave_with_lessons
from yanxiu.resources.from_plans import FROM_PLAN, publish_plan
from yanxiu.resources.import_arrivals import SWEEP_JOB as IMPORT_SWEEP
from yanxiu.resources.import_arrivals import sweep_import_arrivals
from yanxiu.resources.importing import JOBS as IMPORT_JOBS
from yanxiu.resources.models import ResourceFile, ResourceUpload
from yanxiu.resources.preview.rendering import previewed
from yanxiu.resources.queries.collections import collection_ids_with
from yanxiu.resources.queries.likeness import nearest_file
from yanxiu.resources.services import UPLOAD_LIFETIME, discard_upload, follow_organization, note_preview, note_text
from yanxiu.resources.services.copies import note_copy
from yanxiu.resources.services.equipping import equip_next
from yanxiu.resources.services.generated import leave_with, tell_pages
from yanxiu.resources.services.textbooks import INSTALL_BOOKS
from yanxiu.resources.services.voices import topic_of
from yanxiu.resources.version_arrivals import SWEEP_JOB as VERSION_SWEEP
from yanxiu.resources.version_arrivals import sweep_version_arrivals
from yanxiu.web.live import recheck_rooms
from yanxiu.workshops.events import ThingOpened

READ_AGAIN_S = 900
"""After how long a file is read once more that took too long."""
_IMAGE_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


def _queue_reading(event: ResourcePublished | ResourceVersionAdded) -> None:
    for kind in ("resources.extract_text", "resources.make_preview"):
        enqueue(kind, {"file_id": event.file_id}, key=f"{kind}:{event.file_id}")
    enqueue_index("resource", event.resource_id)


def _reindex(event: ResourceTextRead | ResourceReviewed) -> None:
    enqueue_index("resource", event.resource_id)


def _reindex_filed(event: ResourcesFiled) -> None:
    enqueue_index_many("resource", event.resource_ids)


def _reindex_narrowed(event: ResourceUpdated) -> None:
    enqueue_index("resource", event.resource_id, narrowed=True)
    enqueue_index_many("collection", collection_ids_with(event.resource_id), urgent=True)


def _drop_from_index(event: ResourceRemoved) -> None:
    enqueue_index("resource", event.resource_id, deleted=True)
    enqueue_index_many("collection", collection_ids_with(event.resource_id), urgent=True)


def _reindex_restored(event: ResourceRestored) -> None:
    enqueue_index("resource", event.resource_id)
    enqueue_index_many("collection", collection_ids_with(event.resource_id))


def _reindex_collection(event: CollectionChanged) -> None:
    enqueue_index("collection", event.collection_id, narrowed=event.narrowed)


def _follow(event: OrganizationMoved) -> None:
    follow_organization(event.old_path, event.new_path)


def _equip_county(event: OrganizationCreated) -> None:
    """A county has the common textbooks from the beginning; it keeps, changes and retires them as its own."""
    if event.kind == "county":
        enqueue(INSTALL_BOOKS, {"county_id": event.organization_id}, key=f"{INSTALL_BOOKS}:{event.organization_id}")


def _tell_plans(event: ResourceOpened) -> None:
    record(ThingOpened("resource", event.resource_id, event.user_id))


def _recheck(event: ResourceUpdated | ResourceRemoved) -> None:
    """Fewer people may see it now, perhaps: who has its page open is asked again."""
    for topic in (f"resource:{event.resource_id}", topic_of(event.resource_id)):
        recheck_rooms(topic=topic)


def _queue_expiry(event: UploadReceived) -> None:
    enqueue("resources.drop_upload", {"upload_id": event.upload_id}, delay_s=UPLOAD_LIFETIME.total_seconds())


def _queue_finished(event: PlanMoved) -> None:
    """A plan that is final comes into the library; the worker draws the file."""
    if event.finishes and event.revision is not None:
        payload = {"plan_id": event.plan_id, "number": event.revision}
        enqueue(FROM_PLAN, payload, key=f"{FROM_PLAN}:{event.plan_id}:{event.revision}")


def _tell_card_pages(
    event: lessons.LessonChanged
    | lessons.LessonRestored
    | lessons.LessonMemberInvited
    | lessons.LessonMemberRemoved
    | lessons.RecordingReady,
) -> None:
    """Others may see the recording now: open pages of the lesson's card ask again."""
    tell_pages(event.lesson_id)


def _follow_removed(event: lessons.LessonDeleted) -> None:
    """Cards whose owners wished it so leave with the lesson; the pages of those that stay lose the recording."""
    leave_with([event.lesson_id])
    tell_pages(event.lesson_id)


def _note_copy(event: OriginalCopied) -> None:
    note_copy(event.original_id, event.stamp, event.plan_id, event.base, event.actor_id)


def extract_text(payload: dict[str, Any], job: JobContext) -> None:
    """Read the text of a version in a child; a file that cannot be read has none. Running twice is harmless.

    One that took too long is read once more, when the machine may be less busy.
    """
    source = _source_of(payload["file_id"])
    if source is None:
        return
    key, extension = source
    try:
        text = text_in_file(key, extension)
    except SlowFileError:
        if not payload.get("again"):
            with unit_of_work():
                enqueue("resources.extract_text", {**payload, "again": True}, delay_s=READ_AGAIN_S)
            return
        text = ""
    keys = band_keys(text)
    known = db.session.get(ResourceFile, payload["file_id"])
    near = nearest_file(known, text, keys) if known is not None and keys else None
    db.session.rollback()
    with unit_of_work():
        file = db.session.get(ResourceFile, payload["file_id"])
        if file is not None:
            note_text(file, text, keys, near)


def make_preview(payload: dict[str, Any], job: JobContext) -> None:
    """Make the preview of a version in a child, clean it here, store it. Running twice replaces it."""
    source = _source_of(payload["file_id"])
    if source is None:
        return
    key, extension = source
    kind, html, data, message = "none", "", {}, ""
    images: list[ReceivedFile] = []
    try:
        with storage().local_copy(key) as path, previewed(path, extension) as (result, folder):
            kind, data = str(result["kind"]), dict(result.get("data") or {})
            html = clean_html(str(result.get("html", "")))
            images = [_kept(folder, str(name)) for name in result.get("images", [])]
    except NoTurnError:
        raise  # nothing is known of the file: the job is tried again
    except UnsuitableFileError as error:
        message = error.message
    with unit_of_work():
        file = db.session.get(ResourceFile, payload["file_id"])
        if file is not None:
            note_preview(file, kind, html, data, images, message)


def install_books(payload: dict[str, Any], job: JobContext) -> None:
    """Add the shipped catalog to a county that has none, some rows a transaction; run twice it adds nothing."""
    more = True
    while more:
        with unit_of_work():
            more = equip_next(int(payload["county_id"]))
        job.extend()


def drop_upload(payload: dict[str, Any], job: JobContext) -> None:
    """Throw away a file nobody described within a week."""
    with unit_of_work():
        upload = db.session.get(ResourceUpload, payload["upload_id"])
        if upload is not None and upload.created_at <= clock.now() - UPLOAD_LIFETIME:
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
    Subscription(ResourceOpened, _tell_plans),
    Subscription(ResourceVersionAdded, _queue_reading),
    Subscription(ResourceTextRead, _reindex),
    Subscription(ResourceReviewed, _reindex),
    Subscription(ResourceRestored, _reindex_restored),
    Subscription(CollectionChanged, _reindex_collection),
    Subscription(ResourcesFiled, _reindex_filed),
    Subscription(ResourceUpdated, _reindex_narrowed),
    Subscription(ResourceRemoved, _drop_from_index),
    Subscription(UploadReceived, _queue_expiry),
    Subscription(OrganizationMoved, _follow),
    Subscription(OrganizationCreated, _equip_county),
    Subscription(PlanMoved, _queue_finished),
    Subscription(OriginalCopied, _note_copy),
    Subscription(lessons.LessonChanged, _tell_card_pages),
    Subscription(lessons.LessonRestored, _tell_card_pages),
    Subscription(lessons.LessonMemberInvited, _tell_card_pages),
    Subscription(lessons.LessonMemberRemoved, _tell_card_pages),
    Subscription(lessons.RecordingReady, _tell_card_pages),
    Subscription(lessons.LessonDeleted, _follow_removed),
    Subscription(ResourceUpdated, _recheck, Moment.AFTER_COMMIT),
    Subscription(ResourceRemoved, _recheck, Moment.AFTER_COMMIT),
)
CHORES: tuple[Callable[[], int], ...] = (leave_with_lessons,)
JOBS: dict[str, JobHandler] = {
    "resources.extract_text": extract_text,
    "resources.make_preview": make_preview,
    "resources.drop_upload": drop_upload,
    INSTALL_BOOKS: install_books,
    SWEEP_JOB: sweep_arrivals,
    FROM_PLAN: publish_plan,
    IMPORT_SWEEP: sweep_import_arrivals,
    VERSION_SWEEP: sweep_version_arrivals,
    **IMPORT_JOBS,
}
