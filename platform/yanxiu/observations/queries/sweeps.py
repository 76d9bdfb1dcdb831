"""Sweeps of a lesson. Others' are loaded only where the caller has checked `can_view_sweeps`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.clock import media_clock, wall_clock
from yanxiu.core.db import db
from yanxiu.observations.instruments.sweeps import Sweep
from yanxiu.observations.models import AttentionSweep, RecordingVersion

MILLISECOND = timedelta(milliseconds=1)


def count_sweeps(lesson_id: int, observer_id: int | None) -> int:
    """Return how many sweeps one observer has counted."""
    statement = select(func.count(AttentionSweep.id)).where(
        AttentionSweep.lesson_id == lesson_id, AttentionSweep.observer_id == observer_id
    )
    return db.session.scalar(statement) or 0


def sweepers_of(lesson_id: int) -> Sequence[User]:
    """Return who has counted in this lesson, without what."""
    counted = select(AttentionSweep.observer_id).where(AttentionSweep.lesson_id == lesson_id)
    return db.session.scalars(select(User).where(User.id.in_(counted)).order_by(User.id)).all()


def sweeps_of(lesson_id: int, observer_id: int | None = None) -> Sequence[AttentionSweep]:
    """Return the sweeps of all observers, or of one, each one's together and in order of time."""
    statement = select(AttentionSweep).where(AttentionSweep.lesson_id == lesson_id)
    if observer_id is not None:
        statement = statement.where(AttentionSweep.observer_id == observer_id)
    in_order = (
        AttentionSweep.observer_id,
        AttentionSweep.start_ms.is_not(None),
        AttentionSweep.start_ms,
        AttentionSweep.taken_at,
        AttentionSweep.id,
    )
    return db.session.scalars(statement.options(joinedload(AttentionSweep.observer)).order_by(*in_order)).all()


def find_sweep(lesson_id: int, observer_id: int | None, sweep_id: int) -> AttentionSweep | None:
    """Return one of the observer's own."""
    return db.session.scalar(
        select(AttentionSweep).where(
            AttentionSweep.id == sweep_id,
            AttentionSweep.lesson_id == lesson_id,
            AttentionSweep.observer_id == observer_id,
        )
    )


def as_sweep(row: AttentionSweep, version: RecordingVersion | None) -> Sweep:
    """Return a row as figures; with a sync mark what was counted in the classroom has a place on the recording."""
    start_ms = row.start_ms
    if start_ms is None and version is not None and version.synced_at is not None and version.synced_ms is not None:
        placed = version.synced_ms + (row.taken_at - version.synced_at) // MILLISECOND
        start_ms = placed if 0 <= placed <= (version.duration_ms or 0) else None
    word = media_clock(row.start_ms) if row.start_ms is not None else wall_clock(row.taken_at)
    return Sweep(word, row.pupils, row.counts, start_ms, row.id)
