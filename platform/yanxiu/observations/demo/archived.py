"""A lesson that went the whole way: taught, watched, coded by two, agreed on, reflected on, taught again, archived and packed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.observations.cycle import MOVES
from yanxiu.observations.demo.talk import Remark
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import Lesson, TextKey, TimedComment
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.codings import finished_codings
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services import codings, evaluations, lessons
from yanxiu.observations.services.codings import Batch, Mark
from yanxiu.observations.services.comments import put_under_perspective
from yanxiu.observations.services.cycle import begin_watching, move_lesson, write_text
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.services.lessons import LessonDraft
from yanxiu.observations.services.packs import order_pack
from yanxiu.observations.services.perspectives import add_perspectives, claim_perspective, of_licc
from yanxiu.observations.services.second_teachings import link_second, tie_clip

Film = Callable[[DemoWorld, Lesson, str, Sequence[tuple[int, str]], Sequence[Remark], float], None]
Uuids = Callable[[DemoWorld], str]
YEAR = 365
PHASES = ((0, "导入"), (11, "找“神机妙算”"), (37, "小组讨论"), (64, "品读人物"), (82, "小结"))
AGAIN_PHASES = ((0, "导入"), (11, "默读批注"), (26, "同桌说"), (64, "全班说"), (82, "小结"))
REMARKS = (
    Remark("leader", 13, "suggestion", "“诸葛亮是不是很聪明？”全班齐答“是”，听不出谁真的读懂了。换成“你从哪个词看出来的”。", end=22,
           answers=(("teacher", "对，这一问是我怕冷场才加的，下次删掉。"),), resolved=True),
    Remark("researcher", 40, "evidence", "讨论开始半分钟，四个组里三个组是组长一个人在说；后排六个人没有动笔。", end=50),
    Remark("leader", 66, "highlight", "学生说“他会算”，老师不评对错，只问“他算到了哪三样”，全班又回到课文里找。"),
    Remark("colleague", 84, "question", "小结是老师自己说完的。能不能留半分钟，让学生写一句话？"),
)  # fmt: skip
AGAIN_REMARKS = (
    Remark("leader", 12, "highlight", "导入里的“是不是”没有了，换成批注任务，全班都动了笔。", end=24),
    Remark("researcher", 66, "evidence", "后排四个孩子说了话，其中两个说的是前面没有人说过的“擂鼓呐喊”。"),
)
FIRST_CODES = (
    (0, "T"),
    (8, "S"),
    (12, "T"),
    (24, "S"),
    (30, "T"),
    (36, "S"),
    (48, "T"),
    (64, "S"),
    (70, "T"),
    (84, "S"),
    (86, "T"),
)
OTHER_CODES = ((0, "T"), (8, "S"), (12, "T"), (24, "S"), (30, "T"), (42, "S"), (48, "T"), (64, "S"), (70, "T"))
AGREED = ((30_000, 40_000, "S"), (80_000, 90_000, "T"))
"""What the two coders agreed on for windows of ten seconds in which they differ."""
SCORES = (
    ("leader", {"goals": 4, "strategy": 3, "content": 5, "methods": 4, "effect": 4, "assessment": 3, "teacher": 4},
     "抓住“神机妙算”，学生一直没有离开课文。", "少问“是不是”，多问“从哪里”。"),
    ("researcher", {"goals": 4, "strategy": 4, "content": 4, "methods": 3, "effect": 4, "assessment": 3, "teacher": 4},
     "对学生的话只追问、不急着评。", "默读给足两分钟，动笔以后再说。"),
)  # fmt: skip
MEETING = (
    (TextKey.AIM, "能找到“神机妙算”的证据，用“从……看出……”说完整。"),
    (TextKey.DIFFICULTY, "学生一开口就贴“聪明”的标签，说不出从哪里看出来。"),
    (TextKey.LOOK, "后排学生有没有动笔、有没有说话；老师的追问有没有把学生带回课文。"),
)
FINDING = "全班 42 人，讨论前动笔的 28 人；举手的多在前三排，后排六人一节课没有说话。建议先写再同桌说，全班说的时候从后排开始。"
CONCLUSION = (
    "最值得学的是不评对错、只问“他算到了哪三样”；最该改的是“是不是”一类的问。第二次上课先批注，再同桌说，最后全班说。"
)
REFLECTION = (
    "两位老师的编码摆在一起，我才看见讨论那几分钟到底是谁在说。“是不是”问了七次，一次也没有问出东西。"
    "第二次上课我删掉了这些问题，让学生先批注三分钟，后排的孩子真的开口了。下一届上这一课，从第一课时起就先写再说。"
)
IMPROVED = ("导入不再问“是不是”，改为批注任务：圈出诸葛亮有把握的句子，在旁边写一个词。", (8, 24))


def go_the_whole_way(world: DemoWorld, film: Film, audience: dict[str, Any], new_uuid: Uuids) -> None:
    """Make both lessons and order a pack of the first, which the worker makes; `film` shows one with phases and remarks."""
    people, teacher, host = world.users, world.users["teacher"], world.users["leader"]
    first = _lesson(world, "《草船借箭》第二课时（上一届）", "五（2）班", YEAR, audience)
    film(world, first, "caochuanjiejian.mp4", PHASES, REMARKS, YEAR - 1)
    for key, words in MEETING:
        write_text(teacher, first, key, words)
    said = {one.start_ms // 1000: one for one in _threads(first)}
    add_perspectives(host, first, [of_licc("licc.listen"), of_licc("licc.dialogue")])
    listen, dialogue = perspectives_of(first.id)
    claim_perspective(people["colleague"], first, dialogue.id, ())
    put_under_perspective(people["researcher"], first, said[40], listen.id)
    put_under_perspective(host, first, said[13], dialogue.id)
    write_finding(people["researcher"], first, listen.id, FINDING)
    _code(world, first, new_uuid)
    _go(teacher, first, "evaluating")
    for who, scores, strengths, advice in SCORES:
        evaluations.save_evaluation(people[who], first, scores, strengths, advice)
        evaluations.submit_evaluation(people[who], first).submitted_at = world.ago(days=YEAR - 3)
    write_text(host, first, TextKey.CONCLUSION, CONCLUSION)
    _go(host, first, "reflecting")
    again = _lesson(world, "《草船借箭》第二课时（上一届，第二次上）", "五（4）班", YEAR - 7, audience)
    film(world, again, "caochuanjiejian-2.mp4", AGAIN_PHASES, AGAIN_REMARKS, YEAR - 8)
    link_second(teacher, first, again)
    words, (start, end) = IMPROVED
    version = current_version(recording_of(again.id))
    assert version is not None
    tie_clip(teacher, said[13], again, (start * 1000, end * 1000), version.duration_ms or 0, words)
    write_text(teacher, first, TextKey.REFLECTION, REFLECTION)
    for lesson in (first, again):
        _go(teacher, lesson, "archived")
    for maker in (teacher, host):
        order_pack(maker, first, with_recording=False)
    world.lessons["archived"] = first


def _lesson(world: DemoWorld, title: str, class_name: str, days: float, audience: dict[str, Any]) -> Lesson:
    teacher = world.users["teacher"]
    draft = LessonDraft(
        title,
        class_name=class_name,
        subject="语文",
        stage="小学",
        grade="五年级",
        lesson_type="新授课",
        taught_at=world.ago(days=days).astimezone(LOCAL_ZONE).replace(hour=9, minute=10, second=0, microsecond=0),
        place="录播教室",
        focus="后排学生有没有动笔、有没有说话。",
        pupils_recognizable=False,
        **audience,
    )
    lesson = lessons.create_lesson(teacher, teacher, draft)
    for key, role in (("leader", "host"), ("researcher", "expert"), ("colleague", "observer")):
        member = lessons.invite_member(teacher, lesson, world.users[key], role)
        member.attended_at = world.ago(days=days)
    return lesson


def _code(world: DemoWorld, lesson: Lesson, new_uuid: Uuids) -> None:
    version = current_version(recording_of(lesson.id))
    assert version is not None
    for who, codes in (("researcher", FIRST_CODES), ("colleague", OTHER_CODES)):
        marks = tuple(Mark(new_uuid(world), at * 1000, code) for at, code in codes)
        reached = Batch(marks, reached_ms=version.duration_ms or 0)
        codings.save_codes(world.users[who], lesson, version, SCHEMES["st"], reached)
        codings.finish_coding(world.users[who], lesson, SCHEMES["st"]).finished_at = world.ago(days=YEAR - 2)
    first, other = finished_codings(lesson.id, "st")
    for start_ms, end_ms, code in AGREED:
        codings.adjudicate(world.users["leader"], lesson, first, other, start_ms, end_ms, code)


def _go(actor: User, lesson: Lesson, until: str) -> None:
    """Take a lesson from step to step."""
    begin_watching(lesson.id, lesson.teacher)
    while lesson.phase != until:
        move_lesson(actor, lesson, lesson.phase, MOVES[lesson.phase_of][0].value)


def _threads(lesson: Lesson) -> Sequence[TimedComment]:
    mine = (TimedComment.lesson_id == lesson.id, TimedComment.parent_id.is_(None))
    return db.session.scalars(select(TimedComment).where(*mine)).all()
