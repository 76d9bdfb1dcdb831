"""Who decides what a workshop is, whether it goes on, and what its helpers may do."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_workshop
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.services import membership

OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
LOOKS = {"principal": 403, "researcher": 403, "teacher": 403, "colleague": 403}


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    membership.change_role(leader, workshop, membership_of(workshop.id, colleague.id), "facilitator")
    return {"w": workshop.id, "colleague": colleague.id}


ROUTES = {
    ("POST", "workshops.promote"): Row(
        "/workshops/{w}/kind",
        expect(302, **OUTSIDE, **LOOKS, leader=403),
        data={"kind": "model", "reason": "成果在全县推广"},
    ),
    ("POST", "workshops.end"): Row("/workshops/{w}/ending", expect(302, **OUTSIDE, **LOOKS), data={"on": "1"}),
    ("POST", "workshops.change_rights"): Row(
        "/workshops/{w}/members/{colleague}/rights", expect(302, **OUTSIDE, **LOOKS), data={"rights": ["plan"]}
    ),
}
