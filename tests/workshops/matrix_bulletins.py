"""Who may do what with bulletins.

The workshop is the same kind as in `matrix.py`: `leader` leads it, `teacher` and `colleague` are members, `principal`,
`researcher` and `admin` oversee the school. One issue is published, one is a draft, which only the leader sees.
"""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_bulletin, make_workshop


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    issue, draft = make_bulletin(leader, workshop, published=True), make_bulletin(leader, workshop)
    return {"w": workshop.id, "b": issue.id, "d": draft.id}


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
VIEW = expect(200, **OUTSIDE)
LOOKS = {"principal": 403, "researcher": 403, "admin": 403, "teacher": 403, "colleague": 403}
HIDDEN = dict.fromkeys(LOOKS, 404)
UUID = "5f0c1a52-0f5e-4c7c-8a4f-6a1a6d4be0c2"
TEXT = {
    "masthead": "语文工作坊简报",
    "section": "opening",
    "html_opening": "各位老师好",
    "in_opening": "y",
    "version_opening": "1",
}

ROUTES = {
    ("GET", "workshops.bulletins"): Row("/workshops/{w}/bulletins", VIEW),
    ("POST", "workshops.compose_bulletin"): Row(
        "/workshops/{w}/bulletins",
        expect(302, **OUTSIDE, **LOOKS),
        data={"first_on": "2026-01-01", "last_on": "2026-01-31", "client_uuid": UUID},
    ),
    ("GET", "workshops.bulletin"): Row("/workshops/{w}/bulletins/{b}", VIEW),
    ("GET", "workshops.edit_bulletin"): Row("/workshops/{w}/bulletins/{d}/edit", expect(200, **OUTSIDE, **HIDDEN)),
    ("POST", "workshops.save_bulletin"): Row(
        "/workshops/{w}/bulletins/{d}/edit", expect(302, **OUTSIDE, **HIDDEN), data=TEXT
    ),
    ("POST", "workshops.fill_bulletin"): Row(
        "/workshops/{w}/bulletins/{d}/figures", expect(302, **OUTSIDE, **HIDDEN), data={"fill": "insights"}
    ),
    ("POST", "workshops.change_bulletin_state"): Row(
        "/workshops/{w}/bulletins/{b}/state", expect(302, **OUTSIDE, **LOOKS), data={"action": "withdraw"}
    ),
}

INSIDE = {"villager": "not_found", "outsider": "not_found", "stranger": "not_found"}
SOCKETS = {
    "follow the bulletins of a workshop": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "bulletins:{w}", "seq": 0}
    ),
    "follow who reads a bulletin": SocketRow(
        "/live",
        "join",
        expect_words("ok", **INSIDE, teacher="not_found", colleague="not_found"),
        message={"topic": "bulletin:{b}", "seq": 0},
    ),
}
