"""Who may open the record of an activity. `leader` leads the workshop, `teacher` and `colleague` are members; `principal`,
`researcher` and `admin` look after the school and read."""

from __future__ import annotations

from datetime import timedelta

from tests.lessonplans.matrix import joined
from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_activity, make_workshop
from yanxiu.core.clock import now
from yanxiu.lessonplans import services

OUTSIDE = {"villager": 404, "outsider": 404, "stranger": 404}
HIDDEN = {"villager": "not_found", "outsider": "not_found", "stranger": "not_found"}
WRITES = {"leader": "write", "teacher": "write", "colleague": "write"}


def build(cast: Cast) -> dict[str, object]:
    leader = cast.user("leader")
    workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
    activity = make_activity(leader, workshop, starts_at=now() - timedelta(minutes=5))
    return {"w": workshop.id, "a": activity.id, "plan": services.begin_record(leader, activity).id}


ROUTES = {
    ("GET", "lessonplans.record"): Row("/workshops/{w}/activities/{a}/record", expect(200, anonymous=302, **OUTSIDE)),
}
SOCKETS = {
    "open a record": SocketRow("/rt", "join", expect_words("read", **WRITES, **HIDDEN), probe=joined),
}
