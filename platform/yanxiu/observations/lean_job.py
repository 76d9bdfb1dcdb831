"""省流量 for films that were there before it: made one at a time, while no other recording waits for the worker."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import storage
from yanxiu.core.tasks import QUEUED, RUNNING, Job, JobContext, LeaseLostError, WorkerStoppingError, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import jobs
from yanxiu.observations.models import RecordingVersion
from yanxiu.observations.queries.recordings import next_without_lean
from yanxiu.observations.services import recordings

log = logging.getLogger(__name__)
LEAN_JOB = "media.lean"
BEGIN_S = 600
"""A worker that starts has other things to do first."""
BUSY_S = 300
REST_S = 20


def schedule_lean() -> None:
    """Queue the first one when a worker starts, if any film lacks it; inside a unit of work."""
    if next_without_lean(jobs.LEAN_FROM_MS) is not None:
        _queue(BEGIN_S)


def make_missing_lean(_payload: dict[str, Any], job: JobContext) -> None:
    """Make one, then queue the next. A film with which it fails, or whose worker dies over it, is passed over for good."""
    if _others_wait():
        with unit_of_work():
            _queue(BUSY_S)
        return
    version_id = next_without_lean(jobs.LEAN_FROM_MS)
    if version_id is None:
        db.session.rollback()
        return
    with unit_of_work():
        recordings.note_lean_try(db.session.get_one(RecordingVersion, version_id))
    try:
        _make(version_id, job)
    except LeaseLostError:
        raise
    except WorkerStoppingError:
        with unit_of_work():
            recordings.forget_lean_try(db.session.get_one(RecordingVersion, version_id))
        raise
    except Exception:  # a file that is gone, a full disk: the next film is another one
        log.exception("nothing lean for version %s", version_id)
        db.session.rollback()
    with unit_of_work():
        _queue(REST_S)


def _make(version_id: int, job: JobContext) -> None:
    work = jobs.load_work(version_id)
    if work is None or work.original is None or work.facts is None:
        return
    job.extend(jobs.LEASE_S)
    with scratch_folder() as folder, storage().local_copy(work.original) as source:
        jobs.make_lean(work, source, work.facts, folder, job)


def _others_wait() -> bool:
    """Tell whether a recording is being prepared or converted, or waits for it: somebody wants to watch that."""
    kinds = (recordings.PREPARE_JOB, recordings.TRANSCODE_JOB)
    waiting = select(Job.id).where(Job.kind.in_(kinds), Job.state.in_((QUEUED, RUNNING)))
    return db.session.scalar(waiting.limit(1)) is not None


def _queue(delay_s: float) -> None:
    enqueue(LEAN_JOB, {}, key=LEAN_JOB, delay_s=delay_s)
