"""Archive packs of lessons, and the steps of a lesson as the audit log has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.observations.models import LessonPack, PackCheck, PackState

SHOWN = 10
CHECKS_SHOWN = 20
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


def checks_page(pack_id: int, cursor: str | None) -> Page[PackCheck]:
    """Return the checks of a pack, the newest first."""
    return paginate(_checks(pack_id), PackCheck.id.desc(), cursor=cursor, size=CHECKS_SHOWN)


def checks_since(pack_id: int, since: int) -> Sequence[PackCheck]:
    """Return the last checks of a pack that changed after `since`, the oldest first."""
    changed = _checks(pack_id).where(PackCheck.seq > since).execution_options(populate_existing=True)
    return db.session.scalars(changed.order_by(PackCheck.id.desc()).limit(CHECKS_SHOWN)).all()[::-1]


def find_check(pack_id: int, check_id: int) -> PackCheck | None:
    """Return a check of the pack; the caller checks the right."""
    return db.session.scalars(_checks(pack_id).where(PackCheck.id == check_id)).first()


def check_of(arrival: str) -> PackCheck | None:
    """Return the check of what came by this resumable upload."""
    return db.session.scalars(select(PackCheck).where(PackCheck.arrival == arrival)).first()


def checked_arrivals(arrivals: Collection[str]) -> set[str]:
    """Return which of these resumable uploads have a check."""
    wanted = select(PackCheck.arrival).where(PackCheck.arrival.in_(arrivals))
    return {one for one in db.session.scalars(wanted) if one is not None}


def _checks(pack_id: int) -> Select[PackCheck]:
    return select(PackCheck).where(PackCheck.pack_id == pack_id)


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
