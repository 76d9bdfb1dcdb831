"""Archive packs that come back to be checked, by resumable upload. They stay where they arrive: the worker reads them there,
unpacks nothing, and they are removed once it is done."""

from __future__ import annotations

import logging
import time
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError, YanxiuError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.storage import base_name
from yanxiu.core.tasks import JobContext, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import LessonPack, PackState
from yanxiu.observations.permissions import can_open_pack
from yanxiu.observations.queries import find_lesson, sees_scores
from yanxiu.observations.queries.packs import check_of, checked_arrivals, has_died
from yanxiu.observations.services.packs import Arrival, order_check
from yanxiu.observations.uploads.folder import open_copy_store

log = logging.getLogger(__name__)
SWEEP_JOB = "archive.sweep_copies"
SWEEP_EVERY_S = 6 * 3600
NOT_AGAIN_S = 900
"""A complete upload younger than this is handed over by the page that sent it, not by the sweep."""
SPARE_BYTES = 16 * 1024**2
"""What packing anew may add: names, other files put into it, a way of pressing that presses less."""


def begin_copy(
    store: UploadStore, actor: User, pack: LessonPack, length: int | None, metadata: dict[str, str]
) -> Upload:
    """Open an upload for a ZIP that is to be compared with a pack; one of the same file that waits goes on.

    InvalidError in words for the teacher for what cannot be it; ConflictError while the same file is being checked; 413
    beyond the quota.
    """
    if length is None:
        raise ProtocolError(400, "缺少 Upload-Length")
    if not name_of(metadata).lower().endswith(".zip"):
        raise InvalidError("请选下载过的归档包，它是一个压缩包（.zip）")
    if length == 0:
        raise InvalidError("这是一个空文件，可能没有复制完整")
    if length > most_bytes(pack):
        raise InvalidError("这个文件比冻结的归档包大得多，不会是它的一份，请重新选择")
    waiting = [each for each in store.unfinished(actor.id, time.time()) if each.subject_id == pack.id]
    known = next((each for each in waiting if _mark(each.length, each.metadata) == _mark(length, metadata)), None)
    if known is not None and not checked_arrivals([known.id]):
        return known  # from another page, or from the day before
    if known is not None and not drop_if_ended(
        store, known.id
    ):  # it has ended where a worker died before it was removed
        raise ConflictError("这个文件已经传到，正在核对")
    upload = store.create(actor.id, pack.id, length, metadata, time.time())
    with unit_of_work():
        schedule_sweep()
    return upload


def most_bytes(pack: LessonPack) -> int:
    """Return how large a copy of a pack may be: as large as the pack, or as all its files when nothing is pressed."""
    frozen = sum(int(size) for _path, size, _sha256 in pack.contents)
    return max(frozen, pack.file.size if pack.file is not None else 0) + SPARE_BYTES


def name_of(metadata: dict[str, str]) -> str:
    return base_name(metadata.get("filename", ""))


def _mark(length: int | None, metadata: dict[str, str]) -> tuple[int | None, str, str]:
    return length, name_of(metadata), metadata.get("print", "")


def take_copy(upload: Upload, actor: User, pack: LessonPack) -> None:
    """Have a complete upload checked; inside a unit of work. Safe to repeat, also after its check has ended."""
    order_check(actor, pack, arrival=Arrival(upload.id, name_of(upload.metadata)))


def unfinished_copies(waiting: list[tuple[Upload, int]], pack: LessonPack) -> list[tuple[Upload, int]]:
    """Return those of a person's uploads that are for this pack and not being checked."""
    mine = [(upload, offset) for upload, offset in waiting if upload.subject_id == pack.id]
    checked = checked_arrivals([upload.id for upload, _offset in mine]) if mine else set()
    return [(upload, offset) for upload, offset in mine if upload.id not in checked]


def drop_if_ended(store: UploadStore, arrival: str) -> bool:
    """Remove the bytes of an upload whose check has ended, or whose worker died for good; tell whether it has."""
    upload, check = store.load(arrival), check_of(arrival)
    has_ended = check is None or check.state != PackState.WAITING or has_died(check.created_at)
    db.session.rollback()
    if upload is not None and not upload.finished and has_ended:
        store.drop_bytes(upload, time.time())
    return has_ended


def sweep_copies(_payload: dict[str, Any], job: JobContext) -> None:
    """Hand over what is complete and whose page was closed before it could ask; remove what expired or was checked."""
    store = open_copy_store(job.app.config["YANXIU"])
    for upload in list(store.all()):
        if upload.finished:
            continue
        if check_of(upload.id) is not None:
            drop_if_ended(store, upload.id)
        elif time.time() - upload.created_at > NOT_AGAIN_S and store.is_complete(upload):
            _take_left_behind(store, upload)
    store.sweep(time.time())
    if next(store.all(), None) is not None:
        with unit_of_work():
            schedule_sweep()


def _take_left_behind(store: UploadStore, upload: Upload) -> None:
    owner, pack = find_user(upload.owner_id), db.session.get(LessonPack, upload.subject_id)
    if owner is None or pack is None or not _may_open(viewer_of(owner), pack):
        db.session.rollback()
        store.drop_bytes(upload, time.time())
        return
    try:
        with unit_of_work():
            take_copy(upload, owner, pack)
    except YanxiuError:  # another one is being checked; this one is next time
        log.info("upload %s was not checked", upload.id, exc_info=True)


def _may_open(viewer: Viewer, pack: LessonPack) -> bool:
    found = find_lesson(viewer, pack.lesson_id)
    if found is None or pack.state != PackState.READY:
        return False
    sees = sees_scores(viewer, found.lesson)
    return can_open_pack(viewer, found.lesson, found.access, pack, clock.today(), sees_scores=sees)


def schedule_sweep() -> None:
    """Queue the next sweep; inside a unit of work."""
    enqueue(SWEEP_JOB, {}, key=f"{SWEEP_JOB}:{int(clock.now().timestamp()) // SWEEP_EVERY_S}", delay_s=SWEEP_EVERY_S)
