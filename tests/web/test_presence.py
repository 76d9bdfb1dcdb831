"""Who follows a list is told to all who follow it, also when one of them is long gone."""

from __future__ import annotations

import pytest

from tests.support.eventually import eventually
from tests.support.sockets import Ear, join
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import socketio
from yanxiu.web import live


@pytest.fixture
def room(app, cast) -> str:
    with app.app_context(), unit_of_work():
        return f"workshop:{make_workshop(cast.user('leader'), [cast.user('teacher'), cast.user('colleague')]).id}"


def fall_silent(user_id: int) -> None:
    """Let the server believe that it asked a person's socket for a sign of life long ago."""
    connection = live.hub.where(lambda c: c.user_id == user_id)[0]
    beneath = socketio.server.manager.eio_sid_from_sid(connection.sid, live.NAMESPACE)
    socketio.server.eio.sockets[beneath].last_ping = 1.0


def test_telling_a_socket_that_is_gone_closes_it_and_the_others_hear_that_too(cast, socket_for, room):
    listener, goes, comes = (socket_for(key) for key in ("teacher", "colleague", "leader"))
    ear = Ear(listener)
    for socket in (listener, goes):
        assert join(socket, room)["ok"]
    fall_silent(cast.colleague.id)
    assert join(comes, room)["ok"]
    staying = {cast.leader.id, cast.teacher.id}
    eventually(lambda: ear.heard["here"] and {user["id"] for user in ear.heard["here"][-1]["users"]} == staying)
    assert live.hub.where(lambda c: c.user_id == cast.colleague.id) == []


@pytest.mark.parametrize(("first", "second"), [("websocket", "polling"), ("polling", "websocket")])
def test_who_polls_hears_what_others_hear_by_websocket(cast, socket_for, room, first, second):
    sockets = [socket_for(key, transport=by) for key, by in (("teacher", first), ("colleague", second))]
    ears = [Ear(socket) for socket in sockets]
    for socket in sockets:
        assert join(socket, room)["ok"]
    both = {cast.teacher.id, cast.colleague.id}
    for ear in ears:
        eventually(
            lambda ear=ear: ear.heard["here"] and {each["id"] for each in ear.heard["here"][-1]["users"]} == both
        )
    socketio.emit("changed", {"topic": room, "seq": 1}, to=room, namespace=live.NAMESPACE)
    for ear in ears:
        eventually(lambda ear=ear: ear.heard["changed"])
