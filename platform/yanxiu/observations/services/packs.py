"""Ordering an archive pack, and what becomes of it."""

from __future__ import annotations

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.core.tasks import enqueue
from yanxiu.observations.models import Lesson, LessonPack, LessonPhase, PackState
from yanxiu.observations.queries.packs import count_films, waiting_pack
from yanxiu.observations.services.lessons import hold_lesson

PACK_JOB = "archive.lesson"
MOST_FILMS = 3
"""So many packs with the recording each maker has of a lesson: a frozen pack is never removed."""


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
    db.session.flush()
    record_audit(actor, "lesson.pack", "lesson", lesson.id, pack=pack.id, recording=with_recording)
    enqueue(PACK_JOB, {"pack_id": pack.id}, key=f"{PACK_JOB}:{pack.id}")
    return pack


def finish_pack(
    pack: LessonPack, received: ReceivedFile, file_count: int, *, holds_scores: bool, holds_plan: bool = False
) -> None:
    """Freeze what was made: the file and its hash are never written again."""
    pack.file_id = keep_file(received, pack.maker_id).id
    pack.file_count, pack.holds_scores, pack.holds_plan = file_count, holds_scores, holds_plan
    pack.state, pack.made_at = PackState.READY, clock.now()
    record_audit(pack.maker, "lesson.packed", "lesson", pack.lesson_id, pack=pack.id, sha256=received.sha256)
    bump(pack.lesson.topic, "lesson", pack.lesson_id)


def fail_pack(pack: LessonPack) -> None:
    """Say that it could not be made, unless another worker made it meanwhile."""
    if pack.state == PackState.WAITING:
        pack.state = PackState.FAILED


def note_fetching(actor: User, pack: LessonPack) -> None:
    """Log who took a pack out of the system."""
    record_audit(actor, "lesson.pack_fetched", "lesson", pack.lesson_id, pack=pack.id)
