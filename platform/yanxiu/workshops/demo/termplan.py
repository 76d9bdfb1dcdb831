"""The plan of the main workshop's term: three stages around the demo's present, half of it linked to what is there."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.workshops.models import TermStage, Topic, Workshop
from yanxiu.workshops.services import termplan
from yanxiu.workshops.services.termplan import ItemDetails, StageDetails
from yanxiu.workshops.timeline import monday_of

# Name, goal, first and last week counted from this one, and (kind, title, required, day of the last week).
STAGES = (
    ("启动与选题", "定下三课的主备人，每人读一遍课标，写出初案。", -7, -4, (
        ("topic", "工作坊约定和这学期的安排", True, None),
        ("reading", "《义务教育语文课程标准（2022年版）》第三学段", True, None),
    )),
    ("集体备课与磨课", "一课三磨：每次只改一个问题，改完就上，上完再改。", -3, 2, (
        ("topic", "《草船借箭》的导入，怎样才不是“热闹一场”", True, None),
        ("lesson_plan", "《景阳冈》共案定稿", True, 2),
        ("lesson", "《草船借箭》二磨试讲", False, 4),
    )),
    ("同课异构与总结", "三校同上《将相和》，把好的做法写下来留给下一届。", 3, 7, (
        ("lesson", "《将相和》三校同课异构", True, None),
        ("reading", "每人一篇教学反思", True, 4),
    )),
)  # fmt: skip


def plan_term(world: DemoWorld, workshop: Workshop, leader: User) -> None:
    """Write the plan as the leader would have done before the term."""
    monday = monday_of(world.now.astimezone(clock.LOCAL_ZONE).date())
    with clock.frozen(world.ago(days=50)):
        for number, (name, goal, first, last, items) in enumerate(STAGES):
            starts, ends = monday + timedelta(weeks=first), monday + timedelta(weeks=last, days=4)
            stage = termplan.add_stage(leader, workshop, StageDetails(name, goal, starts, ends), f"demo-{number}")
            db.session.flush()
            for order, (kind, title, required, day) in enumerate(items):
                _plan_item(leader, stage, f"demo-{number}-{order}", kind, title, required, _day(ends, day))


def _day(ends: date, day: int | None) -> date | None:
    return None if day is None else monday_of(ends) + timedelta(days=day)


def _plan_item(
    leader: User, stage: TermStage, key: str, kind: str, title: str, required: bool, ends_on: date | None
) -> None:
    workshop = db.session.get_one(Workshop, stage.workshop_id)
    named = select(Topic.id).where(Topic.workshop_id == workshop.id, Topic.title == title)
    target_id = db.session.scalar(named) if kind == "topic" else None
    details = ItemDetails(kind, title, target_id, ends_on=ends_on, required=required)
    termplan.add_item(leader, workshop, stage, details, key)
