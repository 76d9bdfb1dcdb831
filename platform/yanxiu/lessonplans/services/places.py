"""Plans follow the catalog of textbooks: what is renamed, moved or taken over there is written into them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from yanxiu.core.db import db
from yanxiu.core.search_queue import enqueue_index_many
from yanxiu.lessonplans.models import LessonPlan, PlanPlaceStep
from yanxiu.lessonplans.queries.books import BOOK_LEVELS, INSIDE

_LEVELS = (*BOOK_LEVELS, *INSIDE)


def follow_place(county_id: int, before: Sequence[str], after: Sequence[str], remap_id: int | None = None) -> None:
    """Give plans of the county that stand at or below `before` the names of `after`; deeper names stay as they are.

    With `remap_id` each step is kept, so that it can be taken back. That the text was edited is not said by it.
    """
    same = [getattr(LessonPlan, level) == name for level, name in zip(_LEVELS, before, strict=False)]
    mine = LessonPlan.county_id == county_id, LessonPlan.activity_id.is_(None), *same
    ids = list(db.session.scalars(select(LessonPlan.id).where(*mine).order_by(LessonPlan.id).with_for_update()))
    if not ids:
        return
    values = dict(zip(_LEVELS, after, strict=False))
    _write(ids, values)
    if remap_id is not None:
        names = {"before": list(before), "after": list(after)}
        db.session.add_all(PlanPlaceStep(remap_id=remap_id, plan_id=plan_id, **names) for plan_id in ids)
        db.session.flush()
    enqueue_index_many("plan", ids)


def put_back(remap_id: int) -> None:
    """Take the steps of a remap back, but for plans that somebody has given another place since."""
    steps = db.session.scalars(select(PlanPlaceStep).where(PlanPlaceStep.remap_id == remap_id)).all()
    back = []
    for step in sorted(steps, key=lambda each: each.plan_id):
        at = [getattr(LessonPlan, level) == name for level, name in zip(_LEVELS, step.after, strict=False)]
        found = select(LessonPlan.id).where(LessonPlan.id == step.plan_id, *at).with_for_update()
        if db.session.scalar(found) is not None:
            _write([step.plan_id], dict(zip(_LEVELS, step.before, strict=False)))
            back.append(step.plan_id)
    db.session.execute(delete(PlanPlaceStep).where(PlanPlaceStep.remap_id == remap_id))
    enqueue_index_many("plan", back)


def _write(ids: Sequence[int], values: dict[str, str]) -> None:
    kept = {**values, "updated_at": LessonPlan.updated_at}
    statement = update(LessonPlan).where(LessonPlan.id.in_(ids)).values(kept)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
