"""Versions that were kept by themselves become fewer with age; what people named or went back to stays for ever.

All of the last two days stay, then the last of each hour, after a month the last of each day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import AUTOMATIC, Revision

ALL, HOURLY = timedelta(days=2), timedelta(days=30)
PLANS_AT_ONCE = 200

Kept = tuple[int, datetime]
"""Id and moment of a version."""


def thin_out_versions() -> int:
    """Delete what is one too many, some plans in each transaction; return how many versions that were."""
    total = 0
    for plan_ids in _plans():
        surplus = [revision_id for plan_id in plan_ids for revision_id in surplus_of(_kept(plan_id))]
        db.session.rollback()
        if surplus:
            with unit_of_work():
                chosen = Revision.id.in_(surplus), Revision.restored_at.is_(None)
                total += len(db.session.scalars(delete(Revision).where(*chosen).returning(Revision.id)).all())
    return total


def surplus_of(kept: Sequence[Kept]) -> list[int]:
    """Return which of these versions, oldest first, have a later one beside them that speaks for both."""
    slots = [_slot(made_at) for _revision_id, made_at in kept]
    following = [*slots[1:], None]
    return [kept[i][0] for i, slot in enumerate(slots) if slot is not None and slot == following[i]]


def _slot(made_at: datetime) -> str | None:
    """Name the hour or the day of which one version stays; None while all do."""
    age = clock.now() - made_at
    if age < ALL:
        return None
    return made_at.astimezone(clock.LOCAL_ZONE).strftime("%Y-%m-%d %H" if age < HOURLY else "%Y-%m-%d")


def _plans() -> Iterator[Sequence[int]]:
    """Yield the plans with more than one version that may have to go."""
    last = 0
    old = (Revision.kind == AUTOMATIC, Revision.created_at < clock.now() - ALL)
    while True:
        statement = select(Revision.plan_id).where(*old, Revision.plan_id > last).group_by(Revision.plan_id)
        several = statement.having(func.count() > 1).order_by(Revision.plan_id).limit(PLANS_AT_ONCE)
        plan_ids = db.session.scalars(several).all()
        if not plan_ids:
            return
        yield plan_ids
        last = plan_ids[-1]


def _kept(plan_id: int) -> list[Kept]:
    statement = select(Revision.id, Revision.created_at).where(Revision.plan_id == plan_id, Revision.kind == AUTOMATIC)
    unused = statement.where(Revision.restored_at.is_(None)).order_by(Revision.number)
    return [(row.id, row.created_at) for row in db.session.execute(unused)]
