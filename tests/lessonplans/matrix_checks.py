"""Who reads the plans of others. `{plan}` is `teacher`'s, in a workshop that `leader` leads; `principal` is of the school."""

from __future__ import annotations

from tests.lessonplans.matrix import HIDDEN
from tests.support.cast import Cast
from tests.support.lessonplans import make_plan
from tests.support.matrix import Row, expect
from tests.support.workshops import make_workshop
from yanxiu.lessonplans import services


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    plan = make_plan(teacher, visibility="workshop", workshop_id=workshop.id)
    services.invite_member(teacher, plan, cast.user("villager"), "reader")
    return {"plan": plan.id}


ROUTES = {
    ("GET", "lessonplans.checks"): Row("/lesson-plans/checks", expect(403, anonymous=302, leader=200, principal=200)),
    ("POST", "lessonplans.check"): Row(
        "/lesson-plans/{plan}/checks", expect(403, **HIDDEN, leader=302, principal=302), data={"grade": "good"}
    ),
}
