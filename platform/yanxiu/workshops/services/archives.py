"""Asking for the archive of a workshop, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from yanxiu.accounts.models import User
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import now
from yanxiu.core.db import db, hold
from yanxiu.core.errors import GoneError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, StoredFile, keep_file, storage
from yanxiu.core.unit_of_work import current_unit_of_work
from yanxiu.workshops.events import ArchiveFinished, ArchiveRequested
from yanxiu.workshops.models import ArchiveState, Workshop, WorkshopArchive
from yanxiu.workshops.queries.archives import waiting_archive

KEPT_DAYS = 7
GIVEN_UP_AFTER = timedelta(hours=6)
"""What is not made by then will not be: whoever asks again gets another one."""


def request_archive(actor: User, workshop: Workshop) -> WorkshopArchive:
    """Ask for an archive; while one is being made, that is the one."""
    if not hold(workshop):
        raise NotFoundError
    waiting = waiting_archive(workshop.id)
    if waiting is not None and waiting.created_at > now() - GIVEN_UP_AFTER:
        return waiting
    if waiting is not None:
        fail_archive(waiting)
    archive = WorkshopArchive(workshop_id=workshop.id, actor_id=actor.id)
    db.session.add(archive)
    db.session.flush()
    _touch(archive)
    record_audit(actor, "workshop.archived", "workshop", workshop.id, name=workshop.name)
    record(ArchiveRequested(archive.id, workshop.id, actor.id))
    return archive


def note_progress(archive: WorkshopArchive, percent: int) -> None:
    """Say how far it is."""
    if archive.state == ArchiveState.WAITING.value and percent > archive.progress:
        archive.progress = min(percent, 99)
        _touch(archive)


def finish_archive(archive: WorkshopArchive, received: ReceivedFile) -> None:
    """It is made. The file belongs to nobody: it counts in nobody's name."""
    if archive.state != ArchiveState.WAITING.value:
        return
    archive.file_id = keep_file(received, None).id
    archive.state, archive.progress, archive.finished_at = ArchiveState.READY.value, 100, now()
    archive.expires_at = now() + timedelta(days=KEPT_DAYS)
    _touch(archive)
    record(ArchiveFinished(archive.id, archive.workshop_id, archive.actor_id, made=True))


def fail_archive(archive: WorkshopArchive) -> None:
    """It was not made."""
    if archive.state != ArchiveState.WAITING.value:
        return
    archive.state, archive.finished_at = ArchiveState.FAILED.value, now()
    _touch(archive)
    record(ArchiveFinished(archive.id, archive.workshop_id, archive.actor_id, made=False))


def fetch_archive(actor: User, archive: WorkshopArchive) -> StoredFile:
    """Hand an archive out, and write down to whom."""
    if archive.file is None:
        raise GoneError("这份档案已过保存期，请重新导出")
    record_audit(actor, "workshop.archive_fetched", "workshop", archive.workshop_id, file=archive.file.name)
    return archive.file


def forget_archive(archive: WorkshopArchive) -> None:
    """Take the file of an archive away; that it was made stays."""
    file = archive.file
    if file is None:
        return
    archive.file = None
    _touch(archive)
    db.session.delete(file)
    db.session.flush()
    unit = current_unit_of_work()
    if unit is not None:
        unit.after_commit(partial(storage().delete, file.key))


def _touch(archive: WorkshopArchive) -> None:
    db.session.flush()
    archive.seq = bump(f"archives:{archive.workshop_id}", "archive", archive.id)
    db.session.flush()
