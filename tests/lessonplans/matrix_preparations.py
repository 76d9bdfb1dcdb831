"""Who moves a 集体备课.

`{plan}` belongs to `teacher` and is being talked about in a workshop that `leader` leads and `colleague` belongs to;
`{agreed}` is agreed on there, `{copy}` is `colleague`'s copy of it. `villager` was invited to read both.
"""

from __future__ import annotations

from tests.lessonplans.matrix import HIDDEN
from tests.support.cast import Cast
from tests.support.lessonplans import make_plan
from tests.support.matrix import Row, expect
from tests.support.preparations import adapt, bring_to
from tests.support.workshops import make_workshop
from yanxiu.lessonplans import services
from yanxiu.lessonplans.models.preparations import AGREED, REVIEW


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    plans = [make_plan(teacher, visibility="workshop", workshop_id=workshop.id) for _ in range(2)]
    for plan, phase in zip(plans, (REVIEW, AGREED), strict=True):
        services.invite_member(teacher, plan, cast.user("villager"), "reader")
        bring_to(teacher, plan, phase)
    copy = adapt(colleague, plans[1])
    return {"plan": plans[0].id, "agreed": plans[1].id, "copy": copy.plan_id, "w": workshop.id}


PLAN, AGREED_ONE, COPY = "/lesson-plans/{plan}", "/lesson-plans/{agreed}", "/lesson-plans/{copy}"
VIEW = expect(200, **HIDDEN)
COPY_SEEN = {"villager": 404}
"""The invitation to the shared plan is none to the copy."""

ROUTES = {
    ("GET", "lessonplans.preparation"): Row(PLAN + "/preparation", VIEW),
    ("POST", "lessonplans.move_preparation"): Row(
        PLAN + "/preparation",
        expect(302, **HIDDEN, colleague=403, villager=403),
        data={"start": "review", "goal": "agreed"},
    ),
    ("POST", "lessonplans.adapt"): Row(
        AGREED_ONE + "/adaptations", expect(302, **HIDDEN, principal=403, researcher=403, admin=403)
    ),
    ("GET", "lessonplans.adaptation"): Row(COPY + "/adaptation", VIEW | COPY_SEEN),
    ("POST", "lessonplans.note_lesson_day"): Row(
        COPY + "/adaptation",
        expect(403, **HIDDEN, colleague=302) | COPY_SEEN,
        data={"taught_on": ""},
    ),
    ("POST", "lessonplans.settle_sections"): Row(
        COPY + "/adaptation/sections",
        expect(403, **HIDDEN, colleague=302, leader=302) | COPY_SEEN,
        data={"how": "keep", "number": "1", "keys": "goals"},
    ),
}
