"""我的视角: own words that are used again, one's own and those of colleagues for the school; and where else there are some."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.observations.models import KeptPerspective, Lesson, LessonMember, LessonPerspective, LessonRole
from yanxiu.observations.models.perspectives import OWN

SHARED_SHOWN = 30
OFFERED = 60
"""So many of the school's are offered in a lesson, the newest; the others stand on the page of 我的视角."""
LESSONS_OFFERED = 20


def kept_by(user_id: int | None) -> Sequence[KeptPerspective]:
    """Return what somebody keeps, by name; nobody keeps more than a page."""
    mine = select(KeptPerspective).where(KeptPerspective.owner_id == user_id)
    return db.session.scalars(mine.order_by(KeptPerspective.name, KeptPerspective.id)).all()


def count_kept(user_id: int) -> int:
    return db.session.scalar(select(func.count()).where(KeptPerspective.owner_id == user_id)) or 0


def school_page(school_id: int, cursor: str | None) -> Page[KeptPerspective]:
    """Return what teachers share in a school, the newest first."""
    shared = (
        select(KeptPerspective)
        .where(KeptPerspective.school_id == school_id)
        .options(joinedload(KeptPerspective.owner), joinedload(KeptPerspective.school))
    )
    return paginate(shared, KeptPerspective.id.desc(), cursor=cursor, size=SHARED_SHOWN)


def shared_with(viewer: Viewer) -> Sequence[KeptPerspective]:
    """Return what colleagues share in the viewer's school, the newest `OFFERED`; not what is the viewer's own."""
    if viewer.school_id is None:
        return []
    shared = select(KeptPerspective).where(
        KeptPerspective.school_id == viewer.school_id, KeptPerspective.owner_id != viewer.user_id
    )
    return db.session.scalars(shared.order_by(KeptPerspective.id.desc()).limit(OFFERED)).all()


def find_kept(kept_id: int) -> KeptPerspective | None:
    """Return one; the caller checks the right."""
    return db.session.get(KeptPerspective, kept_id)


def find_own(perspective_id: int) -> LessonPerspective | None:
    """Return what is watched in a lesson in somebody's own words; the caller asks whether the lesson may be seen."""
    found = db.session.get(LessonPerspective, perspective_id)
    return found if found is not None and found.is_own and found.retired_at is None else None


def led_with_own(viewer: Viewer, besides: int) -> Sequence[Lesson]:
    """Return the newest lessons that the viewer leads in which something is watched in somebody's own words."""
    own = exists().where(
        LessonPerspective.lesson_id == Lesson.id,
        LessonPerspective.key.startswith(OWN, autoescape=True),
        LessonPerspective.retired_at.is_(None),
    )
    hosts = exists().where(
        LessonMember.lesson_id == Lesson.id,
        LessonMember.user_id == viewer.user_id,
        LessonMember.role == LessonRole.HOST,
    )
    leads = or_(Lesson.teacher_id == viewer.user_id, Lesson.creator_id == viewer.user_id, hosts)
    found = select(Lesson).where(leads, own, Lesson.id != besides, Lesson.deleted_at.is_(None))
    return db.session.scalars(found.order_by(Lesson.id.desc()).limit(LESSONS_OFFERED)).all()
