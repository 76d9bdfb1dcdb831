"""Writing the plan of a term. Every function locks the workshop first: two leaders who order at once are served
one after the other, and each sees what the other left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE, now, today
from yanxiu.core.db import db, hold, is_sqlite
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.tasks import enqueue
from yanxiu.workshops.events import PlanAdjusted, PlanItemsChanged
from yanxiu.workshops.models import TermItem, TermStage, TermTick, Workshop
from yanxiu.workshops.queries.plan_progress import items_to_tick
from yanxiu.workshops.queries.termplan import items_in, stages_of

MAX_STAGES, MAX_ITEMS = 20, 300
UP, DOWN = "up", "down"
PLAN_NEWS = "workshops.plan_news"
TOLD_AT = time(18)


@dataclass(frozen=True)
class StageDetails:
    """What a leader says about a stage; both ends of the window belong to it."""

    name: str
    goal: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class ItemDetails:
    """What a leader says about an item; that the target may be seen has been asked before."""

    kind: str
    title: str
    target_id: int | None = None
    url: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    required: bool = False


def touch_plan(actor: User, workshop: Workshop, item_id: int = 0, items: Sequence[TermItem] = ()) -> None:
    """Tell everybody who looks at the plan, or at the line on the home, that it changed; search, which items say
    something else; and the members, in the evening."""
    db.session.flush()
    bump(f"termplan:{workshop.id}", "plan", item_id)
    if items:
        record(PlanItemsChanged(workshop.id, tuple(item.id for item in items)))
    _plan_news(actor, workshop)


def _lock(workshop: Workshop) -> None:
    if not hold(workshop):
        raise NotFoundError


def _refuse_wrong_days(details: StageDetails | ItemDetails) -> None:
    if details.starts_on and details.ends_on and details.ends_on < details.starts_on:
        raise InvalidError("结束日期不能早于开始日期", field="ends_on")


def add_stage(actor: User, workshop: Workshop, details: StageDetails, client_uuid: str) -> TermStage:
    """Add a stage at the end; sending the same form again returns the stage it made."""
    _refuse_wrong_days(details)
    _lock(workshop)
    sent = TermStage.workshop_id == workshop.id, TermStage.client_uuid == client_uuid
    before = db.session.scalar(select(TermStage).where(*sent))
    if before is not None:
        return before
    stages = stages_of(workshop.id)
    if len(stages) >= MAX_STAGES:
        raise ConflictError(f"一个学期最多分 {MAX_STAGES} 个阶段")
    last = stages[-1].position if stages else 0
    stage = TermStage(workshop_id=workshop.id, client_uuid=client_uuid, position=last + 1, **asdict(details))
    db.session.add(stage)
    touch_plan(actor, workshop)
    return stage


def change_stage(actor: User, workshop: Workshop, stage: TermStage, details: StageDetails) -> None:
    """Say something else about a stage."""
    _refuse_wrong_days(details)
    _lock(workshop)
    _hold_row(stage)
    for field, value in asdict(details).items():
        setattr(stage, field, value)
    touch_plan(actor, workshop, items=items_in(stage.id, workshop.id))


def _hold_row(row: TermStage | TermItem) -> None:
    if not hold(row) or row.deleted_at is not None:
        raise ConflictError("这一项刚刚被移除了，请刷新页面")


def add_item(actor: User, workshop: Workshop, stage: TermStage, details: ItemDetails, client_uuid: str) -> TermItem:
    """Add an item at the end of a stage; sending the same form again returns the item it made."""
    _refuse_wrong_days(details)
    _lock(workshop)
    before = db.session.scalar(
        select(TermItem).where(TermItem.workshop_id == workshop.id, TermItem.client_uuid == client_uuid)
    )
    if before is not None:
        return before
    _hold_row(stage)
    count = select(func.count()).where(TermItem.workshop_id == workshop.id, TermItem.deleted_at.is_(None))
    if (db.session.scalar(count) or 0) >= MAX_ITEMS:
        raise ConflictError(f"一个学期最多安排 {MAX_ITEMS} 项内容")
    inside = items_in(stage.id, workshop.id)
    item = TermItem(
        workshop_id=workshop.id,
        stage_id=stage.id,
        client_uuid=client_uuid,
        created_by=actor.id,
        position=inside[-1].position + 1 if inside else 1,
        **asdict(details),
    )
    db.session.add(item)
    touch_plan(actor, workshop, items=[item])
    return item


def change_item(actor: User, workshop: Workshop, item: TermItem, details: ItemDetails, stage: TermStage) -> None:
    """Say something else about an item, or put it at the end of another stage."""
    _refuse_wrong_days(details)
    _lock(workshop)
    _hold_row(item)
    for field, value in asdict(details).items():
        setattr(item, field, value)
    if stage.id != item.stage_id:
        _put(item, stage, None, workshop)
    touch_plan(actor, workshop, item.id, items=[item])


def place_item(actor: User, workshop: Workshop, item: TermItem, stage: TermStage, before_id: int | None) -> None:
    """Put an item before another one of a stage; at its end if that one is gone or `before_id` is None."""
    _lock(workshop)
    _hold_row(item)
    _put(item, stage, before_id, workshop)
    touch_plan(actor, workshop, item.id)


def _put(item: TermItem, stage: TermStage, before_id: int | None, workshop: Workshop) -> None:
    _hold_row(stage)
    others = [other for other in items_in(stage.id, workshop.id) if other.id != item.id]
    place = next((n for n, other in enumerate(others) if other.id == before_id), len(others))
    item.stage_id = stage.id
    _number([*others[:place], item, *others[place:]])


def _number(rows: Sequence[TermItem | TermStage]) -> None:
    for position, row in enumerate(rows, start=1):
        row.position = position


def step_item(actor: User, workshop: Workshop, item: TermItem, way: str) -> None:
    """Move an item one place up or down; over the edge of a stage it comes into the next one."""
    _lock(workshop)
    _hold_row(item)
    inside = list(items_in(item.stage_id, workshop.id))
    place = inside.index(item)
    other = place + (-1 if way == UP else 1)
    if 0 <= other < len(inside):
        inside[place], inside[other] = inside[other], inside[place]
        _number(inside)
    else:
        _step_over(item, way, workshop)
    touch_plan(actor, workshop, item.id)


def _step_over(item: TermItem, way: str, workshop: Workshop) -> None:
    stages = list(stages_of(workshop.id))
    here = next((n for n, stage in enumerate(stages) if stage.id == item.stage_id), 0)
    there = here + (-1 if way == UP else 1)
    if not 0 <= there < len(stages):
        return
    first = next(iter(items_in(stages[there].id, workshop.id)), None) if way == DOWN else None
    _put(item, stages[there], first.id if first else None, workshop)


def step_stage(actor: User, workshop: Workshop, stage: TermStage, way: str) -> None:
    """Move a stage one place up or down; at the end it stays."""
    _lock(workshop)
    _hold_row(stage)
    stages = list(stages_of(workshop.id))
    place = stages.index(stage)
    other = place + (-1 if way == UP else 1)
    if 0 <= other < len(stages):
        stages[place], stages[other] = stages[other], stages[place]
        _number(stages)
    touch_plan(actor, workshop)


def place_stage(actor: User, workshop: Workshop, stage: TermStage, before_id: int | None) -> None:
    """Put a stage with what is in it before another one; at the end if that one is gone or `before_id` is None."""
    _lock(workshop)
    _hold_row(stage)
    others = [other for other in stages_of(workshop.id) if other.id != stage.id]
    place = next((n for n, other in enumerate(others) if other.id == before_id), len(others))
    _number([*others[:place], stage, *others[place:]])
    touch_plan(actor, workshop)


def take_out(actor: User, workshop: Workshop, row: TermStage | TermItem, *, out: bool) -> None:
    """Take a stage with what is in it, or an item, out of the plan; or bring it back to its place."""
    _lock(workshop)
    if not hold(row) or (row.deleted_at is not None) == out:
        return
    row.deleted_at = now() if out else None
    touch_plan(actor, workshop, items=[row] if isinstance(row, TermItem) else items_in(row.id, workshop.id))


def tick_item(actor: User, item: TermItem, *, done: bool) -> None:
    """Note that somebody has done an item, or take it back; doing it again changes nothing."""
    mine = (TermTick.item_id == item.id, TermTick.user_id == actor.id)
    if not done:
        db.session.execute(delete(TermTick).where(*mine))
        return
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(TermTick)
    row = insert.values(item_id=item.id, user_id=actor.id, ticked_at=now())
    db.session.execute(row.on_conflict_do_nothing())


def tick_opened(kind: str, target_id: int, user_id: int) -> None:
    """Tick for a member what was opened, wherever it stands in a plan of theirs."""
    insert = (sqlite.insert if is_sqlite() else postgresql.insert)(TermTick)
    for item_id in items_to_tick(kind, target_id, user_id):
        row = insert.values(item_id=item_id, user_id=user_id, ticked_at=now())
        db.session.execute(row.on_conflict_do_nothing())


def tell_of_changes(workshop: Workshop, actor_id: int) -> None:
    """Let the members know in one message that the plan was changed; in a workshop that has ended nobody cares."""
    if workshop.archived_at is None:
        record(PlanAdjusted(workshop.id, actor_id))


def _plan_news(actor: User, workshop: Workshop) -> None:
    """Whatever is changed until the evening is told in the evening, once."""
    moment = datetime.combine(today(), TOLD_AT, LOCAL_ZONE)
    moment += timedelta(days=1) if now() >= moment else timedelta(0)
    wait = (moment - now()).total_seconds()
    key = f"{PLAN_NEWS}:{workshop.id}:{moment.date().isoformat()}"
    enqueue(PLAN_NEWS, {"workshop_id": workshop.id, "actor_id": actor.id}, key=key, delay_s=wait)
