"""Who sees whom an announcement has reached, and who may remind.

The same workshop as in the matrix of topics: `leader` leads, `teacher` and `colleague` are members, `principal`,
`researcher` and `admin` oversee.
"""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_topic, make_workshop, opener
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.services import nudges, topics


def build(cast: Cast) -> dict[str, object]:
    leader = cast.user("leader")
    workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
    pinned, other = (make_topic(leader, workshop, title) for title in ("本学期安排", "国庆后的安排"))
    for topic in (pinned, other):
        topics.pin_topic(leader, topic, opener(topic), pinned=True)
    reminded = nudges.remind_members(leader, workshop, Matter.ANNOUNCEMENT, other.id)
    return {"w": workshop.id, "t": pinned.id, "nudge": reminded.nudge.id}


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
MEMBERS = {"teacher": 403, "colleague": 403}
LOOKS = expect(200, **OUTSIDE, **MEMBERS)
LEADS = expect(403, **OUTSIDE, leader=302, admin=302)

ROUTES = {
    ("GET", "workshops.readers"): Row("/workshops/{w}/topics/{t}/readers", LOOKS),
    ("POST", "workshops.remind"): Row(
        "/workshops/{w}/reminders", LEADS, data={"matter": "announcement", "item_id": "{t}"}
    ),
    ("POST", "workshops.take_back_reminder"): Row("/workshops/{w}/reminders/{nudge}/withdrawal", LEADS),
    ("GET", "workshops.insights"): Row("/workshops/{w}/insights", LOOKS),
    ("GET", "workshops.insight_items"): Row("/workshops/{w}/insights/rows?figure=topics", LOOKS),
    ("GET", "workshops.insight_report"): Row("/workshops/{w}/insights/report", LOOKS),
}

NOBODY = dict.fromkeys(("teacher", "colleague", "villager", "outsider", "stranger"), "not_found")
SOCKETS = {
    "follow what waits for those who lead": SocketRow(
        "/live", "join", expect_words("ok", **NOBODY), message={"topic": "desk:{w}", "seq": 0}
    ),
}
