"""Watching a recording together: who moves the film, what a late joiner hears, who is put out, several processes."""

from __future__ import annotations

from sqlalchemy import select

from tests.support.eventually import eventually
from tests.support.sockets import Ear, join
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.models import Lesson, LessonPhase
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.together.watch import Scene, begun, read, written

START = {"playing": True, "pos_ms": 10_000, "rate": 1}


def call(socket, event, lesson_id, **message):
    return socket.call(event, {"lesson": lesson_id, **message}, namespace="/live", timeout=10)


def test_a_watching_says_where_everybody_is():
    watch = begun(7, "李强", Scene(True, 10_000, 1.5), 1_000)
    assert watch.moment(3_000) == 13_000
    assert watch.moment(0) == 10_000, "a clock behind the server's never turns the film back"
    given = watch.led_by(8, "周敏", 3_000)
    assert (given.moment(3_000), given.seq) == (13_000, watch.seq + 1)
    assert not given.may_steer(7)
    assert given.open_to_everybody(True, 4_000).may_steer(7)
    assert given.steered(Scene(False, 500, 1.0), 9_000).moment(60_000) == 500
    assert begun(7, "李强", Scene(False, 0, 1.0), 9_000_000).seq > given.seq
    assert read(written(watch)) == watch


def test_who_leads_moves_the_film_of_all(app, cast, client_for, socket_for, new_lesson):
    lesson_id = new_lesson(visibility="invited")
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        member_id = invite_member(cast.user("teacher"), lesson, cast.user("colleague"), "observer").id
        invite_member(cast.user("teacher"), lesson, cast.user("outsider"), "host")
        invite_member(cast.user("teacher"), lesson, cast.user("leader"), "observer")
        ids = {key: cast.user(key).id for key in ("teacher", "colleague", "outsider")}
    teacher, colleague, host = (socket_for(key) for key in ids)
    ears, heard = [Ear(socket) for socket in (teacher, colleague, host)], []
    colleague.on("cowatch", heard.append, namespace="/live")
    for socket in (teacher, colleague, host):
        assert join(socket, f"lesson:{lesson_id}")["ok"]
        assert join(socket, f"cowatch:{lesson_id}")["ok"]
    assert call(colleague, "cowatch_state", lesson_id)["state"] is None
    first = call(teacher, "cowatch_lead", lesson_id, what="take", **START)["state"]
    assert first["leader_id"] == ids["teacher"]
    eventually(lambda: heard)
    assert heard[0] == {"lesson": lesson_id, "state": first, "now_ms": heard[0]["now_ms"]}
    page = client_for("colleague").get(f"/lessons/{lesson_id}").text
    assert 'id="together"' in page
    assert "data-may-lead" not in page
    assert f"&#34;seq&#34;: {first['seq']}" in page

    assert call(colleague, "cowatch_steer", lesson_id, playing=False, pos_ms=0, rate=1)["code"] == "forbidden"
    for wrong in ({"pos_ms": -1}, {"pos_ms": 1.5}, {"rate": 9}, {"rate": float("nan")}, {"playing": 1}):
        assert call(teacher, "cowatch_steer", lesson_id, **{**START, **wrong})["code"] == "invalid"
    moved = call(teacher, "cowatch_steer", lesson_id, playing=False, pos_ms=42_000, rate=1.25)["state"]
    assert (moved["pos_ms"], moved["rate"], moved["seq"]) == (42_000, 1.25, first["seq"] + 1)
    late = call(host, "cowatch_state", lesson_id)
    assert late["state"] == moved
    assert late["now_ms"] >= moved["at_ms"]

    given = call(teacher, "cowatch_lead", lesson_id, what="give", to=ids["colleague"])["state"]
    assert given["leader_id"] == ids["colleague"]
    assert call(teacher, "cowatch_steer", lesson_id, **START)["code"] == "forbidden"
    assert call(colleague, "cowatch_steer", lesson_id, **START)["ok"]
    assert call(host, "cowatch_lead", lesson_id, what="everybody", on=True)["ok"]
    assert call(teacher, "cowatch_steer", lesson_id, **START)["ok"]
    assert call(host, "cowatch_lead", lesson_id, what="give", to=10**6)["code"] == "conflict"

    removal = client_for("teacher").post(f"/lessons/{lesson_id}/members/{member_id}/removal")
    assert removal.status_code == 303
    eventually(lambda: {"topic": f"cowatch:{lesson_id}"} in ears[1].heard["ejected"])
    assert call(colleague, "cowatch_steer", lesson_id, **START)["code"] == "not_found"
    assert call(host, "cowatch_lead", lesson_id, what="take", **START)["state"]["leader_id"] == ids["outsider"]
    assert call(host, "cowatch_lead", lesson_id, what="end")["state"] is None
    with app.app_context(), unit_of_work():
        # Once for the whole watching, whoever took the lead, and only who did not have the lesson open.
        told = db.session.scalars(select(Notification).where(Notification.kind == "lesson_together")).all()
        assert [(one.user_id, one.actor_id, one.count, one.url) for one in told] == [
            (cast.leader.id, ids["teacher"], 1, f"/lessons/{lesson_id}")
        ]
        db.session.get_one(Lesson, lesson_id).phase = LessonPhase.REFLECTING
    assert call(teacher, "cowatch_state", lesson_id)["code"] == "not_found"
    assert 'id="together"' not in client_for("teacher").get(f"/lessons/{lesson_id}").text
