"""Who reports a use, sees figures, takes down: all who see it; everybody their own; who looks after the owner's school."""

from tests.support.cast import Cast
from tests.support.lessonplans import make_plan
from tests.support.matrix import Row, expect, signed_in
from tests.support.observations import make_lesson, make_ready_version
from tests.support.resources import make_resource
from tests.support.workshops import make_activity, make_workshop
from yanxiu.core import clock
from yanxiu.resources.services.usage import report_use
from yanxiu.workshops.events import RecordSection
from yanxiu.workshops.services.records import keep_record


def build(cast: Cast) -> dict[str, object]:
    resource = make_resource(cast.user("teacher"))
    use = report_use(cast.user("colleague"), resource, clock.today())
    from yanxiu.core.db import db

    db.session.flush()
    plan = make_plan(cast.user("teacher"), visibility="school")
    lesson = make_lesson(cast.user("teacher"), visibility="school")
    make_ready_version(lesson)
    resource.taught_lesson_id = lesson.id
    workshop = make_workshop(cast.user("leader"), [cast.user("teacher"), cast.user("colleague")])
    activity = make_activity(cast.user("leader"), workshop, speaker=cast.teacher.name)
    keep_record(activity, "<p>共识</p>", [RecordSection("outcome", "成果", "共识")], [cast.leader.id])
    made = {"resource": resource.id, "use": use.id, "plan": plan.id, "lesson": lesson.id}
    return {**made, "activity": activity.id}


TAUGHT = {
    "teacher": 200,
    "admin": 404,
    "outsider": 404,
    "villager": 404,
    "researcher": 404,
    "stranger": 404,
    "anonymous": 302,
}
"""Who taught the lesson; others of the school see it, but it is not theirs."""

LED = {"leader": 200, "teacher": 200, "anonymous": 302, "outsider": 404, "villager": 404, "stranger": 404}
"""Who leads the workshop, and who spoke; who looks after the school sees it and no more."""

ROUTES = {
    ("GET", "resources.new_record"): Row("/resources/from-activities/{activity}", expect(403, **LED)),
    ("POST", "resources.publish_activity"): Row(
        "/resources/from-activities/{activity}",
        expect(403, **{**LED, "leader": 302, "teacher": 302}),
        data={"title": "活动记录", "kind": "other", "visibility": "school", "license": "county"},
    ),
    ("GET", "resources.new_card"): Row("/resources/from-lessons/{lesson}", expect(403, **TAUGHT)),
    ("POST", "resources.publish_lesson"): Row(
        "/resources/from-lessons/{lesson}",
        expect(403, **{**TAUGHT, "teacher": 302}),
        data={"title": "课例", "kind": "recording", "visibility": "school", "license": "county"},
    ),
    ("GET", "resources.film"): Row("/resources/{resource}/film", expect(200, anonymous=404, stranger=404)),
    ("POST", "resources.publish_lesson_plan"): Row(
        "/resources/from-plans/{plan}",
        expect(403, anonymous=302, teacher=302, villager=404, outsider=404, stranger=404),
        data={},
    ),
    ("GET", "resources.figures"): Row("/resources/figures?of=school", signed_in()),
    ("GET", "resources.list_file"): Row("/resources.xlsx?mine=favorites", signed_in()),
    ("GET", "resources.figures_file"): Row("/resources/figures.xlsx?of=school", signed_in()),
    ("POST", "resources.add_use"): Row(
        "/resources/{resource}/uses", expect(302, stranger=404), data={"taught_on": "2026-03-05", "note": "改了导入"}
    ),
    ("POST", "resources.remove_use"): Row(
        "/resources/{resource}/uses/{use}/removal", expect(404, anonymous=302, colleague=302), data={}
    ),
    ("POST", "resources.takedown"): Row(
        "/resources/{resource}/takedown",
        expect(403, anonymous=302, stranger=404, principal=302, researcher=302, admin=302),
        data={"reason": "用了别人的照片"},
    ),
}
