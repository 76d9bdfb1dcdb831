"""Who may do what with the kinds of topics. The workshop is the same kind as in `matrix.py`; `teacher` asks the question."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.workshops.services.kinds import Shape, shape_topic


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    question = make_topic(teacher, workshop, "课前预习单怎么设计")
    shape_topic(teacher, question, Shape(kind="question"))
    return {"w": workshop.id, "question": question.id, "answer": make_post(colleague, question).id}


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}

ROUTES = {
    # Who asked, the leaders, and the county's administrators.
    ("POST", "workshops.accept_answer"): Row(
        "/workshops/{w}/topics/{question}/posts/{answer}/acceptance",
        expect(302, **OUTSIDE, principal=403, researcher=403, colleague=403),
        data={"on": "1"},
    ),
}
