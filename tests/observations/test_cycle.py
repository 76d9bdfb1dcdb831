"""The steps of a lesson observation: who moves what, what waits for whom, reminders, freezing, the calendar file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from tests.support.observations import full_scores, make_lesson, make_ready_version
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.calendar_file import lesson_calendar
from yanxiu.observations.cycle import MOVES, Facts, Place, next_step
from yanxiu.observations.models import Lesson, LessonPhase, TextKey
from yanxiu.observations.queries.cycle import facts_of, texts_of, waited_for
from yanxiu.observations.services.cycle import REMIND_JOB, begin_watching, move_lesson, set_deadline, write_text
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.subscribers import remind

ORDER = list(LessonPhase)


def told(kind: str) -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def step_of(cast, key: str, lesson: Lesson):
    viewer = cast.viewer(key)
    return next_step(lesson, facts_of(viewer, [lesson])[lesson.id], clock.today())


def test_steps_lead_from_one_end_to_the_other_and_every_step_says_what_is_next():
    assert all(after in MOVES[before] for before, after in pairwise(p for p in ORDER if p != LessonPhase.MEETING))
    facts = [Facts(leads, leads, 2, True, frozenset({"aim", "reflection"}), 1, False) for leads in (True, False)]
    lesson = Lesson(taught_at=None)
    for phase in ORDER[:-1]:
        lesson.phase = phase
        step = next_step(lesson, facts[0], date(2026, 11, 23))
        assert (step.place, step.to) == (Place.MOVE, MOVES[phase][0]), phase
        assert next_step(lesson, facts[1], date(2026, 11, 23)).words
    lesson.phase = LessonPhase.TEACHING
    without = replace(facts[0], has_recording=False)
    arrived = replace(without, is_preparing=True)
    assert next_step(lesson, without, date(2026, 11, 23)).place == Place.RECORDING
    assert next_step(lesson, arrived, date(2026, 11, 23)).place == Place.NONE, "nobody is asked for what has arrived"


def test_a_lesson_goes_through_its_cycle_and_rests_in_the_archive(ctx, cast):
    teacher, colleague = cast.user("teacher"), cast.user("colleague")
    with unit_of_work():
        tomorrow = clock.now() + timedelta(hours=30)
        lesson = make_lesson(teacher, visibility="school", taught_at=tomorrow)
        assert (lesson.phase, step_of(cast, "teacher", lesson).place) == ("planned", Place.MEMBERS)
        invite_member(teacher, lesson, colleague, "observer")
        invite_member(teacher, lesson, cast.user("leader"), "host")
    assert step_of(cast, "teacher", lesson).place == Place.CALENDAR
    with unit_of_work():
        move_lesson(cast.user("leader"), lesson, "planned", "meeting", clock.today() + timedelta(days=2))
        assert step_of(cast, "leader", lesson).place == Place.MEETING
        write_text(teacher, lesson, TextKey.AIM, "读懂借箭的经过")
    assert {cast.teacher.id, cast.colleague.id} <= told("lesson_meeting")
    assert cast.leader.id not in told("lesson_meeting"), "whoever did it knows"
    with pytest.raises(ConflictError), unit_of_work():
        move_lesson(teacher, lesson, "planned", "teaching")
    with pytest.raises(InvalidError), unit_of_work():
        move_lesson(teacher, lesson, "meeting", "discussing")
    with unit_of_work():
        lesson = db.session.get_one(Lesson, lesson.id)
        move_lesson(teacher, lesson, "meeting", "teaching")
        move_lesson(teacher, lesson, "meeting", "teaching")
        assert step_of(cast, "colleague", lesson).place == Place.LIVE
        make_ready_version(lesson)
    assert lesson.phase == "watching", "a recording that can be watched opens 观课"
    with unit_of_work():
        lesson.phase = "teaching"
        db.session.flush()
        # As somebody else has moved it since it was read here.
        moved = update(Lesson).where(Lesson.id == lesson.id).values(phase="watching")
        db.session.execute(moved.execution_options(synchronize_session=False))
        begin_watching(lesson.id, teacher)
    with unit_of_work():
        move_lesson(teacher, lesson, "watching", "evaluating")
        assert waited_for(lesson) == {cast.colleague.id, cast.leader.id}
        assert not step_of(cast, "teacher", lesson).is_open
        save_evaluation(colleague, lesson, full_scores(lesson))
        submit_evaluation(colleague, lesson)
        assert waited_for(lesson) == {cast.leader.id}
        move_lesson(teacher, lesson, "evaluating", "discussing")
        move_lesson(teacher, lesson, "discussing", "reflecting")
        assert step_of(cast, "leader", lesson).place == Place.NONE, "the reflection is the teacher's"
        write_text(teacher, lesson, TextKey.REFLECTION, "下一次把讨论的时间留够")
        move_lesson(teacher, lesson, "reflecting", "archived")
    assert told("lesson_reflected") == {cast.colleague.id, cast.leader.id}
    moves = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "lesson.move").order_by(AuditEntry.id))
    gone = ["meeting", "teaching", "watching", "evaluating", "discussing", "reflecting", "archived"]
    assert [entry.data["after"] for entry in moves] == gone


def test_an_archived_lesson_is_read_until_it_is_opened_again(app, cast, client_for, new_lesson):
    lesson_id = new_lesson()
    address = f"/lessons/{lesson_id}"
    teacher, colleague = client_for("teacher"), client_for("colleague")
    note = {"body": "好", "start_ms": "12000", "client_uuid": "6f0f7f5e-5f0a-4d8e-9d4e-1f6f8a3b2c1d"}
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, lesson_id).phase = LessonPhase.DISCUSSING
    assert f'先看<a href="{address}/evaluations">' in teacher.get(address).text
    others = colleague.get(f"{address}/cycle").text
    assert "听听别人看到的" in others
    assert f"{address}/evaluations" not in others, "scores are for who has handed in"
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, lesson_id).phase = LessonPhase.REFLECTING
    assert "等授课教师写反思" in colleague.get(address).text
    assert colleague.post(f"{address}/texts", data={"part": "reflection", "reflection": "不是我的"}).status_code == 403
    teacher.post(f"{address}/texts", data={"part": "reflection", "reflection": "问得太碎"})
    assert "问得太碎" in colleague.get(f"{address}/cycle").text
    assert "归档这节课" in teacher.get(address).text
    teacher.post(f"{address}/cycle", data={"seen": "reflecting", "to": "archived"})
    assert "这节课已归档，只供观看" in colleague.get(address).text
    assert "<fieldset disabled>" in colleague.get(f"{address}/live").text
    for door in ("comments", "live", "texts"):
        assert colleague.post(f"{address}/{door}", data=note).status_code == 403
    assert teacher.post(f"{address}/texts", data={"aim": "改一改"}).status_code == 403
    assert colleague.post(f"{address}/cycle", data={"seen": "archived", "to": "reflecting"}).status_code == 403
    assert teacher.post(f"{address}/cycle", data={"seen": "archived", "to": "reflecting"}).status_code == 303
    assert colleague.post(f"{address}/comments", data=note).status_code == 303


def test_saving_the_meeting_leaves_what_a_colleague_wrote_meanwhile(app, client_for, new_lesson):
    lesson_id = new_lesson()
    address, teacher = f"/lessons/{lesson_id}", client_for("teacher")

    def save(seen: dict[str, str], typed: dict[str, str], **headers: str):
        sent = {key: typed.get(key, seen.get(key, "")) for key in ("aim", "difficulty", "look")}
        return teacher.post(
            f"{address}/texts", data={**sent, **{f"seen_{key}": seen.get(key, "") for key in sent}}, headers=headers
        )

    def texts() -> dict[str, str]:
        with app.app_context():
            return {key: text.body for key, text in texts_of(lesson_id).items()}

    assert save({}, {"aim": "读懂借箭\n的经过"}).status_code == 303
    assert save({}, {"look": "第二组"}).status_code == 303, "aim was empty when this page was opened"
    assert texts() == {"aim": "读懂借箭\n的经过", "look": "第二组"}
    refused = save({"look": "第二组"}, {"aim": "读出语气", "difficulty": "先读后议", "look": "第二组"})
    assert refused.status_code == 409
    assert ">\n读出语气</textarea>" in refused.text
    assert ">\n先读后议</textarea>" in refused.text, "what was typed stays"
    assert '<p class="plain-text">读懂借箭\n的经过</p>' in refused.text
    assert refused.text.count('aria-invalid="true"') == 1
    assert texts() == {"aim": "读懂借箭\n的经过", "look": "第二组"}
    assert save({}, {"aim": "读出语气"}, **{"X-Requested-With": "fetch"}).json["field"] == "aim"
    seen = {"aim": "读懂借箭\r\n的经过", "look": "第二组"}  # as a browser sends it
    assert save(seen, {"aim": "读出语气", "look": ""}).status_code == 303
    assert texts() == {"aim": "读出语气"}


def test_a_day_before_it_is_due_those_for_whom_it_waits_are_told_once(ctx, cast):
    teacher = cast.user("teacher")
    with unit_of_work():
        lesson = make_lesson(teacher, visibility="school", taught_at=clock.now() + timedelta(days=3))
        invite_member(teacher, lesson, cast.user("colleague"), "observer")
        with pytest.raises(InvalidError):
            set_deadline(teacher, lesson, clock.today() - timedelta(days=1))
    with unit_of_work():
        set_deadline(teacher, lesson, clock.today() + timedelta(days=5))
        jobs = db.session.scalars(select(Job).where(Job.kind == REMIND_JOB).order_by(Job.run_at)).all()
    payloads = [job.payload for job in jobs]
    assert len(payloads) == 2
    assert jobs[1].run_at.astimezone(LOCAL_ZONE).hour == 8
    remind(payloads[0], None)
    remind(payloads[0], None)
    assert told("lesson_near") == {cast.teacher.id, cast.colleague.id}
    remind(payloads[1], None)
    assert told("lesson_due") == {cast.teacher.id}
    with unit_of_work():  # what was put off or has gone on is no longer waited for
        lesson = db.session.get_one(Lesson, lesson.id)
        db.session.query(Notification).delete()
        move_lesson(teacher, lesson, "planned", "teaching")
    for payload in payloads:
        remind(payload, None)
    assert told("lesson_near") == told("lesson_due") == set()


def test_my_lessons_name_what_is_open_and_the_calendar_takes_the_date(ctx, cast, client_for, count_queries):
    teacher = cast.user("teacher")
    at = datetime(2027, 3, 1, 9, 10, tzinfo=LOCAL_ZONE)
    with unit_of_work():
        lesson = make_lesson(teacher, "《少年闰土》，第一课时；" + "长" * 60, taught_at=at, place="录播教室")
        invite_member(teacher, lesson, cast.user("outsider"), "observer")
    text = lesson_calendar(lesson, "https://yx.example/lessons/1", at).decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "DTSTART:20270301T011000Z" in text
    assert "《少年闰土》，第一课时" in text.replace("\r\n ", "")
    client = client_for("outsider")
    with count_queries() as few:
        page = client.get("/my-lessons").text
    assert "《少年闰土》" in page
    assert "约课" in page
    with unit_of_work():
        for number in range(4):
            other = make_lesson(teacher, f"第 {number} 课")
            invite_member(teacher, other, cast.user("outsider"), "observer")
            move_lesson(teacher, other, "teaching", "watching", clock.today() + timedelta(days=number))
    with count_queries() as many:
        page = client.get("/my-lessons").text
    assert len(many.statements) == len(few.statements)
    assert page.index("第 0 课") < page.index("第 3 课") < page.index("《少年闰土》")
