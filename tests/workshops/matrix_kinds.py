"""Who may do what with the kinds of topics. The workshop is the same kind as in `matrix.py`; `teacher` asks the question."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_post, make_topic, make_workshop
from yanxiu.workshops.queries import polls
from yanxiu.workshops.services.debates import DebateDetails, state_view
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.polls import PollDetails
from yanxiu.workshops.services.requirements import Asked, require_of_members


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    question = make_topic(teacher, workshop, "课前预习单怎么设计")
    shape_topic(teacher, question, Shape(kind="question"))
    require_of_members(leader, question, Asked(posts=1, answers=1))
    asked = make_topic(leader, workshop, "板书用哪一种")
    shape_topic(leader, asked, Shape(kind="poll", poll=PollDetails(options=("关系图", "时间轴"))))
    debate = make_topic(leader, workshop, "要不要先预习")
    shape_topic(leader, debate, Shape(kind="debate", debate=DebateDetails("先预习", "不预习")))
    for person, side in ((leader, "a"), (teacher, "a"), (colleague, "b")):
        state_view(person, debate, make_post(person, debate), side)
    option = polls.poll_of(asked.id).options[0].id
    return {
        "poll": asked.id,
        "debate": debate.id,
        "option": option,
        "w": workshop.id,
        "question": question.id,
        "answer": make_post(colleague, question).id,
    }


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}

ROUTES = {
    # Who asked, the leaders, and the county's administrators.
    ("POST", "workshops.accept_answer"): Row(
        "/workshops/{w}/topics/{question}/posts/{answer}/acceptance",
        expect(302, **OUTSIDE, principal=403, researcher=403, colleague=403),
        data={"on": "1"},
    ),
    # Members see their own progress on the topic's page; the list is for those who look after them.
    ("GET", "workshops.progress"): Row(
        "/workshops/{w}/topics/{question}/progress", expect(200, **OUTSIDE, teacher=403, colleague=403)
    ),
    ("POST", "workshops.require_replies"): Row(
        "/workshops/{w}/topics/{question}/requirement",
        expect(302, **OUTSIDE, principal=403, researcher=403, teacher=403, colleague=403),
        data={"asked_posts": "1", "asked_answers": "1", "post_points": "5", "answer_points": "5"},
    ),
    ("GET", "workshops.ballots"): Row(
        "/workshops/{w}/topics/{poll}/poll", expect(200, **OUTSIDE, teacher=403, colleague=403)
    ),
    ("POST", "workshops.vote"): Row(
        "/workshops/{w}/topics/{poll}/poll",
        expect(302, **OUTSIDE, principal=403, researcher=403, admin=403),
        data={"choice": "{option}"},
    ),
    ("POST", "workshops.close_poll"): Row(
        "/workshops/{w}/topics/{poll}/poll/closing",
        expect(302, **OUTSIDE, principal=403, researcher=403, teacher=403, colleague=403),
    ),
    ("POST", "workshops.change_side"): Row(
        "/workshops/{w}/topics/{debate}/side",
        expect(302, **OUTSIDE, principal=403, researcher=403, admin=403),
        data={"side": "b"},
    ),
}
