"""Sample data of lesson plans: what a workshop has on its desk in the middle of a term."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans import services
from yanxiu.lessonplans.demo import caochuan, jingyang
from yanxiu.lessonplans.demo.comments import seed_comments
from yanxiu.lessonplans.demo.editing import rewrite, rewrite_in_turns, state_of, wrote
from yanxiu.lessonplans.demo.preparations import seed_preparations
from yanxiu.lessonplans.demo.proposing import proposed
from yanxiu.lessonplans.demo.records import seed_record
from yanxiu.lessonplans.demo.rounds import first_version, seed_rounds
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import LessonPlan, PlanSnapshot
from yanxiu.lessonplans.services import PlanCard

UNIT = "第二单元"


def seed(world: DemoWorld) -> None:
    """Add this feature's sample data to `world`."""
    if world.small:
        return
    world.plans["caochuan"] = _caochuan(world)
    world.plans["jingyanggang"] = _jingyanggang(world)
    world.plans["houwang"] = _houwang(world)
    world.plans["honglou"] = _honglou(world)
    world.plans["tiji"] = _tiji(world)
    if "difficulties" in world.activities:
        seed_record(world, world.activities["difficulties"])
    seed_rounds(world)
    seed_comments(world)
    if "sanguo" in world.workshops:
        seed_preparations(world)


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
        lesson=next((name for name in ("草船借箭", "景阳冈") if name in title), ""),
        periods=periods,
        visibility=visibility,
        workshop_id=workshop.id if workshop is not None and visibility == "workshop" else None,
    )


def _make(
    world: DemoWorld, owner: str, card: PlanCard, document: Node | None, at: datetime, template: str = "literacy"
) -> LessonPlan:
    user = world.users[owner]
    plan = services.create_plan(user, viewer_of(user), card, template, document)
    wrote(plan, user, at)
    plan.created_at = db.session.get_one(PlanSnapshot, plan.id).updated_at = at
    return plan


def _revision(plan: LessonPlan, user: User, title: str, note: str, at: datetime) -> None:
    services.save_revision(user, plan, state_of(plan), title, note).created_at = at


def _caochuan(world: DemoWorld) -> LessonPlan:
    leader, teacher, colleague = (world.users[key] for key in ("leader", "teacher", "colleague"))
    card = replace(_chinese(world, "《草船借箭》第一课时", 2), readers_propose=True)
    plan = _make(world, "leader", card, None, world.ago(days=16))
    rewrite_in_turns(plan, caochuan.first_version(), [leader, leader, colleague], world.ago(days=16))
    services.invite_member(leader, plan, world.users["villager"], "writer").seen_at = world.ago(days=14)
    services.invite_member(leader, plan, world.users["outsider"], "reader")
    _revision(plan, leader, "一稿", "主备人初案，请大家重点看教学过程", world.ago(days=15))
    wrote(plan, colleague, world.ago(days=12))
    rewrite_in_turns(plan, caochuan.second_version(), [teacher, colleague, leader], world.ago(days=6, hours=3))
    wrote(plan, leader, world.ago(hours=5))
    note = "根据周三研讨修改：目标写成可检测的，探究分成借箭前、借箭时两步，加学习单"
    _revision(plan, leader, "二稿", note, world.ago(days=6))
    return plan


def _jingyanggang(world: DemoWorld) -> LessonPlan:
    card = _chinese(world, "《景阳冈》第二课时", 2)
    plan = _make(world, "teacher", card, jingyang.jingyanggang(), world.ago(days=9))
    _revision(plan, world.users["teacher"], "一稿", "讲故事评价表附在教学准备里", world.ago(days=8))
    leader, at = world.users["leader"], world.ago(days=2, hours=4)
    rewrite(plan, proposed(json_from_state(state_of(plan)), leader, at), leader, at)
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
    return _make(world, "outsider", card, first_version(), world.ago(days=25))
