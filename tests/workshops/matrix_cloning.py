"""Who makes the workshop of the next term."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_workshop

OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
LOOKS = {"principal": 403, "researcher": 403, "teacher": 403, "colleague": 403}


def build(cast: Cast) -> dict[str, object]:
    leader = cast.user("leader")
    return {"w": make_workshop(leader, [cast.user("teacher"), cast.user("colleague")]).id}


ROUTES = {
    ("GET", "workshops.next_term_form"): Row("/workshops/{w}/next-term", expect(200, **OUTSIDE, **LOOKS)),
    ("POST", "workshops.make_next_term"): Row(
        "/workshops/{w}/next-term",
        expect(302, **OUTSIDE, **LOOKS),
        data={"name": "下一学期", "term": "2026-2027学年第二学期", "team": "y"},
    ),
}
