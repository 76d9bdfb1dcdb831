"""Archive packs of lessons, and the steps of a lesson as the audit log has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.observations.models import LessonPack, PackState

SHOWN = 10
MADE_WITHIN = timedelta(hours=6)


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


def pack_topic(lesson_id: int) -> str:
    """The live list of the packs of a lesson; everybody's rows are their own."""
    return f"packs:{lesson_id}"


def packs_of(lesson_id: int, maker_id: int | None, since: int | None = None) -> Sequence[LessonPack]:
    """Return the last `SHOWN` packs that somebody ordered of a lesson, the newest first, or those that changed after `since`."""
    mine = _made_by(lesson_id, maker_id).options(*_WHOLE).execution_options(populate_existing=True)
    if since is not None:
        return db.session.scalars(mine.where(LessonPack.seq > since).order_by(LessonPack.id)).all()
    return db.session.scalars(mine.order_by(LessonPack.id.desc()).limit(SHOWN)).all()


def has_died(ordered_at: datetime) -> bool:
    """Tell whether something ordered then has waited so long that its worker must have died for good."""
    return ordered_at < clock.now() - MADE_WITHIN


def waiting_pack(lesson_id: int, maker_id: int | None) -> LessonPack | None:
    """Return the pack that is being made for somebody; none that waits so long that its worker must have died."""
    still = LessonPack.state == PackState.WAITING, LessonPack.created_at > clock.now() - MADE_WITHIN
    return db.session.scalars(_made_by(lesson_id, maker_id).where(*still).limit(1)).first()


def count_films(lesson_id: int, maker_id: int | None) -> int:
    """Return how many packs with the recording somebody made of a lesson."""
    films = LessonPack.with_recording, LessonPack.state == PackState.READY
    made = _made_by(lesson_id, maker_id).where(*films).with_only_columns(func.count())
    return db.session.scalar(made) or 0


def _made_by(lesson_id: int, maker_id: int | None) -> Select[LessonPack]:
    return select(LessonPack).where(LessonPack.lesson_id == lesson_id, LessonPack.maker_id == maker_id)


_WHOLE = (
    joinedload(LessonPack.maker),
    joinedload(LessonPack.file),
    selectinload(LessonPack.last_check),
)
