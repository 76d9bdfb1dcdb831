"""Files of an import on their way: resumable uploads until they are files of a draft, or a ZIP that is unpacked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import find_user
from yanxiu.core.db import hold
from yanxiu.core.errors import GoneError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import GIB, Upload, UploadStore
from yanxiu.core.tasks import JobContext
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.arrivals import NOT_AGAIN_S, AlreadyHereError, schedule_sweep
from yanxiu.resources.extraction.formats import UnsuitableFileError, check_size, clean_name, format_of
from yanxiu.resources.extraction.intake import CheckedFile, take_in_bundle, take_in_file
from yanxiu.resources.extraction.sandbox import NoTurnError
from yanxiu.resources.importing import tidy_path
from yanxiu.resources.models import ResourceImport
from yanxiu.resources.models.imports import DRAFT
from yanxiu.resources.queries import find_arrival
from yanxiu.resources.queries.imports import count_files, find_import
from yanxiu.resources.services import drop_unkept, gone_unless_kept
from yanxiu.resources.services.imports import (
    MAX_FILES,
    add_file,
    begin_unpacking,
    refuse_beyond_quota,
    refuse_many_drafts,
)
from yanxiu.resources.unfinished import open_import_store

log = logging.getLogger(__name__)
SWEEP_JOB = "imports.sweep_arrivals"
NOT_OPEN = "这次导入已经确认或放弃了，不能再加文件。请刷新页面"
NO_BUNDLE = "这里上传带表格的压缩包（.zip）；别的文件请先上传表格，再选文件夹"
GONE = "这个文件传到过，已经导入或去掉了"


def begin_import_arrival(
    store: UploadStore, actor: User, found: ResourceImport | None, length: int | None, metadata: dict[str, str]
) -> Upload:
    """Open an upload for a file of a draft, or for a ZIP (`found` is None); one of the same file that waits goes on.

    A file may be as large as its format, a ZIP as an upload. AlreadyHereError when all of it has come before, InvalidError
    in words for the teacher, 413 beyond the quota, in which what waits to be confirmed counts too.
    """
    if length is None:
        raise ProtocolError(400, "缺少 Upload-Length")
    fmt = format_of(clean_name(metadata.get("filename", "")))
    check_size(fmt if found is not None else replace(fmt, max_bytes=store.limits.max_bytes), length)
    subject_id = 0 if found is None else found.id
    if found is not None and found.state != DRAFT:
        raise InvalidError(NOT_OPEN)
    if found is None and fmt.extension != ".zip":
        raise UnsuitableFileError(NO_BUNDLE)
    key = import_key(subject_id, length, metadata)
    if find_arrival(actor.id, key) is not None:
        raise AlreadyHereError("这个文件已经传到了")
    waiting = [each for each in store.unfinished(actor.id, time.time()) if each.subject_id == subject_id]
    known = next((each for each in waiting if _key_of(each) == key), None)
    if known is not None:
        return known  # from another page, or from the day before
    _refuse_too_many(actor, found, len(waiting))
    refuse_beyond_quota(actor.id, length, store.limits.quota_bytes // GIB)
    upload = store.create(actor.id, subject_id, length, metadata, time.time())
    with unit_of_work():
        schedule_sweep(SWEEP_JOB)
    return upload


def take_import_file(store: UploadStore, upload: Upload, actor: User) -> None:
    """Check a complete file and add it to its draft. Safe to repeat; what cannot be accepted is forgotten."""
    if find_arrival(actor.id, _key_of(upload)) is None:
        _once(upload)
        checked = _checked(store, upload)
        try:
            with gone_unless_kept(checked), unit_of_work():
                found = find_import(upload.subject_id)
                if found is None or found.owner_id != actor.id or found.state != DRAFT:
                    raise InvalidError(NOT_OPEN)
                add_file(actor, found, checked, place_of(upload.metadata), _key_of(upload))
        except InvalidError:
            store.forget(upload.id)
            raise
    _done(store, upload)


def take_bundle(store: UploadStore, upload: Upload, actor: User) -> int:
    """Check a complete ZIP and have it unpacked; return the id of its import. Safe to repeat until it was unpacked."""
    known = find_arrival(actor.id, _key_of(upload))
    if known is not None and known.import_id is not None:
        import_id = known.import_id
    else:
        _once(upload)
        with unit_of_work():
            refuse_many_drafts(actor)
        checked = _checked(store, upload, take_in_bundle)
        with gone_unless_kept(checked), unit_of_work():
            import_id = _begun(actor, checked, _key_of(upload))
    _done(store, upload)
    return import_id


def _begun(actor: User, checked: CheckedFile, key: str) -> int:
    """Begin to unpack a ZIP, unless another request was a moment faster; both wait for the row of the person."""
    if not hold(actor):
        raise NotFoundError
    known = find_arrival(actor.id, key)
    if known is None or known.import_id is None:
        return begin_unpacking(actor, checked, key).id
    drop_unkept(checked)
    return known.import_id


def forget_import(store: UploadStore, import_id: int) -> None:
    """Remove what was still on its way for an import that takes no more files; what is being written goes with the sweep."""
    for upload in list(store.all()):
        if upload.subject_id == import_id:
            try:
                store.delete(upload)
            except ProtocolError:
                log.info("upload %s is being written and goes later", upload.id)


def import_key(subject_id: int, length: int, metadata: dict[str, str]) -> str:
    """What tells a file of an import from the others before its bytes are there: where it lay, its size and fingerprint."""
    parts = ("import", str(subject_id), place_of(metadata), str(length), metadata.get("print", ""))
    return sha256("|".join(parts).encode("utf-8", "replace")).hexdigest()


def place_of(metadata: dict[str, str]) -> str:
    """Where a file lay in the folder that was chosen; its name when it was chosen alone."""
    return tidy_path(metadata.get("path", "")) or clean_name(metadata.get("filename", ""))


def sweep_import_arrivals(_payload: dict[str, Any], job: JobContext) -> None:
    """Take in what is complete and whose page was closed before it could ask; remove what expired or has no draft."""
    store = open_import_store(job.app.config["YANXIU"])
    for upload in list(store.all()):
        found = find_import(upload.subject_id) if upload.subject_id else None
        if upload.subject_id and (found is None or found.state != DRAFT):
            forget_import(store, upload.subject_id)
        elif not upload.finished and time.time() - upload.created_at > NOT_AGAIN_S and store.is_complete(upload):
            _take_left_behind(store, upload)
    store.sweep(time.time())
    if next(store.all(), None) is not None:
        with unit_of_work():
            schedule_sweep(SWEEP_JOB)


def _take_left_behind(store: UploadStore, upload: Upload) -> None:
    owner = find_user(upload.owner_id)
    if owner is None:
        return
    try:
        (take_import_file if upload.subject_id else take_bundle)(store, upload, owner)
    except (YanxiuError, ProtocolError):
        log.info("upload %s was not taken into its import", upload.id, exc_info=True)
    except Exception:  # the others are taken in, the job does not fail for one
        log.exception("upload %s could not be taken into its import", upload.id)


def _refuse_too_many(actor: User, found: ResourceImport | None, waiting: int) -> None:
    if found is None:
        with unit_of_work():
            refuse_many_drafts(actor)
    elif count_files(found) + waiting >= MAX_FILES:
        raise InvalidError(f"一次导入最多 {MAX_FILES} 个文件，请分几次")


def _once(upload: Upload) -> None:
    if upload.finished:
        raise GoneError(GONE)


def _checked(
    store: UploadStore, upload: Upload, take: Callable[[Path, str], CheckedFile] = take_in_file
) -> CheckedFile:
    with store.reading(upload):
        try:
            return take(store.data_path(upload.id), upload.metadata.get("filename", ""))
        except NoTurnError:
            raise  # nothing is known of the file: its bytes stay for another try
        except UnsuitableFileError:
            store.forget(upload.id)
            raise


def _done(store: UploadStore, upload: Upload) -> None:
    if not upload.finished:
        store.drop_bytes(upload, time.time())


def _key_of(upload: Upload) -> str:
    return import_key(upload.subject_id, upload.length or 0, upload.metadata)
