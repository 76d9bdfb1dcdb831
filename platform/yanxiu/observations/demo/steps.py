"""Lessons at several steps of their cycle."""

from __future__ import annotations

from datetime import datetime, timedelta

from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.demo import DemoWorld
from yanxiu.observations.models import Lesson, TextKey
from yanxiu.observations.services import lessons
from yanxiu.observations.services.cycle import begin_watching, move_lesson, write_text
from yanxiu.observations.services.lessons import LessonDraft
from yanxiu.observations.services.requests import ask_to_observe

MEETING = (
    (TextKey.AIM, "能借助“多义比较”“联系上下文”读懂古白话，说出石猴的性格。"),
    (TextKey.DIFFICULTY, "“迸裂”“石卵”“遂”这些词离学生远，容易停下来问意思，读不成一气。"),
    (TextKey.LOOK, "遇到不懂的词，学生是跳过去读，还是停下来问；后排三个学生各读了几遍。"),
)
REFLECTION = (
    "三次追问之后学生真正开始找证据，这一步值得保留。第二组的争论我打断得太早，多等半分钟，他们自己能说到“神机妙算”。"
    "下一次把默读放在讨论前面，讨论的时间从四分钟加到六分钟。"
)


def go_through_steps(world: DemoWorld) -> None:
    """A lesson that was discussed, one being evaluated, and one agreed on for next week."""
    teacher = world.users["teacher"]
    caochuan, jingyanggang = world.lessons["caochuan"], world.lessons["jingyanggang"]
    for lesson in (caochuan, jingyanggang):
        begin_watching(lesson.id, lesson.teacher)
    for seen, to in (("watching", "evaluating"), ("evaluating", "discussing"), ("discussing", "reflecting")):
        move_lesson(world.users["leader"], caochuan, seen, to)
    write_text(teacher, caochuan, TextKey.REFLECTION, REFLECTION)
    move_lesson(world.users["villager"], jingyanggang, "watching", "evaluating", clock.today() + timedelta(days=3))
    _agreed_on(world)
    wished = _at_ten(clock.now() + timedelta(days=6))
    ask_to_observe(world.users["outsider"], teacher, wished, "想看看您怎样组织小组讨论，我带本校两位新老师一起来。")


def _at_ten(moment: datetime) -> datetime:
    return moment.astimezone(LOCAL_ZONE).replace(hour=10, minute=0, second=0, microsecond=0)


def _agreed_on(world: DemoWorld) -> None:
    teacher = world.users["teacher"]
    soon = _at_ten(clock.now() + timedelta(days=4))
    draft = LessonDraft(
        "《猴王出世》第二课时",
        class_name="五（2）班",
        subject="语文",
        stage="小学",
        grade="五年级",
        lesson_type="同课异构",
        taught_at=soon,
        place="录播教室",
        visibility="school",
    )
    lesson: Lesson = lessons.create_lesson(teacher, teacher, draft)
    for key in ("colleague", "leader"):
        lessons.invite_member(teacher, lesson, world.users[key], "observer")
    move_lesson(teacher, lesson, "planned", "meeting", soon.date())
    for key, words in MEETING:
        write_text(teacher, lesson, key, words)
    world.lessons["houwang-2"] = lesson
