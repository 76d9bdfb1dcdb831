"""申请听课: a colleague asks, the teacher answers, both see what became of it and nobody else does."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.support.together import together
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.models import Lesson, ObservationRequest
from yanxiu.observations.services.requests import ask_to_observe

ADDRESS = "/observation-requests"
FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}


def test_a_yes_enters_the_lesson_and_invites_whoever_asked(app, cast, client_for):
    asker, teacher = client_for("outsider"), client_for("teacher")
    day = (clock.now().astimezone(LOCAL_ZONE) + timedelta(days=3)).date().isoformat()
    wish = {"person": "李强", "wished_on": day, "wished_time": "10:00", "words": "想看小组讨论"}
    for wrong in ({**wish, "wished_on": "2020-01-01"}, {**wish, "person": "查无此人"}, {**wish, "person": "赵磊"}):
        assert asker.post(ADDRESS, data=wrong).status_code == 422
    assert asker.post(ADDRESS, data=wish).status_code == 303
    assert "您已向李强申请过" in asker.post(ADDRESS, data=wish).text
    assert "想看小组讨论" in teacher.get(ADDRESS).text
    assert "想看小组讨论" not in client_for("principal").get(ADDRESS).text
    with app.app_context():
        number = db.session.scalar(select(ObservationRequest.id))
        assert (
            db.session.scalar(select(Notification.user_id).where(Notification.kind == "lesson_asked"))
            == cast.teacher.id
        )
    answer = {"decision": "accept", "answer": "欢迎，坐后排"}
    assert teacher.post(f"{ADDRESS}/{number}/answer", data=answer, headers=FETCH).json["field"] == "title"
    yes = teacher.post(f"{ADDRESS}/{number}/answer", data={**answer, "title": "《少年闰土》"}, headers=FETCH).json
    page = asker.get(ADDRESS).text
    assert "欢迎，坐后排" in page
    assert asker.get(yes["redirect"]).status_code == 200, "invited"
    with app.app_context():
        lesson = db.session.scalars(select(Lesson)).one()
        assert (lesson.phase, lesson.teacher_id) == ("planned", cast.teacher.id)
        assert lesson.taught_at.astimezone(LOCAL_ZONE).isoformat()[:16] == f"{day}T10:00"
    assert asker.post(f"{ADDRESS}/{number}/withdrawal").status_code == 409


def test_a_no_comes_with_a_word_and_a_request_can_be_taken_back(app, cast, client_for):
    with app.app_context(), unit_of_work():
        soon = clock.now() + timedelta(days=2)
        teacher = cast.user("teacher")
        first = ask_to_observe(cast.user("colleague"), teacher, soon, "").id
        second = ask_to_observe(cast.user("outsider"), teacher, soon, "").id
    client = client_for("teacher")
    no = {"decision": "decline", "answer": " "}
    assert client.post(f"{ADDRESS}/{first}/answer", data=no, headers=FETCH).json["field"] == "answer"
    told = client.post(f"{ADDRESS}/{first}/answer", data={**no, "answer": "下周三好吗"}, headers=FETCH).json
    assert told["redirect"] == ADDRESS
    assert "下周三好吗" in client_for("colleague").get(ADDRESS).text
    assert client_for("outsider").post(f"{ADDRESS}/{second}/withdrawal").status_code == 303
    assert client.post(f"{ADDRESS}/{second}/answer", data={**no, "answer": "晚了"}).status_code == 409
    with app.app_context():
        assert (
            db.session.scalar(select(Notification.user_id).where(Notification.kind == "lesson_declined"))
            == cast.colleague.id
        )
        assert db.session.scalar(select(Lesson.id)) is None


def test_requests_sent_in_one_moment_count_each_other(app, cast):
    def ask():
        asker, teacher = cast.user("colleague"), cast.user("teacher")
        yield
        ask_to_observe(asker, teacher, clock.now() + timedelta(days=1), "")

    assert together(app, ask, ask) == ["conflict", "done"]
