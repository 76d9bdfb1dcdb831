"""Newer versions of resources on their way: resumable uploads until they are the newest file of their resource."""

from __future__ import annotations

import logging
import time
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core.errors import GoneError, InvalidError, YanxiuError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.tasks import JobContext
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.arrivals import NOT_AGAIN_S, schedule_sweep
from yanxiu.resources.extraction.formats import UnsuitableFileError, check_size, clean_name, format_of
from yanxiu.resources.extraction.intake import CheckedFile, take_in_file
from yanxiu.resources.extraction.sandbox import NoTurnError
from yanxiu.resources.models import Resource, ResourceFile
from yanxiu.resources.permissions import can_edit_resource
from yanxiu.resources.queries import find_arrived_version, find_resource
from yanxiu.resources.services import drop_unkept, gone_unless_kept
from yanxiu.resources.services.versions import renew_file
from yanxiu.resources.unfinished import open_version_store

log = logging.getLogger(__name__)
SWEEP_JOB = "versions.sweep_arrivals"
MOST_AT_ONCE = 5
"""Unfinished newer versions that one person may have for one resource."""
GONE = "这份资源删除了，或者您不能再改它，新版本没有收下"


def begin_version_arrival(
    store: UploadStore, actor: User, resource: Resource, length: int | None, metadata: dict[str, str]
) -> Upload:
    """Open an upload for a newer version; one of the same file that waits goes on, with the note it was begun with.

    UnsuitableFileError in words for the teacher, 413 beyond the quota.
    """
    if length is None:
        raise ProtocolError(400, "缺少 Upload-Length")
    check_size(format_of(clean_name(metadata.get("filename", ""))), length)
    waiting = [each for each in store.unfinished(actor.id, time.time()) if each.subject_id == resource.id]
    mark = _mark(metadata, length)
    known = next((each for each in waiting if _mark(each.metadata, each.length) == mark), None)
    if known is not None:
        return known  # from another page, or from the day before
    if len(waiting) >= MOST_AT_ONCE:
        raise UnsuitableFileError(f"这份资源已有 {MOST_AT_ONCE} 个没传完的新版本，请先传完或取消它们，再点重试")
    upload = store.create(actor.id, resource.id, length, metadata, time.time())
    with unit_of_work():
        schedule_sweep(SWEEP_JOB)
    return upload


def take_version(store: UploadStore, upload: Upload, actor: User, note: str) -> ResourceFile:
    """Check a complete file and make it the newest of its resource. Safe to repeat: the same upload is one version.

    What cannot be accepted is forgotten (the error says why); what only found no turn waits for the next try.
    ProtocolError 423 while another request does the same.
    """
    known = find_arrived_version(upload.subject_id, upload.id)
    if known is None:
        if upload.finished:
            raise GoneError("这个文件传到过，已经处理了")
        known = _taken(store, upload, actor, note)
    if not upload.finished:
        store.drop_bytes(upload, time.time())
    return known


def sweep_version_arrivals(_payload: dict[str, Any], job: JobContext) -> None:
    """Take in what is complete and whose page was closed before it could ask; remove what has expired."""
    store = open_version_store(job.app.config["YANXIU"])
    for upload in list(store.all()):
        owner = find_user(upload.owner_id)
        is_ours = not upload.finished and time.time() - upload.created_at > NOT_AGAIN_S
        if not is_ours or owner is None or not store.is_complete(upload):
            continue
        try:
            take_version(store, upload, owner, upload.metadata.get("note", ""))
        except (YanxiuError, ProtocolError):
            log.info("upload %s did not become a newer version", upload.id, exc_info=True)
        except Exception:  # the others are taken in, the job does not fail for one
            log.exception("upload %s could not become a newer version", upload.id)
    store.sweep(time.time())
    if next(store.all(), None) is not None:
        with unit_of_work():
            schedule_sweep(SWEEP_JOB)


def _taken(store: UploadStore, upload: Upload, actor: User, note: str) -> ResourceFile:
    with store.reading(upload):
        try:
            _still_own(upload, actor)
            checked = take_in_file(store.data_path(upload.id), upload.metadata.get("filename", ""))
            return _kept(upload, actor, checked, note)
        except NoTurnError:
            raise  # nothing is known of the file: its bytes stay for another try
        except InvalidError:
            store.forget(upload.id)
            raise


def _kept(upload: Upload, actor: User, checked: CheckedFile, note: str) -> ResourceFile:
    """Whether the person may still change the resource is asked again: reading the file took a while."""
    with gone_unless_kept(checked), unit_of_work():
        resource = _still_own(upload, actor)
        known = find_arrived_version(resource.id, upload.id)
        if known is not None:  # another request was a moment faster
            drop_unkept(checked)
            return known
        return renew_file(actor, resource, checked, note, upload.id)


def _still_own(upload: Upload, actor: User) -> Resource:
    resource = find_resource(upload.subject_id)
    if resource is None or resource.removed_at is not None or not can_edit_resource(viewer_of(actor), resource):
        raise InvalidError(GONE)
    return resource


def _mark(metadata: dict[str, str], length: int | None) -> tuple[str, int | None, str]:
    return clean_name(metadata.get("filename", "")), length, metadata.get("modified", "")
