"""Reads about the plan of a term. Callers have checked that the workshop may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, func, or_, select

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.workshops.models import TermItem, TermStage
from yanxiu.workshops.queries.plan_targets import addresses_of
from yanxiu.workshops.timeline import RUNNING, Moment, moment_of


@dataclass(frozen=True)
class PlannedItem:
    """An item with the address this viewer may open, or none."""

    item: TermItem
    url: str | None


@dataclass(frozen=True)
class PlannedStage:
    """A stage with where it stands today and what is in it."""

    stage: TermStage
    moment: Moment
    items: Sequence[PlannedItem] = ()


def _stages(workshop_id: int) -> Select[TermStage]:
    standing = (TermStage.workshop_id == workshop_id, TermStage.deleted_at.is_(None))
    return select(TermStage).where(*standing).order_by(TermStage.position, TermStage.id)


def _items(workshop_id: int) -> Select[TermItem]:
    standing = (TermItem.workshop_id == workshop_id, TermItem.deleted_at.is_(None))
    return select(TermItem).where(*standing).order_by(TermItem.position, TermItem.id)


def stages_of(workshop_id: int) -> Sequence[TermStage]:
    """Return the stages in their order, as they are in the database now."""
    return db.session.scalars(_stages(workshop_id).execution_options(populate_existing=True)).all()


def items_of(workshop_id: int) -> Sequence[TermItem]:
    """Return everything planned, also in stages that were taken out, as it is in the database now."""
    return db.session.scalars(_items(workshop_id).execution_options(populate_existing=True)).all()


def items_in(stage_id: int, workshop_id: int) -> Sequence[TermItem]:
    """Return what is in a stage, in its order, as it is in the database now."""
    inside = _items(workshop_id).where(TermItem.stage_id == stage_id)
    return db.session.scalars(inside.execution_options(populate_existing=True)).all()


def plan_of(viewer: Viewer, workshop_id: int, day: date) -> list[PlannedStage]:
    """Return the whole plan as this viewer sees it on a day."""
    stages, items = stages_of(workshop_id), items_of(workshop_id)
    addresses = addresses_of(viewer, items)
    inside: dict[int, list[PlannedItem]] = defaultdict(list)
    for item in items:
        inside[item.stage_id].append(PlannedItem(item, addresses.get(item.id)))
    return [PlannedStage(stage, moment_of(stage.starts_on, stage.ends_on, day), inside[stage.id]) for stage in stages]


def line_of(workshop_id: int, day: date) -> list[PlannedStage]:
    """Return the stages alone: where the term is."""
    return [PlannedStage(stage, moment_of(stage.starts_on, stage.ends_on, day)) for stage in stages_of(workshop_id)]


def running_of(line: Sequence[PlannedStage]) -> PlannedStage | None:
    """Return the first stage that runs now."""
    return next((planned for planned in line if planned.moment.state == RUNNING), None)


def next_items(viewer: Viewer, workshop_id: int, day: date, limit: int = 4) -> list[PlannedItem]:
    """Return what comes next: of the running stages first, and there the soonest first; nothing whose day is over."""
    last = func.coalesce(TermItem.ends_on, TermItem.starts_on)
    dated = last.is_not(None)
    running = and_(
        or_(TermStage.starts_on.is_not(None), TermStage.ends_on.is_not(None)),
        or_(TermStage.starts_on.is_(None), TermStage.starts_on <= day),
        or_(TermStage.ends_on.is_(None), TermStage.ends_on >= day),
    )
    statement = (
        _items(workshop_id)
        .join(TermStage, TermStage.id == TermItem.stage_id)
        .where(TermStage.deleted_at.is_(None), or_(last >= day, and_(last.is_(None), running)))
        .order_by(None)
        .order_by(
            case((running, 0), else_=1),
            case((dated, 0), else_=1),
            last,
            TermStage.position,
            TermItem.position,
            TermItem.id,
        )
        .limit(limit)
    )
    items = db.session.scalars(statement).all()
    addresses = addresses_of(viewer, items)
    return [PlannedItem(item, addresses.get(item.id)) for item in items]


def find_stage(workshop_id: int, stage_id: int, *, deleted: bool = False) -> TermStage | None:
    """Return a stage of this workshop; with `deleted`, also one that was taken out."""
    found = select(TermStage).where(TermStage.workshop_id == workshop_id, TermStage.id == stage_id)
    return db.session.scalar(found if deleted else found.where(TermStage.deleted_at.is_(None)))


def find_item(workshop_id: int, item_id: int, *, deleted: bool = False) -> TermItem | None:
    """Return an item of this workshop's plan; with `deleted`, also one that was taken out."""
    found = select(TermItem).where(TermItem.workshop_id == workshop_id, TermItem.id == item_id)
    return db.session.scalar(found if deleted else found.where(TermItem.deleted_at.is_(None)))
