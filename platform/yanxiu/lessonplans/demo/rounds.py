"""A sample plan that was honed in two rounds and is final: every passage says where it comes from."""

from __future__ import annotations

from yanxiu.core import clock
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans.demo import tiji
from yanxiu.lessonplans.demo.editing import rewrite, state_of
from yanxiu.lessonplans.demo.preparations import take_step
from yanxiu.lessonplans.document.nodes import Node, numbered, paragraph, section
from yanxiu.lessonplans.document.sections import sections_of, title_of, with_section
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.models.preparations import AGREED, DRAFT, FINAL, REVIEW
from yanxiu.lessonplans.models.rounds import ADOPTED, DECLINED
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.services.preparations import Kept
from yanxiu.lessonplans.services.rounds import Decision, Draft, decide, keep_round, suggest

FIRST = {
    "goals": (
        numbered(
            "掌握长方体体积的计算公式 V = abh。",
            "能用公式计算长方体的体积。",
            "发展空间观念。",
        ),
    ),
    "learners": (paragraph("学生已经学过体积单位，会数小正方体的个数。"),),
}
SUGGESTED = (
    (
        "researcher",
        Draft(
            "目标写成学生做什么、能做到什么程度，课上才检查得出来。", "demo-tiji-1", "goals", "掌握长方体体积的计算公式"
        ),
        Decision(ADOPTED, "把推导过程写进了目标，当堂看得出会不会", "goals", "推导出 V = abh"),
    ),
    (
        "principal",
        Draft("学情最好有数据，哪些学生会漏数，一稿上完应该看得出。", "demo-tiji-2", "learners", "会数小正方体的个数"),
        Decision(ADOPTED, "课前做了前测，数字写进来了", "learners", "8 人漏数了看不见的部分"),
    ),
    (
        "leader",
        Draft("摆小正方体太费时间，可以只看课件演示。", "demo-tiji-3", "process", "用 24 个小正方体摆长方体"),
        Decision(DECLINED, "不动手摆，学生说不清为什么是乘；改为每组 30 个，摆得快一些", "process"),
    ),
)


def first_version() -> Node:
    """The plan as it was taught the first time."""
    document = tiji.changfangti()
    for key, blocks in FIRST.items():
        old = sections_of(document)[key]
        hint = str(old["attrs"].get("hint", ""))
        document = with_section(document, key, section(key, title_of(old), hint, *blocks))
    return document


def seed_rounds(world: DemoWorld) -> None:
    """《长方体的体积》: 一稿, suggestions, 二稿, 共案 and 定案."""
    plan, lead = world.plans["tiji"], world.users["outsider"]
    take_step(lead, plan, DRAFT, world.ago(days=24))
    take_step(lead, plan, REVIEW, world.ago(days=22))
    with clock.frozen(world.ago(days=21)):
        keep_round(lead, plan, _kept(plan), "先上一次，看学生能不能说清为什么是乘")
    made = []
    for who, draft, _decision in SUGGESTED:
        with clock.frozen(world.ago(days=19)):
            made.append(suggest(world.users[who], plan, draft))
    rewrite(plan, tiji.changfangti(), lead, world.ago(days=16))
    for row, (_who, _draft, decision) in zip(made, SUGGESTED, strict=True):
        with clock.frozen(world.ago(days=15)):
            decide(lead, row, decision)
    with clock.frozen(world.ago(days=14)):
        keep_round(lead, plan, _kept(plan), "目标和学情改过，再上一次")
    take_step(lead, plan, AGREED, world.ago(days=12))
    take_step(lead, plan, FINAL, world.ago(days=10))


def _kept(plan: LessonPlan) -> Kept:
    stored = stored_document(plan.id)
    assert stored is not None
    return Kept(state_of(plan), stored.seq)
