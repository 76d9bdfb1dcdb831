"""The stored document: its log, its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.core.db import db
from yanxiu.lessonplans.collab.store import Stored
from yanxiu.lessonplans.models import (
    LessonPlan,
    PlanImage,
    PlanSnapshot,
    PlanText,
    PlanUpdate,
)


def find_image(plan_id: int, image_id: int) -> PlanImage | None:
    """Return a picture of this plan."""
    statement = (
        select(PlanImage)
        .where(PlanImage.id == image_id, PlanImage.plan_id == plan_id)
        .options(joinedload(PlanImage.file))
    )
    return db.session.scalars(statement).first()


def count_images(plan_id: int, user_id: int, since: datetime) -> int:
    """How many pictures this person brought into a plan since then."""
    own = PlanImage.plan_id == plan_id, PlanImage.uploaded_by_id == user_id, PlanImage.created_at >= since
    return db.session.scalar(select(func.count(PlanImage.id)).where(*own)) or 0


def plans_behind_their_log(limit: int = 500) -> Sequence[int]:
    """Return the plans whose kept text is older than their last stored edit, leaving out what cannot be loaded."""
    statement = (
        select(PlanSnapshot.plan_id)
        .join(LessonPlan, LessonPlan.id == PlanSnapshot.plan_id)
        .outerjoin(PlanText, PlanText.plan_id == PlanSnapshot.plan_id)
        .where(
            LessonPlan.deleted_at.is_(None),
            PlanSnapshot.quarantined_at.is_(None),
            or_(PlanText.plan_id.is_(None), PlanText.epoch != PlanSnapshot.epoch, PlanText.seq < PlanSnapshot.head),
        )
        .order_by(PlanSnapshot.plan_id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def edits_behind_text(plan_id: int) -> tuple[list[int], datetime | None]:
    """Return who made the stored edits that the kept text lacks, who wrote last at the end, and when that was stored.

    Who wrote within the same hundredth of a second stand in any order.
    """
    kept = select(func.coalesce(func.max(PlanText.seq), 0)).where(PlanText.plan_id == plan_id).scalar_subquery()
    rows = db.session.execute(
        select(PlanUpdate.user_ids, PlanUpdate.created_at)
        .where(PlanUpdate.plan_id == plan_id, PlanUpdate.seq > kept)
        .order_by(PlanUpdate.seq)
    ).all()
    authors = [int(number) for row in reversed(rows) for number in row.user_ids.split(",") if number]
    return list(dict.fromkeys(authors))[::-1], rows[-1].created_at if rows else None


def stored_document(plan_id: int) -> Stored | None:
    """Return the document as it is in this session's view of the database.

    The log is read before the snapshot: what a compaction takes out of it in between stands in the snapshot by then.
    """
    log = db.session.execute(
        select(PlanUpdate.seq, PlanUpdate.data)
        .where(PlanUpdate.plan_id == plan_id, PlanUpdate.seq > snapshot_seq(plan_id))
        .order_by(PlanUpdate.seq)
    ).all()
    snapshot = db.session.execute(
        select(PlanSnapshot.epoch, PlanSnapshot.seq, PlanSnapshot.state).where(PlanSnapshot.plan_id == plan_id)
    ).first()
    if snapshot is None:
        return None
    rows = [row for row in log if row.seq > snapshot.seq]
    seq = rows[-1].seq if rows else snapshot.seq
    return Stored(snapshot.epoch, snapshot.seq, seq, snapshot.state, tuple(row.data for row in rows))


def snapshot_seq(plan_id: int) -> ScalarSelect[int]:
    """The last log row that the snapshot contains, as part of a statement."""
    return select(PlanSnapshot.seq).where(PlanSnapshot.plan_id == plan_id).scalar_subquery()
