"""Two lessons whose observation is divided: one that was watched, one whose meeting still has a perspective to give away."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.observations.models import Lesson, TextKey, TimedComment
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services.comments import put_under_perspective
from yanxiu.observations.services.cycle import write_text
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.services.kept_perspectives import keep, share_kept
from yanxiu.observations.services.perspectives import (
    PerspectiveDraft,
    add_perspectives,
    choose_instrument,
    claim_perspective,
    deal_in_turn,
    of_licc,
    own_words,
    revise_perspective,
    set_watcher,
)

WATCHED = ("listen", "interact", "dialogue", "guide", "content", "think")
GROUPS = own_words("第三、第四组", "记下每个人说了几次\n老师和组长有没有把话递过去")
SAID = {
    ("leader", 12): "licc.dialogue",
    ("colleague", 17): "licc.listen",
    ("researcher", 37): "licc.interact",
    ("leader", 53): GROUPS.key,
    ("colleague", 64): "licc.guide",
    ("researcher", 67): "licc.dialogue",
    ("leader", 73): "licc.think",
    ("principal", 85): "licc.think",
    ("researcher", 4): "licc.content",
}
"""Under which perspective a remark of `talk` belongs, by who and second."""
FINDINGS = (
    ("researcher", "listen", ("读“三天、十万支”时全班的声音一下起来，低头的三个人也抬了头。讨论到第四分钟，后排有两个人开始翻别的书。"
     "建议汇报时请听的人先说“我同意哪一点”，再说自己的。")),
    ("colleague", "interact", ("六个组里四个组是轮流说，两个组一直是组长在说。讨论前的一分钟独立思考是有用的：先写了字的组，人人有话说。"
     "建议发言顺序由组员抽签定。")),
    ("principal", "dialogue", ("有思维含量的问题共七个，候答平均两秒多；追问“你从哪里看出来的”三次，每次都把学生带回课文。"
     "建议把追问写进教案，问完先数到三。")),
    ("leader", "", ("第三组一次发言也没有，第四组只有组长说了两次；老师巡视时在第四组停了半分钟，没有把话递给别人。"
     "建议第二次上课用号码牌。")),
)  # fmt: skip
CONCLUSION = (
    "最值得学的是讨论前先想一分钟和“从哪里看出来的”这一问：有了它们，学生的话有依据。"
    "最该改的是发言的机会：两个组几乎没有声音。第二次上课用号码牌，候答数到三，观察的老师继续看第三、第四组。"
)
MEETING = ("autonomy", "present", "dialogue", "resource", "think")
KEPT = (
    ("leader", GROUPS, True),
    ("leader", own_words("候答", "问完等了几秒才叫人\n叫的是举手的还是没举手的"), False),
    ("colleague", own_words("动笔的学生", "讨论前先写了字的有几个人\n写的人和没写的人，谁先开口"), True),
    ("teacher", own_words("师生谁在说", "每三秒记一次是老师还是学生\n哪一段连着五分钟是老师", "st"), False),
)
"""What people keep as 我的视角, and whether their school has it too."""


def divide_observation(world: DemoWorld, lesson: Lesson) -> None:
    """Choose and deal in both lessons, and say what the remarks about the film belong to."""
    teacher, leader = world.users["teacher"], world.users["leader"]
    add_perspectives(leader, lesson, [*_licc(*WATCHED), GROUPS])
    numbers = {one.key: one.id for one in perspectives_of(lesson.id)}
    claim_perspective(leader, lesson, numbers[GROUPS.key], ())
    deal_in_turn(leader, lesson)
    researcher = world.users["researcher"].id
    set_watcher(leader, lesson, numbers["licc.dialogue"], researcher, on=True)
    choose_instrument(leader, lesson, numbers["licc.dialogue"], "fias")
    people = {world.users[who].id: who for who, _second in SAID}
    for remark in db.session.scalars(select(TimedComment).where(TimedComment.lesson_id == lesson.id)).all():
        key = SAID.get((people.get(remark.author_id, ""), remark.start_ms // 1000))
        if key is not None and remark.parent_id is None:
            put_under_perspective(world.users[people[remark.author_id]], lesson, remark, numbers[key])
    for who, slug, words in FINDINGS:
        write_finding(world.users[who], lesson, numbers[f"licc.{slug}" if slug else GROUPS.key], words)
    write_text(leader, lesson, TextKey.CONCLUSION, CONCLUSION)
    ahead = world.lessons["houwang-2"]
    add_perspectives(teacher, ahead, _licc(*MEETING))
    for one, who in zip(perspectives_of(ahead.id), ("colleague", "leader", "colleague"), strict=False):
        claim_perspective(world.users[who], ahead, one.id, ())
    add_perspectives(teacher, ahead, [own_words("后排学生", "谁在听，谁没听")])
    revise_perspective(
        teacher,
        ahead,
        perspectives_of(ahead.id)[-1],
        own_words("最后两排的学生", "谁在听，谁没听\n讨论时看不看得到黑板"),
    )
    for who, draft, shares in KEPT:
        kept = keep(world.users[who], draft)
        if shares:
            share_kept(world.users[who], kept, world.users[who].organization_id)


def _licc(*slugs: str) -> list[PerspectiveDraft]:
    return [of_licc(f"licc.{slug}") for slug in slugs]
