"""Scoring with a phone: the code, the door, and drafts of two devices that meet."""

from __future__ import annotations

import re

from sqlalchemy import select

from tests.support.observations import full_scores
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.models import AdmissionRequest, Evaluation, Lesson, RubricTemplate, RubricVersion
from yanxiu.observations.queries.admissions import people_at_door
from yanxiu.observations.services.evaluations import save_evaluation
from yanxiu.observations.services.lessons import invite_member, remove_member
from yanxiu.observations.services.on_site import ask_in
from yanxiu.workshops.models import Workshop

FETCH = {"X-Requested-With": "fetch"}


def test_who_scans_the_code_lands_on_the_sheet_or_is_let_in_by_one_press(app, cast, client_for, new_lesson):
    lesson_id = new_lesson()
    at = f"/lessons/{lesson_id}/scoring"
    teacher, colleague, outsider = (client_for(key) for key in ("teacher", "colleague", "outsider"))
    desk = teacher.get(f"{at}/code").text
    code = re.search(r"https?://[^/<]+(/lessons/\d+/scoring\?key=\w+)", desk)[1]
    assert "<svg" in desk
    assert client_for("anonymous").get(code).headers["Location"].startswith("/login?next=")
    assert colleague.get(code).headers["Location"] == at
    assert "现场评分" in colleague.get(at).text
    assert "授课教师不评自己的课" in teacher.get(at).text
    # Without having seen the code there is no such lesson; nor for who is of another county.
    for address in (at, f"{at}?key=", f"{at}?key=一二三", code[:-1] + "x"):
        assert outsider.get(address).status_code == 404
    assert client_for("stranger").get(code).status_code == 404
    assert outsider.post(f"{at}/asking", data={"key": "x"}).status_code == 404
    door = outsider.get(code).text
    assert "李强" in door
    assert "教学目标" not in door
    key = code.partition("key=")[2]
    for _twice in range(2):
        outsider.post(f"{at}/asking", data={"key": key})
    with app.app_context():
        who = db.session.query(AdmissionRequest).one().user_id
    # Not let in, asked again: the desk shows it again, the host hears of the person once.
    assert teacher.post(f"{at}/asking/{who}", data={"answer": "no"}).status_code == 303
    assert f"/asking/{who}" not in teacher.get(f"{at}/code").text
    assert teacher.post(f"{at}/asking/{who}", data={"answer": "yes"}).status_code == 404
    assert "告诉主持人我要评课" in outsider.get(code).text
    outsider.post(f"{at}/asking", data={"key": key})
    with app.app_context():
        told = db.session.query(Notification).filter_by(kind="lesson_door").one()
        assert (told.actor_id, told.count, told.url) == (who, 1, f"{at}/code")
    assert "请他按一下" in outsider.get(code).text
    assert colleague.post(f"{at}/asking/{who}", data={"answer": "yes"}).status_code == 403
    assert f"/asking/{who}" in teacher.get(f"{at}/code").text
    assert teacher.post(f"{at}/asking/{who}", data={"answer": "yes"}).status_code == 303
    assert outsider.get(code).headers["Location"] == at
    assert "教学目标" in outsider.get(at).text
    assert teacher.post(f"{at}/asking/{who}").status_code == 404
    with app.app_context():
        assert db.session.query(AdmissionRequest).count() == 0
    # Who comes in by another way does not stand at the door any more.
    with app.app_context(), unit_of_work():
        host, person = cast.user("teacher"), cast.user("outsider")
        lesson = db.session.get_one(Lesson, lesson_id)
        remove_member(host, lesson, lesson.members[0])
        ask_in(person, lesson)
        invite_member(host, lesson, person, "observer")
        assert people_at_door(lesson) == []
        remove_member(host, lesson, lesson.members[0])
        ask_in(person, lesson)
        workshop_id = make_workshop(host, [person]).id
        assert people_at_door(lesson) == [person]
        lesson.workshop_id, lesson.visibility = workshop_id, "workshop"
        assert people_at_door(lesson) == []
    # Once the workshop has ended nobody could answer.
    late = client_for("researcher")
    assert late.get(code).status_code == 200
    with app.app_context(), unit_of_work():
        db.session.get_one(Workshop, workshop_id).archived_at = clock.now()
    assert late.get(code).status_code == 404
    assert late.post(f"{at}/asking", data={"key": key}).status_code == 404


