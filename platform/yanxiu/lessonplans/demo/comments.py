"""Sample comments on the text of the shared plan: answered, adopted, resolved, waiting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans.demo.editing import state_of
from yanxiu.lessonplans.document.anchors import Place, find_places, mark_places, quote_of
from yanxiu.lessonplans.document.ydoc import load
from yanxiu.lessonplans.models import LessonPlan, PlanComment, PlanSnapshot, PlanUpdate
from yanxiu.lessonplans.models.rounds import ADOPTED
from yanxiu.lessonplans.services import comments as services
from yanxiu.lessonplans.services.rounds import Decision


@dataclass(frozen=True)
class Talk:
    """What was said about which words, hours ago, and what was answered."""

    words: str
    who: str
    body: str
    hours: int
    answers: tuple[tuple[str, str], ...] = ()


TALKS = (
    Talk(
        "诸葛亮算准了哪几件事？",
        "researcher",
        "先请学生自己说，再回到课文找依据，问题可以再小一点。",
        50,
        (("teacher", "好，改成两问。"),),
    ),
    Talk("探究研读一：借箭前", "colleague", "这一步可以配上第一次试讲的板书照片，@李强 您手机里有。", 30),
    Talk(
        "学习单（事情发展表",
        "villager",
        "我们班没有打印机，学习单能不能写在黑板上？",
        7,
        (("leader", "可以，表格三行就够。"),),
    ),
)


def seed_comments(world: DemoWorld) -> None:
    """Comments on 《草船借箭》."""
    plan, lead = world.plans["caochuan"], world.users["leader"]
    made = [_said(world, plan, number, talk) for number, talk in enumerate(TALKS)]
    adopted, _waiting, resolved = made
    with clock.frozen(world.ago(hours=6)):
        services.settle(lead, adopted, Decision(ADOPTED, "学生自己先说，比老师先讲好", adopted.section, adopted.quote))
        services.resolve(lead, resolved, True)


def _said(world: DemoWorld, plan: LessonPlan, number: int, talk: Talk) -> PlanComment:
    doc = load(state_of(plan))
    spots = find_places(doc, [Place((), 0, 0, talk.words)])
    remark = services.Remark(talk.body, _uuid(number, 0))
    passage = services.Passage(spots[0].block.section, quote_of(spots))
    with clock.frozen(world.ago(hours=talk.hours)):
        made = services.comment(world.users[talk.who], plan, remark, passage)
        _store(plan, mark_places(doc, spots, made.anchor or ""))
    for turn, (who, body) in enumerate(talk.answers, start=1):
        with clock.frozen(world.ago(hours=talk.hours - turn)):
            services.reply(world.users[who], plan, made, services.Remark(body, _uuid(number, turn)))
    return made


def _store(plan: LessonPlan, update: bytes) -> None:
    snapshot = db.session.get_one(PlanSnapshot, plan.id)
    snapshot.head += 1
    snapshot.log_rows += 1
    snapshot.log_bytes += len(update)
    db.session.add(PlanUpdate(plan_id=plan.id, seq=snapshot.head, data=update, user_ids=""))
    db.session.flush()


def _uuid(number: int, turn: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"demo-plan-comment-{number}-{turn}"))
