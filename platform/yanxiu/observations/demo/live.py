"""What colleagues noted on their phones in a lesson whose recording has not come yet."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from yanxiu.core import clock
from yanxiu.core.demo import DemoWorld
from yanxiu.observations.models import Lesson
from yanxiu.observations.services.live_notes import NoteDraft, take_note

NOTES = (
    ("teacher", 0, "technique", "打铃（对时用）"),
    ("teacher", 95, "highlight", "没有先讲作者，直接让学生读“那座山正当顶上，有一块仙石”，一读就进去了。"),
    ("leader", 240, "question", "“迸裂”“石卵”没有讲，后排有三个学生在翻工具书，是不是该给一分钟？"),
    ("leader", 610, "highlight", "学生自己说出“石猴什么都敢先试一试”，老师追问：从哪些字看出来的。"),
    ("teacher", 1130, "evidence", "小组讨论 4 分 20 秒，六个组里有两个组是一个人在说。"),
    ("leader", 1580, "suggestion", "猜词的方法可以让学生归纳，现在是老师总结的。"),
)
"""(who, seconds after the bell, tag, words)"""


def note_live(world: DemoWorld, lesson: Lesson) -> None:
    """Add the notes by the clock of the day the lesson was taught."""
    assert lesson.taught_at is not None
    for who, seconds, kind, words in NOTES:
        key = str(UUID(int=world.rng.getrandbits(128), version=4))
        moment = lesson.taught_at + timedelta(seconds=seconds)
        elapsed_ms = max(0, (clock.now() - moment) // timedelta(milliseconds=1))
        take_note(world.users[who], lesson, None, NoteDraft(words, key, elapsed_ms, kind)).created_at = moment
