"""Background work: a table of jobs is the truth, and whoever runs one may die at any moment.

A job is queued in the transaction of what causes it. A worker takes a lease; a lease that runs out makes the job free
again, so every handler must be able to run twice without harm.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import JSON, ColumnElement, Index, String, Text, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, aliased, mapped_column

from yanxiu.core import clock
from yanxiu.core.db import Id, Model, db, is_sqlite
from yanxiu.core.unit_of_work import unit_of_work

log = logging.getLogger(__name__)

LEASE_S = 120
MAX_ATTEMPTS = 5
FAST, SLOW = "fast", "slow"
SLOW_PREFIXES = ("media.", "archive.", "imports.")
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"


class Job(Model):
    """One piece of background work. `key` makes queuing it twice harmless while it waits.

    `open_key` is the key as long as the job waits: once it runs it may have read what a later act changes, so that
    act queues another. Two of one key never run side by side.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_run_at", "state", "run_at"),
        Index("uq_job_open_key", "open_key", unique=True),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str | None] = mapped_column(String(128))
    open_key: Mapped[str | None] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(16), default=QUEUED)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(128))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]


DONE_KEPT, FAILED_KEPT = timedelta(days=7), timedelta(days=90)
"""How long the row of a finished job can be looked at."""


def is_over() -> ColumnElement[bool]:
    """The condition under which a finished job is forgotten."""
    now = clock.now()
    done = (Job.state == DONE) & (Job.finished_at < now - DONE_KEPT)
    return done | ((Job.state == FAILED) & (Job.finished_at < now - FAILED_KEPT))


class LeaseLostError(Exception):
    """Another worker took the job over; stop."""


class WorkerStoppingError(Exception):
    """A handler stops because its worker was told to; the job waits for the next worker and this try does not count."""


@dataclass(frozen=True)
class JobContext:
    """What a handler may ask of the worker that runs it. Whoever works for minutes looks at `stopping`."""

    job_id: int
    app: Flask
    worker: str
    stopping: threading.Event = field(default_factory=threading.Event)

    def extend(self, seconds: int = LEASE_S) -> None:
        """Prolong the lease by `seconds` from now; LeaseLostError if somebody else has the job."""
        with unit_of_work():
            job = db.session.get(Job, self.job_id)
            if job is None or job.leased_by != self.worker or job.state != RUNNING:
                raise LeaseLostError(self.job_id)
            job.lease_until = clock.now() + timedelta(seconds=seconds)

    def is_last_try(self) -> bool:
        """Tell whether the job is given up if it fails this time."""
        job = db.session.get(Job, self.job_id)
        return job is not None and job.attempts >= MAX_ATTEMPTS


JobHandler = Callable[[dict[str, Any], JobContext], None]
_handlers: dict[str, JobHandler] = {}


def register_jobs(handlers: dict[str, JobHandler]) -> None:
    """Make job kinds known; called by `wiring`."""
    _handlers.update(handlers)


def enqueue(kind: str, payload: dict[str, Any], key: str | None = None, delay_s: float = 0) -> None:
    """Queue a job inside a unit of work. With `key`, a waiting job of that key is not queued again.

    The waiting job is locked until this transaction ends (hence no DO NOTHING): it may not run before the change
    that wants it is there to be read.
    """
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(Job)
    run_at = clock.now() + timedelta(seconds=delay_s)
    statement = insert.values(kind=kind, payload=payload, key=key, open_key=key, run_at=run_at)
    locked = {"open_key": statement.excluded.open_key}
    db.session.execute(statement.on_conflict_do_update(index_elements=[Job.open_key], set_=locked))