def test_what_was_chosen_on_another_rubric_is_refused_and_teach_is_whole_on_a_phone(app, client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    at = f"/lessons/{lesson_id}"

    def version_at(path: str) -> str:
        return re.search(r'name="version" value="(\d+)"', colleague.get(at + path).text)[1]

    before = version_at("")
    assert version_at("/scoring") == before
    with app.app_context(), unit_of_work():
        teach = select(RubricVersion).join(RubricTemplate).where(RubricTemplate.slug == "teach")
        version = db.session.scalars(teach).one()
        db.session.get_one(Lesson, lesson_id).rubric_version_id = version.id
        key, first = min(version.sheet.keys), version.sheet.snapshots[0].key
    for path in ("/scoring", "/evaluation", "/evaluation/submission"):
        stale = {"version": before, f"score-{key}": "3", "advice": "慢一点"}
        refused = colleague.post(at + path, data=stale, headers=FETCH)
        assert refused.status_code == 409
        assert "量表换过了" in refused.get_json()["message"]
    with app.app_context():
        assert db.session.query(Evaluation).count() == 0
    sheet = colleague.get(f"{at}/scoring").text
    assert "15 分</span>" in sheet
    assert "%</span>" not in sheet
    assert "not be considered an official World Bank translation" in sheet
    sent = {"version": version_at("/scoring"), f"score-{first}": "0", f"known-score-{first}": "", f"score-{key}": "3"}
    taken = colleague.post(f"{at}/scoring", data=sent, headers=FETCH)
    assert taken.get_json()["values"] == {first: 0, key: 3}
    assert f'name="score-{first}" value="0"' in colleague.get(f"{at}/scoring").text


def test_a_phone_never_overwrites_what_was_changed_elsewhere_and_says_both(app, cast, client_for, new_lesson):
    lesson_id, colleague = new_lesson(), client_for("colleague")
    at = f"/lessons/{lesson_id}/scoring"

    def sent(**fields: object) -> dict:
        answer = colleague.post(
            at, data={name.replace("__", "-"): value for name, value in fields.items()}, headers=FETCH
        )
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    first = sent(score__goals="4", known__score__goals="", advice="慢一点 ", known__advice="")
    assert (first["values"], first["advice"], first["apart"]) == ({"goals": 4}, "慢一点", [])
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        save_evaluation(cast.user("colleague"), lesson, {**full_scores(lesson, 4), "goals": 2}, advice="电脑上写的")
    # The answer was lost: the same comes again, older than what the computer has.
    again = sent(
        score__goals="4",
        known__score__goals="",
        advice="慢一点",
        known__advice="",
        score__effect="5",
        known__score__effect=["", "4"],
    )
    assert sorted(again["apart"]) == ["advice", "goals"]
    assert (again["values"]["goals"], again["values"]["effect"], again["advice"]) == (2, 5, "电脑上写的")
    told = sent(score__goals="4", known__score__goals="", submit="1")
    assert (told["apart"], told["submitted"]) == (["goals"], False)
    taken = sent(score__goals="4", known__score__goals="2", submit="1")
    assert taken["submitted"] is True
    # Handed in: the same once more is no error, anything else is refused.
    assert sent(score__goals="4", known__score__goals="2", submit="1")["submitted"] is True
    late = colleague.post(at, data={"score-goals": "5", "known-score-goals": "4"}, headers=FETCH)
    assert late.status_code == 409
    assert colleague.post(at, data={"score-goals": "9"}, headers=FETCH).status_code in (409, 422)
    with app.app_context():
        assert db.session.query(Evaluation).one().values()["goals"] == 4
    page = client_for("principal").post(at, data={"score-goals": "3", "submit": "1"}, follow_redirects=True).text
    assert "还有 6 项没有评分" in page
