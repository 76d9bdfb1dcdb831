"""Files of the library on their way: resumable uploads until they are files that wait for title and kind."""

from __future__ import annotations

import logging
import time
from hashlib import sha256
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_user
from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, GoneError, YanxiuError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.storage import storage
from yanxiu.core.tasks import JobContext, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.extraction.formats import UnsuitableFileError, check_size, clean_name, format_of
from yanxiu.resources.extraction.intake import CheckedFile, take_in_file
from yanxiu.resources.extraction.sandbox import NoTurnError
from yanxiu.resources.queries import MOST_WAITING, count_waiting, find_arrival, find_waiting_twin
from yanxiu.resources.services import drop_unkept, gone_unless_kept, receive_upload
from yanxiu.resources.unfinished import open_store

log = logging.getLogger(__name__)
SWEEP_JOB = "resources.sweep_arrivals"
SWEEP_EVERY_S = 6 * 3600
NOT_AGAIN_S = 900
"""A complete upload younger than this is taken in by the page that sent it, not by the sweep."""


class AlreadyHereError(ConflictError):
    """The same file of the same person waits to be described: nothing has to be sent again."""

    code = "already_here"


def begin_arrival(store: UploadStore, actor: User, length: int | None, metadata: dict[str, str]) -> Upload:
    """Open an upload for a file with an acceptable name and size, so that no other is sent in vain.

    AlreadyHereError when it has come before, UnsuitableFileError in words for the teacher, 413 beyond the quota.
    """
    if length is None:
        raise ProtocolError(400, "缺少 Upload-Length")
    check_size(format_of(clean_name(metadata.get("filename", ""))), length)
    if find_arrival(actor.id, arrival_key(metadata, length)) is not None:
        raise AlreadyHereError("这个文件已经传到了，在下面等着发布")
    if count_waiting(actor.id) + len(store.unfinished(actor.id, time.time())) >= MOST_WAITING:
        raise UnsuitableFileError(f"等着发布和正在传的已有 {MOST_WAITING} 个，请先发布或去掉一些，再点重试")
    upload = store.create(actor.id, 0, length, metadata, time.time())
    with unit_of_work():
        schedule_sweep()
    return upload


def take_arrival(store: UploadStore, upload: Upload, actor: User) -> int:
    """Check a complete upload and keep it until its owner describes it; return the id of the row. Safe to repeat.

    What cannot be accepted is forgotten (UnsuitableFileError says why); what only found no turn waits for the next
    try. ProtocolError 423 while another request does the same.
    """
    key = arrival_key(upload.metadata, upload.length or 0)
    known = find_arrival(actor.id, key)
    if upload.finished and known is None:
        raise GoneError("这个文件传到过，已经发布或去掉了")
    row_id = _taken(store, upload, actor, key) if known is None else known.id
    if not upload.finished:
        store.drop_bytes(upload, time.time())
    return row_id


def arrival_key(metadata: dict[str, str], length: int) -> str:
    """What tells a file of one person from the others before its bytes are there: name, size and time of change."""
    parts = (clean_name(metadata.get("filename", "")), str(length), metadata.get("modified", ""))
    return sha256("|".join(parts).encode("utf-8", "replace")).hexdigest()


def sweep_arrivals(_payload: dict[str, Any], job: JobContext) -> None:
    """Take in what is complete and whose page was closed before it could ask; remove what has expired."""
    store = open_store(job.app.config["YANXIU"])
    for upload in list(store.all()):
        owner = find_user(upload.owner_id)
        is_ours = not upload.finished and time.time() - upload.created_at > NOT_AGAIN_S
        if not is_ours or owner is None or not store.is_complete(upload):
            continue
        try:
            take_arrival(store, upload, owner)
        except (YanxiuError, ProtocolError):
            log.info("upload %s was not taken into the library", upload.id, exc_info=True)
        except Exception:  # the others are taken in, the job does not fail for one
            log.exception("upload %s could not be taken into the library", upload.id)
    store.sweep(time.time())
    if next(store.all(), None) is not None:
        with unit_of_work():
            schedule_sweep()


def schedule_sweep(job: str = SWEEP_JOB) -> None:
    """Queue the next sweep; inside a unit of work."""
    enqueue(job, {}, key=f"{job}:{int(clock.now().timestamp()) // SWEEP_EVERY_S}", delay_s=SWEEP_EVERY_S)


def _taken(store: UploadStore, upload: Upload, actor: User, key: str) -> int:
    with store.reading(upload):
        try:
            checked = take_in_file(store.data_path(upload.id), upload.metadata.get("filename", ""))
            return _keep(actor, checked, key, upload.metadata.get("folder", ""))
        except NoTurnError:
            raise  # nothing is known of the file: its bytes stay for another try
        except UnsuitableFileError:
            store.forget(upload.id)
            raise


def _keep(actor: User, checked: CheckedFile, key: str, folder: str) -> int:
    """Write the row; a file whose very bytes wait already is refused by the name under which they do."""
    with gone_unless_kept(checked), unit_of_work():
        twin = find_waiting_twin(actor.id, checked.received.sha256)
        if twin is None:
            return receive_upload(actor, checked, key, folder=folder).id
        if twin.arrival_key == key:
            drop_unkept(checked)
            return twin.id  # another request was a moment faster
        name = twin.stored_file.name
    storage().delete(checked.received.key)
    raise UnsuitableFileError(f"和“{name}”一模一样，它已经在下面等着发布，不用再传")
