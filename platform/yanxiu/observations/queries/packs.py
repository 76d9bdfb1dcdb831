"""Archive packs of lessons, and the steps of a lesson as the audit log has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import User
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.observations.models import LessonPack, PackState


@dataclass(frozen=True)
class Move:
    """A step of a lesson; `sha256` is the hash of its row in the chain of the audit log."""

    at: datetime
    who: str
    before: str
    after: str
    sha256: str


def moves_of(lesson_id: int) -> Sequence[Move]:
    """Return who took the lesson from which step to which, in order."""
    rows = db.session.execute(
        select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(
            AuditEntry.object_kind == "lesson", AuditEntry.object_id == lesson_id, AuditEntry.action == "lesson.move"
        )
        .order_by(AuditEntry.id)
    )
    return [
        Move(row.at, name or "系统", str(row.data.get("before", "")), str(row.data.get("after", "")), row.hash)
        for row, name in rows
    ]


def find_pack(lesson_id: int, pack_id: int) -> LessonPack | None:
    """Return a pack of the lesson; the caller checks the right."""
    wanted = (LessonPack.lesson_id == lesson_id, LessonPack.id == pack_id)
    return db.session.scalars(select(LessonPack).where(*wanted).options(*_WHOLE)).first()


def newest_packs(lesson_id: int) -> tuple[LessonPack | None, LessonPack | None]:
    """Return the newest pack, and the newest one that is ready."""
    mine = select(LessonPack).where(LessonPack.lesson_id == lesson_id).options(*_WHOLE).order_by(LessonPack.id.desc())
    newest = db.session.scalars(mine.limit(1)).first()
    ready = db.session.scalars(mine.where(LessonPack.state == PackState.READY).limit(1)).first()
    return newest, ready


def waiting_pack(lesson_id: int) -> LessonPack | None:
    """Return the pack of a lesson that is being made."""
    mine = select(LessonPack).where(LessonPack.lesson_id == lesson_id, LessonPack.state == PackState.WAITING)
    return db.session.scalars(mine.limit(1)).first()


_WHOLE = (joinedload(LessonPack.maker), joinedload(LessonPack.file))
