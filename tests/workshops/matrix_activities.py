"""Who may do what with activities. The workshop is the one of `matrix`: `leader` leads it, `teacher` (who speaks) and
`colleague` are members; `principal`, `researcher` and `admin` oversee the school."""

from datetime import timedelta

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_activity, make_workshop
from tests.workshops.matrix import LEADS, MEMBERS, OUTSIDE, VIEW
from yanxiu.core.clock import now
from yanxiu.workshops.codes import code_of, step_of
from yanxiu.workshops.services.records import hand_in_reflection


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    activity = make_activity(leader, workshop, speaker=teacher.name, starts_at=now() - timedelta(minutes=5))
    hand_in_reflection(colleague, activity, "<p>问题要少而真。</p>")
    return {
        "w": workshop.id,
        "a": activity.id,
        "colleague": colleague.id,
        "code": code_of(activity.key, step_of(now())),
        "step": step_of(now()),
    }


TEAM = LEADS
HOSTS = MEMBERS | {"colleague": 403}
"""The leader team, and the main speaker."""
FORM = {
    "kind": "preparation",
    "title": "《景阳冈》集体备课",
    "starts_at": "2026-12-01T19:30",
    "ends_at": "2026-12-01T21:00",
    "html": "一起看第二稿。",
    "speaker": "李强",
    "is_online": "0",
    "place": "二楼会议室",
    "grace_minutes": "10",
    "client_uuid": "6d4f0a61-2b7c-4c55-8a41-0c1c6f0e7a11",
}

ROUTES = {
    ("GET", "workshops.activities"): Row("/workshops/{w}/activities", VIEW),
    ("GET", "workshops.activities_calendar"): Row("/workshops/{w}/activities.ics", VIEW),
    ("GET", "workshops.new_activity"): Row("/workshops/{w}/activities/new", expect(200, **OUTSIDE, **TEAM)),
    ("POST", "workshops.create_activity"): Row("/workshops/{w}/activities", expect(302, **OUTSIDE, **TEAM), data=FORM),
    ("GET", "workshops.activity"): Row("/workshops/{w}/activities/{a}", VIEW),
    ("GET", "workshops.activity_calendar"): Row("/workshops/{w}/activities/{a}/calendar.ics", VIEW),
    ("GET", "workshops.edit_activity"): Row("/workshops/{w}/activities/{a}/edit", expect(200, **OUTSIDE, **TEAM)),
    ("POST", "workshops.change_activity"): Row(
        "/workshops/{w}/activities/{a}/edit", expect(302, **OUTSIDE, **TEAM), data=FORM
    ),
    ("POST", "workshops.cancel_activity"): Row(
        "/workshops/{w}/activities/{a}/cancellation", expect(302, **OUTSIDE, **TEAM), data={"reason": "学校停电"}
    ),
    ("GET", "workshops.attendance"): Row("/workshops/{w}/activities/{a}/attendance", expect(200, **OUTSIDE, **HOSTS)),
    ("POST", "workshops.mark_rest"): Row("/workshops/{w}/activities/{a}/attendance", expect(302, **OUTSIDE, **HOSTS)),
    ("POST", "workshops.mark_attendance"): Row(
        "/workshops/{w}/activities/{a}/attendance/{colleague}",
        expect(302, **OUTSIDE, **HOSTS),
        data={"state": "excused"},
    ),
    ("GET", "workshops.attendance_sheet"): Row(
        "/workshops/{w}/activities/{a}/attendance.xlsx", expect(200, **OUTSIDE, colleague=403)
    ),
    ("GET", "workshops.sign_in_page"): Row("/workshops/{w}/activities/{a}/sign-in", expect(200, **OUTSIDE, **MEMBERS)),
    ("POST", "workshops.sign_in"): Row(
        "/workshops/{w}/activities/{a}/sign-in",
        expect(302, **OUTSIDE, **MEMBERS),
        data={"code": "{code}", "t": "{step}"},
    ),
    ("POST", "workshops.hand_in_reflection"): Row(
        "/workshops/{w}/activities/{a}/reflection", expect(302, **OUTSIDE, **MEMBERS), data={"html": "问题要少而真。"}
    ),
}
INSIDE = {"villager": "not_found", "outsider": "not_found", "stranger": "not_found"}
SOCKETS = {
    "follow the activities of a workshop": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "activities:{w}", "seq": 0}
    ),
    "follow an activity": SocketRow(
        "/live", "join", expect_words("ok", **INSIDE), message={"topic": "activity:{a}", "seq": 0}
    ),
    "follow who comes to an activity": SocketRow(
        "/live",
        "join",
        expect_words("ok", **INSIDE, colleague="not_found"),
        message={"topic": "attendance:{a}", "seq": 0},
    ),
}
