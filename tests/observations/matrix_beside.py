"""The lesson of `matrix` beside another that the same people may watch."""

from __future__ import annotations

from typing import Any

from tests.observations import matrix
from tests.observations.matrix import LESSON, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row
from tests.support.observations import make_lesson, make_ready_version
from yanxiu.core.db import db
from yanxiu.observations.models import Lesson, TimedComment
from yanxiu.observations.services.comments import resolve_comment
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.second_teachings import link_second, tie_clip


def build(cast: Cast) -> dict[str, Any]:
    names = matrix.build(cast)
    other = make_lesson(cast.user("teacher"), "《草船借箭》第二课时", visibility="school")
    make_ready_version(other)
    invite_member(cast.user("teacher"), other, cast.user("researcher"), "observer")
    third = make_lesson(cast.user("teacher"), "《草船借箭》三稿", visibility="school")
    invite_member(cast.user("teacher"), third, cast.user("researcher"), "host")
    first = db.session.get_one(Lesson, names["lesson"])
    link_second(cast.user("teacher"), first, other)
    comment = db.session.get_one(TimedComment, names["comment"])
    resolve_comment(cast.user("teacher"), first, comment, True)
    pair = tie_clip(cast.user("teacher"), comment, other, (1000, 9000), 60_000, "多等三秒")
    return {**names, "other": other.id, "third": third.id, "pair": pair.id}


BESIDE = LESSON + "/beside/{other}"
ROUTES = {
    ("GET", "observations.choose_beside"): Row(LESSON + "/beside", watchers(200)),
    ("GET", "observations.beside"): Row(BESIDE, watchers(200)),
    ("POST", "observations.save_anchors"): Row(BESIDE, watchers(303), data={"anchors": "00:10 = 00:20 朗读"}),
    ("POST", "observations.link_second"): Row(
        LESSON + "/second-teachings", watchers(403, owner=303, host=303), data={"second": "{third}"}
    ),
    ("POST", "observations.unlink_second"): Row(
        LESSON + "/second-teachings/{other}/removal", watchers(403, owner=303, host=403)
    ),
    ("POST", "observations.tie_clip"): Row(
        LESSON + "/second-teachings/{other}/clips",
        watchers(403, owner=303, host=403),
        data={"comment": "{comment}", "start": "00:02", "end": "00:08", "note": "用号码牌"},
    ),
    ("POST", "observations.untie_clip"): Row(
        "/lessons/{other}/clips/{pair}/removal", watchers(403, owner=303, host=403)
    ),
}
