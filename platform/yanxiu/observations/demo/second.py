"""The second teaching of the demo county's lesson: what was adopted of the first, and where it is seen in the second."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.observations.demo.talk import Remark
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services import codings
from yanxiu.observations.services.codings import Batch, Mark
from yanxiu.observations.services.cycle import begin_watching, move_lesson
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.second_teachings import link_second, tie_clip

PHASES = ((0, "导入"), (11, "初读"), (26, "讨论"), (64, "品读人物"), (82, "小结"))
REMARKS = (
    Remark("leader", 8, "highlight", "问完“向谁借”，数了三下才点名，后排两个孩子也把手举起来了。和上次比，变化很明显。",
           answers=(("teacher", "教案上写了一个大大的“等”字，总算记住了。"),)),
    Remark("colleague", 15, "evidence", "“找三处写诸葛亮有把握的句子”，任务一说清，全班都低头在画。"),
    Remark("leader", 44, "highlight", "抽到 17 号，是上次一直没说话的第四组。说不全的地方请同组补充，他自己又接着说完了。", end=52,
           answers=(("researcher", "台阶给得自然，这一招可以写进工作坊的简报。"),)),
    Remark("villager", 68, "question", "学生自己写的三个词里有“沉得住气”，书上没有，老师当场肯定了。要不要让他说说从哪里看出来的？"),
)  # fmt: skip
CODES = ((0, "T"), (6, "S"), (11, "T"), (15, "S"), (24, "T"), (27, "S"), (41, "T"), (44, "S"), (60, "T"), (66, "S"),
         (76, "T"), (79, "S"), (82, "T"))  # fmt: skip
"""The same colleague coded both lessons: T and S from that second on."""
IMPROVED = (
    (12, (6, 11), "问完心里数三下再点名；教案的提问旁边都标了“等”。"),
    (53, (41, 60), "组内先说，再抽号码牌；抽到又说不全的，可以请同组补充。"),
)
"""The second at which an adopted comment on the first lesson stands, the stretch of the second lesson, what was changed."""


def teach_again(world: DemoWorld, first: Lesson, second: Lesson, new_uuid: Callable[[DemoWorld], str]) -> None:
    """Link the two, code the second, take it to 议课, and tie the clips."""
    teacher, host = world.users["teacher"], world.users["leader"]
    for key, role in (("leader", "host"), ("researcher", "expert"), ("colleague", "observer")):
        invite_member(teacher, second, world.users[key], role)
    version = current_version(recording_of(second.id))
    assert version is not None
    marks = tuple(Mark(new_uuid(world), at * 1000, code) for at, code in CODES)
    reached = Batch(marks, reached_ms=version.duration_ms or 0)
    codings.save_codes(world.users["researcher"], second, version, SCHEMES["st"], reached)
    codings.finish_coding(world.users["researcher"], second, SCHEMES["st"]).finished_at = world.ago(hours=20)
    begin_watching(second.id, teacher)
    for seen, to in (("watching", "evaluating"), ("evaluating", "discussing")):
        move_lesson(host, second, seen, to)
    link_second(teacher, first, second)
    for at, (start, end), words in IMPROVED:
        at_moment = (TimedComment.lesson_id == first.id, TimedComment.start_ms == at * 1000)
        comment = db.session.scalars(select(TimedComment).where(*at_moment, TimedComment.parent_id.is_(None))).one()
        tie_clip(teacher, comment, second, (start * 1000, end * 1000), version.duration_ms or 0, words)