class Worker:
    """Takes jobs one after another until told to stop."""

    def __init__(self, app: Flask, name: str | None = None, lane: str | None = None) -> None:
        """`lane` is FAST or SLOW (see `SLOW_PREFIXES`), or None for both."""
        self.app = app
        self.lane = lane
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        self.stopping = threading.Event()

    def run(self, idle_s: float = 0.5) -> None:
        """Work until `stop()`; look for new jobs every `idle_s` seconds when there is nothing to do."""
        while not self.stopping.is_set():
            try:
                busy = self.run_one()
            except Exception:
                log.exception("the worker could not reach its table")
                busy = False
            if not busy:
                self.stopping.wait(idle_s)

    def stop(self) -> None:
        """Finish the running job, or put it back if it is a long one, and return from `run`."""
        self.stopping.set()

    def run_until_idle(self, limit: int = 1000) -> int:
        """Run every job that is due; return how many ran. For tests, the demo and the command line."""
        count = 0
        while count < limit and self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Run one due job; False if there is none."""
        with self.app.app_context():
            taken = self._take()
            if taken is None:
                return False
            job_id, kind, payload = taken
            try:
                _handlers[kind](payload, JobContext(job_id, self.app, self.name, self.stopping))
            except LeaseLostError:
                log.warning("job %s (%s) was taken over", job_id, kind)
            except WorkerStoppingError:
                self._put_back(job_id)
            except Exception:
                log.exception("job %s (%s) failed", job_id, kind)
                self._note_failure(job_id, traceback.format_exc())
            else:
                self._note_success(job_id)
            return True

    def _take(self) -> tuple[int, str, dict[str, Any]] | None:
        due = _due(self.lane)
        if db.session.scalar(due.with_only_columns(Job.id)) is None:
            db.session.rollback()
            return None
        with unit_of_work():
            statement = due if is_sqlite() else due.with_for_update(skip_locked=True)
            job = db.session.scalars(statement).first()
            if job is None:
                return None
            if job.attempts >= MAX_ATTEMPTS:  # it took its worker down each time
                job.state, job.open_key, job.finished_at = FAILED, None, clock.now()
                job.error = job.error or "the worker died while running this job"
                return None
            job.state, job.leased_by, job.open_key = RUNNING, self.name, None
            job.lease_until = clock.now() + timedelta(seconds=LEASE_S)
            job.attempts += 1
            return job.id, job.kind, job.payload

    def _note_success(self, job_id: int) -> None:
        with unit_of_work():
            job = db.session.get(Job, job_id)
            if job is not None and job.leased_by == self.name:
                job.state, job.finished_at = DONE, clock.now()
                job.lease_until = job.error = None

    def _put_back(self, job_id: int) -> None:
        with unit_of_work():
            job = db.session.get(Job, job_id)
            if job is None or job.leased_by != self.name:
                return
            job.lease_until, job.attempts = None, job.attempts - 1
            self._queue_again(job, clock.now())

    def _queue_again(self, job: Job, run_at: datetime) -> None:
        if _waits_already(job.key):
            job.state, job.finished_at = DONE, clock.now()
        else:
            job.state, job.open_key, job.run_at = QUEUED, job.key, run_at

    def _note_failure(self, job_id: int, error: str) -> None:
        with unit_of_work():
            job = db.session.get(Job, job_id)
            if job is None or job.leased_by != self.name:
                return
            job.error, job.lease_until = error[-4000:], None
            if job.attempts >= MAX_ATTEMPTS:
                job.state, job.finished_at = FAILED, clock.now()
            else:
                self._queue_again(job, clock.now() + timedelta(seconds=5 * 4**job.attempts))


def _waits_already(key: str | None) -> bool:
    """Tell whether another job of the same key is queued, which does what a failed one should have done."""
    return key is not None and db.session.scalar(select(Job.id).where(Job.open_key == key)) is not None


def _due(lane: str | None) -> Any:
    """The next due job of a lane: queued and due, or left behind by a worker whose lease ran out."""
    now = clock.now()
    twin = aliased(Job)
    twin_runs = exists().where(twin.key == Job.key, twin.state == RUNNING, twin.lease_until >= now)
    free = (Job.state == QUEUED) & (Job.run_at <= now)
    expired = (Job.state == RUNNING) & (Job.lease_until < now)
    statement = select(Job).where(or_(free, expired), ~twin_runs).order_by(Job.run_at, Job.id).limit(1)
    if lane is None:
        return statement
    slow = or_(*(Job.kind.startswith(prefix) for prefix in SLOW_PREFIXES))
    return statement.where(slow if lane == SLOW else ~slow)
