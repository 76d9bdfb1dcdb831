"""A set of clips that `teacher` shares with a workshop led by `leader`, of which `teacher` is a member."""

from __future__ import annotations

from typing import Any

from tests.observations.matrix import LESSON, owners, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from tests.support.observations import make_lesson, make_ready_version, some_comment
from tests.support.workshops import make_workshop
from yanxiu.observations.services.clip_sets import (
    ClipDraft,
    create_clip_set,
    put_clip,
    remove_clip_set,
    take_clip_out,
)
from yanxiu.observations.services.lessons import invite_member


def build(cast: Cast) -> dict[str, Any]:
    teacher = cast.user("teacher")
    lesson = make_lesson(teacher, visibility="school")
    version = make_ready_version(lesson)
    invite_member(teacher, lesson, cast.user("researcher"), "host")
    comment = some_comment(cast.user("colleague"), lesson, version)
    workshop = make_workshop(cast.user("leader"), [teacher])
    shared = create_clip_set(teacher, "提问以后等三秒", workshop_id=workshop.id)
    gone = create_clip_set(teacher, "不要的", workshop_id=workshop.id)
    remove_clip_set(teacher, gone)
    clips = [
        put_clip(teacher, shared, lesson, version, ClipDraft(at, at + 5000, "看什么？")) for at in (0, 9000, 20_000)
    ]
    take_clip_out(teacher, clips[2])
    others = create_clip_set(cast.user("colleague"), "学着等")
    put_clip(cast.user("colleague"), others, lesson, version, ClipDraft(0, 4000))
    return {
        "lesson": lesson.id,
        "comment": comment.id,
        "workshop": workshop.id,
        "set": shared.id,
        "gone": gone.id,
        "others": others.id,
        "clip": clips[0].id,
        "out": clips[2].id,
    }


SET = "/clip-sets/{set}"
CLIP = SET + "/clips/{clip}"


def members(status: int, *, others: int = 404) -> dict[str, int]:
    """The owner and the leader of the workshop; for everybody else the set does not exist."""
    return expect(others, anonymous=302, teacher=status, leader=status)


def owner(status: int) -> dict[str, int]:
    return expect(404, anonymous=302, teacher=status, leader=403)


FORM = {"title": "候答", "introduction": "先看再说", "workshop_id": ""}
STRETCH = {"clip_set": "new", "title": "候答", "start": "00:02", "end": "00:08.5", "task": "等了几秒？", "note": ""}
ROUTES = {
    ("GET", "observations.clip_sets"): Row("/clip-sets", signed_in()),
    ("GET", "observations.new_clip_set"): Row("/clip-sets/new", signed_in()),
    ("POST", "observations.new_clip_set"): Row("/clip-sets/new", signed_in(303) | {"anonymous": 302}, data=FORM),
    ("GET", "observations.clip_set"): Row(SET, members(200)),
    ("GET", "observations.clip_set_settings"): Row(SET + "/settings", owner(200)),
    ("POST", "observations.clip_set_settings"): Row(SET + "/settings", owner(303), data=FORM),
    ("GET", "observations.clip_list"): Row(SET + "/list", members(200)),
    ("POST", "observations.remove_clip_set"): Row(SET + "/removal", owner(303)),
    ("POST", "observations.restore_clip_set"): Row(
        "/clip-sets/{gone}/restoration", expect(404, anonymous=302, teacher=303)
    ),
    ("GET", "observations.lesson_clips"): Row(LESSON + "/clips", owners(200)),
    ("POST", "observations.withdraw_lesson"): Row(LESSON + "/clips/withdrawal", owners(303), data={"set": "{others}"}),
    ("POST", "observations.press_clip"): Row(LESSON + "/clips", watchers(303), data={"comment": "{comment}"}),
    ("GET", "observations.new_clip"): Row(LESSON + "/clips/new", watchers(200)),
    ("POST", "observations.new_clip"): Row(LESSON + "/clips/new", watchers(303), data=STRETCH),
    ("GET", "observations.clip_panel"): Row(
        CLIP, members(200) | {"anonymous": 401}, headers={"X-Requested-With": "fetch"}
    ),
    ("GET", "observations.edit_clip"): Row(CLIP + "/edit", owner(200)),
    ("POST", "observations.edit_clip"): Row(CLIP + "/edit", owner(303), data=STRETCH),
    ("POST", "observations.take_clip_out"): Row(CLIP + "/removal", owner(303)),
    ("POST", "observations.put_clip_back"): Row(SET + "/clips/{out}/restoration", owner(303)),
    ("POST", "observations.place_clip"): Row(CLIP + "/position", owner(303), data={"step": "down"}),
}
