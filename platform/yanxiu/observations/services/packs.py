"""Ordering an archive pack, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, keep_file, storage
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import current_unit_of_work
from yanxiu.observations.models import Lesson, LessonPack, LessonPhase, PackCheck, PackState
from yanxiu.observations.papers.packing import Comparison, Entry
from yanxiu.observations.queries.packs import check_of, count_films, has_died, pack_topic, waiting_pack
from yanxiu.observations.services.lessons import hold_lesson

PACK_JOB, CHECK_JOB = "archive.lesson", "archive.lesson_check"
MOST_FILMS = 3
"""So many packs with the recording each maker has of a lesson: a frozen pack is never removed."""


@dataclass(frozen=True)
class Arrival:
    """A ZIP that came by resumable upload: the upload's id, the name of the file."""

    id: str
    name: str


def order_pack(actor: User, lesson: Lesson, *, with_recording: bool) -> LessonPack:
    """Have a pack of an archived lesson made; while the actor has one in the making, that one is returned."""
    hold_lesson(lesson)
    if lesson.phase_of != LessonPhase.ARCHIVED:
        raise ConflictError("这节课归档以后，才能制作归档包")
    waiting = waiting_pack(lesson.id, actor.id)
    if waiting is not None:
        return waiting
    if with_recording and count_films(lesson.id, actor.id) >= MOST_FILMS:
        raise ConflictError(f"您已经做过 {MOST_FILMS} 份带课堂实录的归档包，都还在这一页；再做请不带实录")
    pack = LessonPack(lesson_id=lesson.id, maker_id=actor.id, with_recording=with_recording)
    db.session.add(pack)
    _touch(pack)
    record_audit(actor, "lesson.pack", "lesson", lesson.id, pack=pack.id, recording=with_recording)
    enqueue(PACK_JOB, {"pack_id": pack.id}, key=f"{PACK_JOB}:{pack.id}")
    return pack


def note_making(pack: LessonPack, percent: int) -> bool:
    """Say how far it is; False where somebody called it off, or another worker made it."""
    if pack.state != PackState.WAITING:
        return False
    if pack.progress is None or percent != pack.progress:
        pack.progress = min(percent, 99)
        _touch(pack)
    return True


def finish_pack(
    pack: LessonPack,
    received: ReceivedFile,
    entries: Sequence[Entry],
    *,
    holds_scores: bool,
    holds_plan: bool = False,
) -> None:
    """Freeze what was made: the file and its hash are never written again."""
    pack.file_id = keep_file(received, pack.maker_id).id
    pack.contents = [[one.path, one.size, one.sha256] for one in entries]
    pack.holds_scores, pack.holds_plan = holds_scores, holds_plan
    pack.state, pack.made_at, pack.progress = PackState.READY, clock.now(), None
    record_audit(pack.maker, "lesson.packed", "lesson", pack.lesson_id, pack=pack.id, sha256=received.sha256)
    _touch(pack)
    bump(pack.lesson.topic, "lesson", pack.lesson_id)


def fail_pack(pack: LessonPack) -> None:
    """Say that it could not be made, unless another worker made it meanwhile."""
    if hold(pack) and pack.state == PackState.WAITING:
        pack.state, pack.progress = PackState.FAILED, None
        _touch(pack)


def cancel_pack(actor: User, pack: LessonPack) -> None:
    """Call off what is being made; the worker stops at the next block. What is made stays."""
    if hold(pack) and pack.state == PackState.WAITING:
        pack.state, pack.progress = PackState.CANCELED, None
        record_audit(actor, "lesson.pack_canceled", "lesson", pack.lesson_id, pack=pack.id)
        _touch(pack)


def order_check(
    actor: User, pack: LessonPack, sent: ReceivedFile | None = None, arrival: Arrival | None = None
) -> PackCheck:
    """Have the stored pack, or a ZIP that was sent, compared with what was frozen; one at a time for each pack.

    Of an arrival there is one check, however often it is asked for.
    """
    hold(pack)
    known = check_of(arrival.id) if arrival is not None else None
    if known is not None:
        return known
    going_on = pack.last_check
    if going_on is not None and going_on.state == PackState.WAITING:
        if not has_died(going_on.created_at):
            raise ConflictError("这份归档包正在核对，请等它核对完")
        end_check(going_on, PackState.FAILED)  # what was sent for it goes
    check = PackCheck(pack_id=pack.id, name="")
    if sent is not None:
        check.name, check.upload_id = sent.name, keep_file(sent, actor.id).id
    elif arrival is not None:
        check.name, check.arrival = arrival.name, arrival.id
    db.session.add(check)
    db.session.flush()
    record_audit(actor, "lesson.pack_checked", "lesson", pack.lesson_id, pack=pack.id, file=check.name)
    enqueue(CHECK_JOB, {"check_id": check.id}, key=f"{CHECK_JOB}:{check.id}")
    _touch_check(check)
    return check


def note_checking(check: PackCheck, percent: int) -> bool:
    """Say how far it is; False where somebody called it off."""
    if check.state != PackState.WAITING:
        return False
    if check.progress is None or percent != check.progress:
        check.progress = min(percent, 99)
        _touch_check(check)
    return True


def finish_check(check: PackCheck, found: Comparison, *, size: int, sha256: str) -> None:
    """Keep what came of it, with size and hash of the ZIP; what was sent is needed no longer."""
    if hold(check) and check.state == PackState.WAITING:
        check.findings = [[one.path, one.verdict.value, one.size, one.sha256] for one in found.findings]
        check.unlisted, check.problem = found.unlisted, found.problem.value
        check.size, check.sha256 = size, sha256
        check.is_same = check.pack.file is not None and sha256 == check.pack.file.sha256
        _end_check(check, PackState.READY)


def end_check(check: PackCheck, state: PackState) -> None:
    """It was called off, or could not be done. The bytes of an arrival are the caller's to remove (`copies.drop_if_ended`)."""
    if hold(check) and check.state == PackState.WAITING:
        _end_check(check, state)


def _end_check(check: PackCheck, state: PackState) -> None:
    check.state, check.progress, check.finished_at = state, None, clock.now()
    sent, check.upload = check.upload, None
    db.session.flush()
    if sent is not None:
        db.session.delete(sent)
        unit = current_unit_of_work()
        if unit is not None:
            unit.after_commit(partial(storage().delete, sent.key))
    _touch_check(check)


def _touch_check(check: PackCheck) -> None:
    """Tell both pages: that of papers shows the last check of a pack, that of the pack all of them."""
    _touch(check.pack)
    check.seq = check.pack.seq
    db.session.flush()


def _touch(pack: LessonPack) -> None:
    """Tell the page of papers: its list of packs follows."""
    db.session.flush()
    pack.seq = bump(pack_topic(pack.lesson_id), "pack", pack.id)
    db.session.flush()


def note_fetching(actor: User, pack: LessonPack) -> None:
    """Log who took a pack out of the system."""
    record_audit(actor, "lesson.pack_fetched", "lesson", pack.lesson_id, pack=pack.id)
