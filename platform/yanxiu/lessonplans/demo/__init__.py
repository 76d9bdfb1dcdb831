"""Sample data of lesson plans: what a workshop has on its desk in the middle of a term."""

from __future__ import annotations

from datetime import datetime

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans import services
from yanxiu.lessonplans.collab.updates import compacted
from yanxiu.lessonplans.demo import caochuan, jingyang, tiji
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.models import LessonPlan, PlanContributor, PlanSnapshot, PlanUpdate
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.services import PlanCard

UNIT = "第二单元 走近古典名著"


def seed(world: DemoWorld) -> None:
    """Add this feature's sample data to `world`."""
    if world.small:
        return
    world.plans["caochuan"] = _caochuan(world)
    world.plans["jingyanggang"] = _jingyanggang(world)
    world.plans["houwang"] = _houwang(world)
    world.plans["honglou"] = _honglou(world)
    world.plans["tiji"] = _tiji(world)


def _chinese(world: DemoWorld, title: str, periods: int, visibility: str = "workshop") -> PlanCard:
    workshop = world.workshops.get("sanguo")
    if workshop is None and visibility == "workshop":
        visibility = "school"
    return PlanCard(
        title=title,
        subject="语文",
        stage="小学",
        grade="五年级",
        edition="统编版",
        volume="下册",
        unit=UNIT,
        periods=periods,
        visibility=visibility,
        workshop_id=workshop.id if workshop is not None and visibility == "workshop" else None,
    )


def _make(
    world: DemoWorld, owner: str, card: PlanCard, document: Node, at: datetime, template: str = "literacy"
) -> LessonPlan:
    user = world.users[owner]
    plan = services.create_plan(user, viewer_of(user), card, template, document)
    _wrote(plan, user, at)
    plan.created_at = at
    return plan


def _wrote(plan: LessonPlan, user: User, at: datetime) -> None:
    """Note that somebody wrote in the plan at that moment."""
    plan.edited_at, plan.edited_by_id = at, user.id
    known = db.session.get(PlanContributor, (plan.id, user.id))
    if known is None:
        db.session.add(PlanContributor(plan_id=plan.id, user_id=user.id, first_at=at, last_at=at))
    else:
        known.last_at = at
    db.session.flush()


def _state(plan: LessonPlan) -> bytes:
    stored = stored_document(plan.id)
    assert stored is not None
    return compacted([stored.snapshot, *stored.log])


def _rewrite(plan: LessonPlan, document: Node, user: User, at: datetime) -> None:
    """Turn the document into another one by an edit in its log, as if it had been typed."""
    snapshot = db.session.get(PlanSnapshot, plan.id)
    assert snapshot is not None
    update = restoring_update(_state(plan), document)
    snapshot.head += 1
    snapshot.log_rows += 1
    snapshot.log_bytes += len(update)
    row = PlanUpdate(plan_id=plan.id, seq=snapshot.head, data=update, user_ids=str(user.id), created_at=at)
    db.session.add(row)
    db.session.flush()
    services.write_text(plan.id, epoch=snapshot.epoch, seq=snapshot.head, document=document)
    _wrote(plan, user, at)


def _revision(plan: LessonPlan, user: User, title: str, note: str, at: datetime) -> None:
    services.save_revision(user, plan, _state(plan), title, note).created_at = at


def _caochuan(world: DemoWorld) -> LessonPlan:
    leader, teacher, colleague = (world.users[key] for key in ("leader", "teacher", "colleague"))
    card = _chinese(world, "《草船借箭》第一课时", 2)
    plan = _make(world, "leader", card, caochuan.first_version(), world.ago(days=16))
    services.invite_member(leader, plan, world.users["villager"], "writer").seen_at = world.ago(days=14)
    services.invite_member(leader, plan, world.users["outsider"], "reader")
    _revision(plan, leader, "一稿", "主备人初案，请大家重点看教学过程", world.ago(days=15))
    _wrote(plan, colleague, world.ago(days=12))
    _rewrite(plan, caochuan.second_version(), teacher, world.ago(days=6, hours=3))
    _wrote(plan, leader, world.ago(hours=5))
    note = "根据周三研讨修改：目标写成可检测的，探究分成借箭前、借箭时两步，加学习单"
    _revision(plan, leader, "二稿", note, world.ago(days=6))
    return plan


def _jingyanggang(world: DemoWorld) -> LessonPlan:
    card = _chinese(world, "《景阳冈》第二课时", 2)
    plan = _make(world, "teacher", card, jingyang.jingyanggang(), world.ago(days=9))
    _revision(plan, world.users["teacher"], "一稿", "讲故事评价表附在教学准备里", world.ago(days=8))
    _wrote(plan, world.users["leader"], world.ago(days=2, hours=4))
    return plan


def _houwang(world: DemoWorld) -> LessonPlan:
    card = _chinese(world, "《猴王出世》", 1)
    plan = _make(world, "colleague", card, jingyang.houwang(), world.ago(days=1, hours=6))
    services.invite_member(world.users["colleague"], plan, world.users["teacher"], "writer")
    return plan


def _honglou(world: DemoWorld) -> LessonPlan:
    card = _chinese(world, "《红楼春趣》", 1, visibility="private")
    return _make(world, "villager", card, jingyang.hongloumeng(), world.ago(days=4), "three_dimensions")


def _tiji(world: DemoWorld) -> LessonPlan:
    card = PlanCard(
        title="长方体的体积",
        subject="数学",
        stage="小学",
        grade="五年级",
        edition="人教版",
        volume="下册",
        unit="第三单元 长方体和正方体",
        periods=1,
        visibility="county",
    )
    plan = _make(world, "outsider", card, tiji.changfangti(), world.ago(days=11))
    _revision(plan, world.users["outsider"], "定稿", "县级公开课用稿", world.ago(days=10))
    return plan
