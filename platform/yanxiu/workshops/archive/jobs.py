"""Making archives in the background, and taking them away when their time is over."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from yanxiu.core.archives.names import plain_name
from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.db import db
from yanxiu.core.events import Subscription
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import ReceivedFile, receive_local_file, refuse_when_full
from yanxiu.core.tasks import JobContext, JobHandler, LeaseLostError, WorkerStoppingError, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.archive.exporting import Told, export_workshop
from yanxiu.workshops.events import ArchiveRequested
from yanxiu.workshops.models import ArchiveState, Workshop
from yanxiu.workshops.queries.archive_parts import Wish
from yanxiu.workshops.queries.archives import archive_by_id, expired_archives
from yanxiu.workshops.services.archives import fail_archive, finish_archive, forget_archive, note_progress

log = logging.getLogger(__name__)

MAKE = "archive.workshop"
ZIP = "application/zip"
LEASE_S = 900
TOLD_EVERY_S = 3.0


def _make_later(event: ArchiveRequested) -> None:
    enqueue(MAKE, {"archive_id": event.archive_id}, key=f"{MAKE}:{event.archive_id}")


def make_archive(payload: dict[str, Any], job: JobContext) -> None:
    """Make an archive; run twice it is made anew, and once it is there nothing happens."""
    archive_id = payload["archive_id"]
    archive = archive_by_id(archive_id)
    if archive is None or archive.state != ArchiveState.WAITING.value:
        return
    workshop_id, reader_id = archive.workshop_id, archive.actor_id
    job.extend(LEASE_S)
    try:
        received = _made(workshop_id, reader_id, _telling(archive_id, job))
    except (LeaseLostError, WorkerStoppingError):
        raise
    except Exception:
        log.exception("the archive of workshop %s was not made", workshop_id)
        db.session.rollback()
        with unit_of_work():
            failed = archive_by_id(archive_id)
            if failed is not None:
                fail_archive(failed)
        return
    with unit_of_work():
        made = archive_by_id(archive_id)
        if made is not None:
            finish_archive(made, received)


def _made(workshop_id: int, reader_id: int, told: Told) -> ReceivedFile:
    name = db.session.get_one(Workshop, workshop_id).name
    with scratch_folder() as folder:
        refuse_when_full(folder)
        target = folder / "archive.zip"
        export_workshop(workshop_id, target, folder, wish=Wish(reader_id=reader_id), told=told)
        day = now().astimezone(LOCAL_ZONE)
        return receive_local_file(target, f"{plain_name(name, 60)}档案{day:%Y%m%d}.zip", ZIP)


def _telling(archive_id: int, job: JobContext) -> Told:
    """Return what writes the progress down, now and then, and stops when the worker does."""
    last = time.monotonic()

    def told(percent: int) -> None:
        nonlocal last
        if job.stopping.is_set():
            raise WorkerStoppingError
        if time.monotonic() - last < TOLD_EVERY_S:
            return
        last = time.monotonic()
        job.extend(LEASE_S)
        with unit_of_work():
            archive = archive_by_id(archive_id)
            if archive is not None:
                note_progress(archive, percent)

    return told


def forget_archives() -> int:
    """Take away files whose days are over; return how many."""
    count = 0
    while archives := expired_archives(now()):
        with unit_of_work():
            for found in archives:
                archive = archive_by_id(found.id)
                if archive is not None:
                    forget_archive(archive)
        count += len(archives)
    return count


SUBSCRIPTIONS: tuple[Subscription, ...] = (Subscription(ArchiveRequested, _make_later),)
JOBS: dict[str, JobHandler] = {MAKE: make_archive}
CHORES: tuple[Callable[[], int], ...] = (forget_archives,)
