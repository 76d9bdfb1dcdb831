"""Two lessons whose observation is divided: one that was watched, one whose meeting still has a perspective to give away."""

from __future__ import annotations

from sqlalchemy import select

from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services.comments import put_under_perspective
from yanxiu.observations.services.perspectives import (
    PerspectiveDraft,
    add_perspectives,
    claim_perspective,
    deal_in_turn,
    of_licc,
    own_words,
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
MEETING = ("autonomy", "present", "dialogue", "resource", "think")


def divide_observation(world: DemoWorld, lesson: Lesson) -> None:
    """Choose and deal in both lessons, and say what the remarks about the film belong to."""
    teacher, leader = world.users["teacher"], world.users["leader"]
    add_perspectives(leader, lesson, [*_licc(*WATCHED), GROUPS])
    numbers = {one.key: one.id for one in perspectives_of(lesson.id)}
    claim_perspective(leader, lesson, numbers[GROUPS.key], ())
    deal_in_turn(leader, lesson)
    people = {world.users[who].id: who for who, _second in SAID}
    for remark in db.session.scalars(select(TimedComment).where(TimedComment.lesson_id == lesson.id)).all():
        key = SAID.get((people.get(remark.author_id, ""), remark.start_ms // 1000))
        if key is not None and remark.parent_id is None:
            put_under_perspective(world.users[people[remark.author_id]], lesson, remark, numbers[key])
    ahead = world.lessons["houwang-2"]
    add_perspectives(teacher, ahead, _licc(*MEETING))
    for one, who in zip(perspectives_of(ahead.id), ("colleague", "leader", "colleague"), strict=False):
        claim_perspective(world.users[who], ahead, one.id, ())


def _licc(*slugs: str) -> list[PerspectiveDraft]:
    return [of_licc(f"licc.{slug}") for slug in slugs]
