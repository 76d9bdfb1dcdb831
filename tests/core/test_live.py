"""Live lists over a real socket."""

from tests.support.eventually import eventually
from yanxiu.core.live import bump
from yanxiu.core.unit_of_work import unit_of_work


def test_an_unknown_room_cannot_be_joined(socket_for):
    socket = socket_for("teacher")
    answer = socket.call("join", {"topic": "nothing:1"}, namespace="/live")
    assert answer == {"ok": False, "code": "not_found", "message": "没有找到您要的内容"}


def test_a_change_raises_the_number_once_per_call(ctx):
    with unit_of_work():
        assert bump("topic:1", "post", 7) == 1
        assert bump("topic:1", "post", 8) == 2


def test_ending_the_session_closes_its_socket(socket_for, app, cast):
    from yanxiu.accounts.services import revoke_sessions_of

    socket = socket_for("teacher")
    with app.app_context(), unit_of_work():
        revoke_sessions_of(cast.teacher.id)
    eventually(lambda: not socket.connected)
