"""Who comments on the text and who deals with it.

`{plan}` belongs to `teacher` and lies in a workshop that `leader` leads and `colleague` belongs to; `villager` was invited
to read it. `{comment}` is `colleague`'s.
"""

from __future__ import annotations

import json

from tests.lessonplans.matrix import HIDDEN
from tests.support.cast import Cast
from tests.support.lessonplans import make_plan
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_workshop
from yanxiu.lessonplans import services
from yanxiu.lessonplans.document.nodes import doc, paragraph, section
from yanxiu.lessonplans.services.comments import Passage, Remark, comment

TEXT = doc(section("goals", "教学目标", "", paragraph("能讲清借箭的经过。")))
PLACE = json.dumps([{"path": [0, 0], "from": 0, "to": 3, "text": "能讲清"}])
UUID = "0b5c52ad-6d0e-4f4b-9d19-6f6f7c2d2f0{}"


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    plan = make_plan(teacher, visibility="workshop", workshop_id=workshop.id, document=TEXT)
    services.invite_member(teacher, plan, cast.user("villager"), "reader")
    said = comment(colleague, plan, Remark("写成能检测的", UUID.format(1)), Passage("goals", "能讲清"))
    return {"plan": plan.id, "comment": said.id}


LOOK_ONLY = expect(302, **HIDDEN, **dict.fromkeys(("villager", "principal", "researcher", "admin"), 403))
COMMENTS = "/lesson-plans/{plan}/comments"

ROUTES = {
    ("GET", "lessonplans.plan_comments"): Row(COMMENTS, expect(200, **HIDDEN)),
    ("POST", "lessonplans.comment"): Row(
        COMMENTS,
        expect(302, **HIDDEN),
        data={"body": "板书留出位置", "client_uuid": UUID.format(2), "place": PLACE},
    ),
    ("POST", "lessonplans.settle_comment"): Row(COMMENTS + "/{comment}", LOOK_ONLY, data={"state": "resolved"}),
}
SOCKETS = {
    "follow the comments on a plan": SocketRow(
        "/live",
        "join",
        expect_words("ok", outsider="not_found", stranger="not_found"),
        message={"topic": "plan-comments:{plan}", "seq": 0},
    ),
}
