"""Sample 集体备课: one in the middle, with two teachers' own copies."""

from __future__ import annotations

from datetime import datetime, timedelta

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core import clock
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans.demo.editing import rewrite, state_of
from yanxiu.lessonplans.document.nodes import numbered, paragraph, section
from yanxiu.lessonplans.document.sections import sections_of, title_of, with_section
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import Adaptation, LessonPlan
from yanxiu.lessonplans.models.preparations import AGREED, DRAFT, REVIEW
from yanxiu.lessonplans.permissions.preparations import MOVES
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.services.adaptations import make_adaptation, note_content, note_lesson
from yanxiu.lessonplans.services.preparations import Kept, move_plan


def seed_preparations(world: DemoWorld) -> None:
    """《景阳冈》: agreed on six days ago; 王丽 changed her copy and taught it, 周敏 is about to."""
    plan, lead = world.plans["jingyanggang"], world.users["teacher"]
    take_step(lead, plan, DRAFT, world.ago(days=9))
    take_step(lead, plan, REVIEW, world.ago(days=8))
    take_step(lead, plan, AGREED, world.ago(days=6))
    wang = _copy(world.users["leader"], plan, world.ago(days=5))
    _change(
        wang,
        "learners",
        paragraph("五（1）班听过评书《武松打虎》的有二十多人，讲得热闹，容易丢了原文的动作词。"),
        paragraph("有 4 名学生写字慢，圈画时先给他们印好的一段。"),
    )
    _change(
        wang,
        "goals",
        numbered(
            "抓住“一扑、一掀、一剪”和武松的“闪”，说清打虎的过程。",
            "能加上动作、表情，有条理地讲述武松打虎，小组里人人讲一段。",
            "能结合语句评价武松：勇敢机敏，也有好胜、不听劝的一面。",
        ),
    )
    zhou = _copy(world.users["colleague"], plan, world.ago(days=3))
    _change(zhou, "preparation", paragraph("讲故事评价表每人一张；连环画四幅改成课件里的动图。"))
    with clock.frozen(world.ago(days=2)):
        note_lesson(wang.teacher, wang, (world.now - timedelta(days=1)).date())
    note_lesson(zhou.teacher, zhou, (world.now + timedelta(days=2)).date())


def take_step(actor: User, plan: LessonPlan, goal: str, at: datetime) -> None:
    """Take a step at a moment."""
    move = next(move for move in MOVES if (move.start, move.goal) == (plan.phase, goal))
    stored = stored_document(plan.id)
    assert stored is not None
    with clock.frozen(at):
        move_plan(actor, plan, move, Kept(state_of(plan), stored.seq))


def _copy(teacher: User, plan: LessonPlan, at: datetime) -> Adaptation:
    with clock.frozen(at):
        return make_adaptation(teacher, viewer_of(teacher), plan)


def _change(adaptation: Adaptation, key: str, *blocks: dict[str, object]) -> None:
    """Write a section of a copy anew, as its teacher did half a day after making it."""
    plan = adaptation.plan
    document = json_from_state(state_of(plan))
    old = sections_of(document)[key]
    written = with_section(document, key, section(key, title_of(old), str(old["attrs"].get("hint", "")), *blocks))
    rewrite(plan, written, adaptation.teacher, adaptation.created_at + timedelta(hours=12))
    note_content(plan.id, written)
