"""Versions of plans."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.lessonplans.models import (
    AUTOMATIC,
    LessonPlan,
    PlanSnapshot,
    Revision,
)


def revisions_page(
    plan_id: int, *, by_people: bool = False, cursor: str | None = None, size: int = 20
) -> Page[Revision]:
    """Return the versions of a plan, newest first; `by_people`: without those kept by themselves."""
    statement = select(Revision).where(Revision.plan_id == plan_id).options(joinedload(Revision.author))
    if by_people:
        statement = statement.where(Revision.kind != AUTOMATIC)
    return paginate(statement, Revision.number.desc(), cursor=cursor, size=size)


def find_revision(plan_id: int, number: int) -> Revision | None:
    """Return one version with its stored state."""
    statement = (
        select(Revision)
        .where(Revision.plan_id == plan_id, Revision.number == number)
        .options(joinedload(Revision.author), undefer(Revision.state))
    )
    return db.session.scalars(statement).first()


def next_revision_number(plan_id: int) -> int:
    """Return the number of the next version; inside a unit of work."""
    return (db.session.scalar(select(func.max(Revision.number)).where(Revision.plan_id == plan_id)) or 0) + 1


def revision_state(revision: Revision) -> bytes:
    """Return the full document of a version."""
    return zlib.decompress(revision.state)


def plans_to_keep(rested_before: datetime, limit: int = 200) -> Sequence[int]:
    """Return the plans that rest since then with edits that no version contains, leaving out what cannot be loaded."""
    kept = select(func.coalesce(func.max(Revision.seq), 0)).where(Revision.plan_id == LessonPlan.id).scalar_subquery()
    statement = (
        select(LessonPlan.id)
        .join(PlanSnapshot, PlanSnapshot.plan_id == LessonPlan.id)
        .where(
            LessonPlan.deleted_at.is_(None),
            LessonPlan.edited_at < rested_before,
            PlanSnapshot.quarantined_at.is_(None),
            PlanSnapshot.head > kept,
        )
        .order_by(LessonPlan.edited_at, LessonPlan.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()
