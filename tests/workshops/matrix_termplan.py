"""Who may do what with the plan of a term; the workshop is that of `matrix.py`, `colleague` helps with the plan alone."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_item, make_stage, make_workshop
from yanxiu.workshops.models import Right
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import membership

OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
LOOKS = {"principal": 403, "researcher": 403, "teacher": 403}
VIEW = expect(200, **OUTSIDE)
PLANS = expect(302, **OUTSIDE, **LOOKS)
FORM = expect(200, **OUTSIDE, **LOOKS)


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    helper = membership_of(workshop.id, colleague.id)
    membership.change_role(leader, workshop, helper, "facilitator")
    helper.rights = Right.PLAN.value
    stage = make_stage(leader, workshop)
    return {"w": workshop.id, "s": stage.id, "i": make_item(leader, stage).id}


ROUTES = {
    ("GET", "workshops.plan"): Row("/workshops/{w}/plan", VIEW),
    ("GET", "workshops.plan_changes"): Row("/workshops/{w}/plan/changes?since=0", VIEW),
    ("POST", "workshops.create_stage"): Row("/workshops/{w}/plan/stages", PLANS, data={"name": "第二阶段"}),
    ("GET", "workshops.edit_stage"): Row("/workshops/{w}/plan/stages/{s}", FORM),
    ("POST", "workshops.change_stage"): Row("/workshops/{w}/plan/stages/{s}", PLANS, data={"name": "改名"}),
    ("GET", "workshops.new_plan_item"): Row("/workshops/{w}/plan/items/new?stage={s}", FORM),
    ("POST", "workshops.create_plan_item"): Row(
        "/workshops/{w}/plan/items", PLANS, data={"kind": "reading", "title": "共读第一章", "stage_id": "{s}"}
    ),
    ("GET", "workshops.edit_plan_item"): Row("/workshops/{w}/plan/items/{i}", FORM),
    ("POST", "workshops.change_plan_item"): Row(
        "/workshops/{w}/plan/items/{i}", PLANS, data={"kind": "reading", "title": "改了", "stage_id": "{s}"}
    ),
    ("POST", "workshops.arrange_plan"): Row(
        "/workshops/{w}/plan/order", PLANS, data={"kind": "item", "id": "{i}", "step": "up"}
    ),
    ("GET", "workshops.plan_progress"): Row("/workshops/{w}/plan/progress", expect(200, **OUTSIDE, teacher=403)),
    ("POST", "workshops.tick_plan_item"): Row(
        "/workshops/{w}/plan/ticks",
        expect(302, **OUTSIDE, principal=403, researcher=403, admin=403),
        data={"id": "{i}", "on": "1"},
    ),
    ("POST", "workshops.remove_from_plan"): Row(
        "/workshops/{w}/plan/removal", PLANS, data={"kind": "item", "id": "{i}", "on": "1"}
    ),
}
