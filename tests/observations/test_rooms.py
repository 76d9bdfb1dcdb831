"""The room of a lesson over real sockets: whoever may not watch any more is out at once."""

from __future__ import annotations

import threading

import pytest

from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson
from yanxiu.observations.services.lessons import invite_member

AT_ONCE_S = 2


class Ear:
    """Who was put out of which room, as a socket hears it."""

    def __init__(self, socket, room):
        self.socket, self.room, self.ejected = socket, room, threading.Event()
        socket.on("ejected", self._note, namespace="/live")
        assert self.join()["ok"]

    def join(self):
        return self.socket.call("join", {"topic": self.room, "seq": 0}, namespace="/live")

    def _note(self, message):
        if message["topic"] == self.room:
            self.ejected.set()


@pytest.fixture
def room(app, cast, new_lesson):
    """(lesson id, member id): for the invited only, 赵磊 of another school is one of them."""
    lesson_id = new_lesson(visibility="invited")
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        invite_member(cast.user("teacher"), lesson, cast.user("colleague"), "observer")
        return lesson_id, invite_member(cast.user("teacher"), lesson, cast.user("outsider"), "observer").id


def test_a_removed_observer_is_put_out_and_the_others_stay(client_for, socket_for, room):
    lesson_id, member_id = room
    gone, stays = (Ear(socket_for(key), f"lesson:{lesson_id}") for key in ("outsider", "colleague"))
    assert client_for("teacher").post(f"/lessons/{lesson_id}/members/{member_id}/removal").status_code == 303
    assert gone.ejected.wait(AT_ONCE_S)
    assert gone.join()["code"] == "not_found"
    assert not stays.ejected.is_set()
    assert stays.join()["ok"]


def test_a_narrowed_audience_puts_out_whom_it_leaves_out(client_for, socket_for, new_lesson):
    lesson_id = new_lesson(visibility="school")
    gone, owner = (Ear(socket_for(key), f"lesson:{lesson_id}") for key in ("leader", "teacher"))
    form = {"title": "课", "visibility": "invited", "consent": "not_needed"}
    assert client_for("teacher").post(f"/lessons/{lesson_id}/settings", data=form).status_code == 303
    assert gone.ejected.wait(AT_ONCE_S)
    assert owner.join()["ok"]
    assert not owner.ejected.is_set()


def test_a_lesson_that_is_taken_down_empties_its_room(client_for, socket_for, new_lesson):
    lesson_id = new_lesson(visibility="school")
    ears = [Ear(socket_for(key), f"lesson:{lesson_id}") for key in ("leader", "teacher")]
    assert client_for("teacher").post(f"/lessons/{lesson_id}/removal").status_code == 303
    assert all(ear.ejected.wait(AT_ONCE_S) for ear in ears)
