"""What is kept of a plan's past becomes coarser with age; what people named or went back to stays for ever.

Versions kept by themselves: all of the last two days stay, then the last of each hour, after a month the last of each
day. Steps of the writing: each commit for a month, then one step for each person and ten minutes, for ever; who wrote
what stays known (8 and then 4 bytes for each character of the plan: `benchmarks/history.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_, update

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab.history import BrokenHistoryError, pack, thinned, unpack
from yanxiu.lessonplans.collab.updates import MalformedUpdateError
from yanxiu.lessonplans.models import AUTOMATIC, PlanHistory, PlanImport, Revision

ALL, HOURLY = timedelta(days=2), timedelta(days=30)
PLANS_AT_ONCE = 200
EACH_COMMIT, GRAIN = timedelta(days=30), timedelta(minutes=10)
STRETCHES_AT_ONCE = 100

Kept = tuple[int, datetime]
"""Id and moment of a version."""
Stretch = tuple[int, int, bytes]
"""Plan, last log number and packed steps."""

log = logging.getLogger(__name__)


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


def forget_imports() -> int:
    """Forget which Word files were taken over; nobody presses the button again after some days."""
    with unit_of_work():
        old = delete(PlanImport).where(PlanImport.created_at < clock.now() - ALL).returning(PlanImport.id)
        return len(db.session.scalars(old).all())


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


def thin_out_history() -> int:
    """Merge the old steps of the writing; return how many stretches of the history became coarser."""
    return sum(_thin_out(stretch) for stretch in _fine_stretches(clock.now() - EACH_COMMIT))


def _thin_out(stretch: Stretch) -> bool:
    """Merge one stretch; what cannot be read is left as it is, for `yanxiu doc-doctor` to tell."""
    plan_id, last_seq, data = stretch
    try:
        merged = pack(thinned(unpack(data), GRAIN))
    except (BrokenHistoryError, MalformedUpdateError):
        log.error("history of lesson plan %s up to %s cannot be read and is left as it is", plan_id, last_seq)
        return False
    here = PlanHistory.plan_id == plan_id, PlanHistory.last_seq == last_seq, PlanHistory.is_beginning.is_(False)
    with unit_of_work():
        values = {"data": merged, "grain_s": int(GRAIN.total_seconds())}
        db.session.execute(update(PlanHistory).where(*here).values(values))
    return True


def _fine_stretches(before: datetime) -> Iterator[Stretch]:
    """Yield the stretches that ended before then and still have each commit."""
    key, last = tuple_(PlanHistory.plan_id, PlanHistory.last_seq), (0, 0)
    fine = PlanHistory.is_beginning.is_(False), PlanHistory.grain_s == 0
    chosen = select(PlanHistory.plan_id, PlanHistory.last_seq, PlanHistory.data).where(
        *fine, PlanHistory.last_at < before
    )
    while True:
        statement = chosen.where(key > last).order_by(PlanHistory.plan_id, PlanHistory.last_seq)
        rows = db.session.execute(statement.limit(STRETCHES_AT_ONCE)).all()
        db.session.rollback()
        if not rows:
            return
        for row in rows:
            yield row.plan_id, row.last_seq, row.data
        last = rows[-1].plan_id, rows[-1].last_seq
