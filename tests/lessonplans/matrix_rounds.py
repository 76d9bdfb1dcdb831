"""Who suggests and who decides.

`{plan}` belongs to `teacher` and lies in a workshop that `leader` leads and `colleague` belongs to; `villager` was invited
to read it. `{suggestion}` is `colleague`'s, round 1 is kept.
"""

from __future__ import annotations

from tests.lessonplans.matrix import HIDDEN
from tests.support.cast import Cast
from tests.support.lessonplans import make_plan
from tests.support.matrix import Row, expect
from tests.support.preparations import kept_of
from tests.support.workshops import make_workshop
from yanxiu.lessonplans import services
from yanxiu.lessonplans.services.rounds import Draft, keep_round, suggest


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    plan = make_plan(teacher, visibility="workshop", workshop_id=workshop.id)
    services.invite_member(teacher, plan, cast.user("villager"), "reader")
    keep_round(teacher, plan, kept_of(plan), "")
    suggestion = suggest(colleague, plan, Draft("导入再短一些", "matrix-suggestion"))
    return {"plan": plan.id, "suggestion": suggestion.id}


PLAN = "/lesson-plans/{plan}"
TO_DECIDE = expect(302, **HIDDEN, colleague=403, villager=403)

ROUTES = {
    ("GET", "lessonplans.suggestions"): Row(PLAN + "/suggestions", expect(200, **HIDDEN)),
    ("POST", "lessonplans.suggest"): Row(
        PLAN + "/suggestions",
        expect(302, **HIDDEN),
        data={"body": "板书留出位置", "client_uuid": "matrix-suggest-1", "section": "board"},
    ),
    ("POST", "lessonplans.settle_suggestion"): Row(
        PLAN + "/suggestions/{suggestion}", TO_DECIDE, data={"state": "adopted", "section": "", "outcome": ""}
    ),
    ("POST", "lessonplans.keep_round"): Row(PLAN + "/rounds", TO_DECIDE, data={"note": ""}),
    ("POST", "lessonplans.tie_lesson"): Row(PLAN + "/rounds/1", TO_DECIDE, data={"lesson": ""}),
}
