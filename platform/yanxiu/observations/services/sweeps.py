"""Counting who is off task: kept once however often it is sent, taken away by its observer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.remarks import checked_uuid
from yanxiu.observations.instruments.sweeps import KINDS, MOST_PUPILS
from yanxiu.observations.models import AttentionSweep, Lesson, RecordingVersion
from yanxiu.observations.services.lessons import hold_lesson
from yanxiu.observations.services.live_notes import checked_elapsed

MOST_SWEEPS = 60


@dataclass(frozen=True)
class SweepDraft:
    """A sweep as a page sends it: `elapsed_ms` ago by its own clock, or at a moment of the recording."""

    client_uuid: str
    pupils: int
    counts: Mapping[str, int] = field(default_factory=dict)
    elapsed_ms: int = 0
    start_ms: int | None = None


def take_sweep(actor: User, lesson: Lesson, version: RecordingVersion | None, draft: SweepDraft) -> AttentionSweep:
    """Keep one sweep; sent again under its `client_uuid` it is the same one."""
    hold_lesson(lesson)
    client_uuid = checked_uuid(draft.client_uuid)
    known = db.session.scalar(
        select(AttentionSweep).where(AttentionSweep.observer_id == actor.id, AttentionSweep.client_uuid == client_uuid)
    )
    if known is not None:
        return known
    _check(lesson, actor, version, draft)
    sweep = AttentionSweep(
        lesson_id=lesson.id,
        observer_id=actor.id,
        client_uuid=client_uuid,
        taken_at=clock.now() - checked_elapsed(draft.elapsed_ms),
        version_id=version.id if version is not None and draft.start_ms is not None else None,
        start_ms=draft.start_ms,
        pupils=draft.pupils,
        counts={kind: draft.counts[kind] for kind in KINDS if draft.counts.get(kind)},
    )
    db.session.add(sweep)
    db.session.flush()
    return sweep


def _check(lesson: Lesson, actor: User, version: RecordingVersion | None, draft: SweepDraft) -> None:
    if not 1 <= draft.pupils <= MOST_PUPILS:
        raise InvalidError(f"请填写全班人数，1 到 {MOST_PUPILS}", field="pupils")
    if any(kind not in KINDS or count < 0 for kind, count in draft.counts.items()):
        raise InvalidError("页面数据不完整，请刷新后再试")
    if sum(draft.counts.values()) > draft.pupils:
        raise InvalidError("没有投入的人数比全班人数还多，请核对")
    if draft.start_ms is not None:
        if version is None or version.duration_ms is None:
            raise ConflictError("课堂实录还没有处理好，请在课堂上扫视，或等实录处理好")
        if not 0 <= draft.start_ms <= version.duration_ms:
            raise InvalidError("这个时刻不在实录之内")
    mine = select(AttentionSweep.id).where(
        AttentionSweep.lesson_id == lesson.id, AttentionSweep.observer_id == actor.id
    )
    if len(db.session.scalars(mine).all()) >= MOST_SWEEPS:
        raise ConflictError(f"一节课最多记 {MOST_SWEEPS} 次扫视")


def remove_sweep(sweep: AttentionSweep) -> None:
    """Take a sweep away that was counted wrong."""
    db.session.delete(sweep)
    db.session.flush()
