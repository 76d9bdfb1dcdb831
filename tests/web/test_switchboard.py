"""The WebSockets of `yanxiu serve`: none holds a thread, what comes stays in order, who does not listen is given up."""

from __future__ import annotations

import contextlib
import select
import socket
import threading

import pytest
import socketio

from tests.support.clients import session_cookie
from tests.support.eventually import eventually
from tests.support.frames import masked
from tests.support.sockets import Ear, hang_up, join, new_socket
from tests.support.workshops import make_workshop
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web import switchboard
from yanxiu.web.held_line import ENOUGH, HeldLine
from yanxiu.web.lines import frames
from yanxiu.web.switchboard import HANDS, Switchboard

LIMIT = 100_000
BOARD = Switchboard(max_unsent=8_000_000)


class Far:
    """The other end of a line, and what the near end took."""

    def __init__(self) -> None:
        near, self.socket = socket.socketpair()
        near.setblocking(False)
        self.socket.settimeout(20)
        self.taken: list[str | bytes] = []
        self.parted: list[int] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.refused: set[str | bytes] = set()
        self.line = HeldLine(near, BOARD, LIMIT, self._take, lambda: self.parted.append(len(self.taken)), b"3")
        BOARD.hold(self.line)

    def _take(self, message):
        if message != "3":
            self.may_go_on.wait(20)
        self.taken.append(message)
        return message not in self.refused

    def say(self, *data: bytes) -> None:
        self.socket.sendall(b"".join(data))

    def rest(self) -> bytes:
        """All that comes until the near end has said its last word."""
        found = b""
        while more := self.socket.recv(1 << 20):
            found += more
        return found


@pytest.fixture
def far():
    end = Far()
    yield end
    end.may_go_on.set()
    end.socket.close()
    eventually(lambda: end.parted)


def closed_with(data: bytes) -> int:
    """The code in the close frame that ends `data`."""
    assert data[-4] == frames.FINAL | frames.CLOSE
    return int.from_bytes(data[-2:], "big")


@pytest.mark.once
def test_messages_are_taken_in_order_however_they_are_cut_and_the_line_parts_after_the_last(far):
    said = [f"第 {number} 句" for number in range(60)]
    whole = b"".join(masked(frames.TEXT, words.encode()) for words in said)
    for start in range(0, len(whole), 7):
        far.say(whole[start : start + 7])
    far.say(masked(frames.PING, b"da?"), masked(frames.BINARY, b"\x00\x01"))
    assert far.socket.recv(100) == frames.frame(frames.PONG, b"da?")
    far.socket.shutdown(socket.SHUT_WR)
    eventually(lambda: far.parted)
    assert far.taken == [*said, b"\x00\x01"]
    assert far.parted == [61]
    assert far.line.fileno() == -1


@pytest.mark.once
def test_who_sends_faster_than_is_taken_must_wait_and_loses_nothing(far):
    far.may_go_on.clear()
    many = 3 * ENOUGH
    frame = masked(frames.BINARY, b"x" * 20_000)
    sender = threading.Thread(target=lambda: [far.say(frame) for _ in range(many)], daemon=True)
    sender.start()
    eventually(lambda: not far.line.mask & select.EPOLLIN)
    assert sender.is_alive()
    far.may_go_on.set()
    eventually(lambda: len(far.taken) == many)
    sender.join(20)
    assert far.line.mask & select.EPOLLIN


@pytest.mark.once
def test_a_sign_of_life_waits_for_no_work(far):
    far.may_go_on.clear()
    far.say(masked(frames.TEXT, "要等的".encode()), masked(frames.TEXT, b"3"))
    eventually(lambda: far.taken == ["3"])
    far.may_go_on.set()
    eventually(lambda: far.taken == ["3", "要等的"])


@pytest.mark.once
def test_what_the_other_side_does_not_take_at_once_follows_and_too_much_ends_the_line(far):
    for _ in range(6):
        far.line.send(frames.BINARY, b"y" * 1_000_000)
    assert far.line.mask & select.EPOLLOUT
    far.line.finish()
    assert len(far.rest()) == 6 * 1_000_010 + 4

    deaf = Far()
    for _ in range(10):
        deaf.line.send(frames.BINARY, b"y" * 1_000_000)
    eventually(lambda: deaf.parted)
    deaf.socket.close()


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "code"),
    [
        (frames.frame(frames.TEXT, b"without a mask"), frames.PROTOCOL_ERROR),
        (masked(frames.BINARY, b"x" * (LIMIT + 1)), frames.TOO_BIG),
        (masked(frames.TEXT, b"\xff\xfe"), frames.PROTOCOL_ERROR),
        (masked(3, b""), frames.PROTOCOL_ERROR),
        (masked(frames.CLOSE, b"\x03\xe8"), frames.NORMAL),
        (masked(frames.TEXT, b"refused"), frames.NORMAL),
    ],
    ids=["unmasked", "too big", "no text", "no such frame", "goodbye", "refused"],
)
def test_a_mistake_ends_the_line_with_a_reason_and_nothing_behind_it_is_taken(far, said, code):
    far.refused = {"refused"}
    with contextlib.suppress(OSError):
        far.say(said)
    assert closed_with(far.rest()) == code
    with contextlib.suppress(OSError):
        far.say(masked(frames.TEXT, b"more"))
    with contextlib.suppress(OSError):
        far.socket.shutdown(socket.SHUT_WR)
    eventually(lambda: far.parted)  # what was said behind it has been read now
    assert "more" not in far.taken


def server_threads() -> list[str]:
    """What threads of the web server and of Engine.IO hold a socket, by what they do."""
    holding = ("(process_request_thread)", "(writer)", "(_send_ping)")
    return [what for thread in threading.enumerate() for what in holding if thread.name.endswith(what)]


def test_sockets_hold_no_threads_are_limited_and_a_change_from_polling_is_still_possible(
    app, cast, socket_for, live_server, client_for, monkeypatch
):
    with app.app_context(), unit_of_work():
        room = f"workshop:{make_workshop(cast.user('leader'), [cast.user('teacher')]).id}"
    eventually(lambda: not server_threads())
    before = [thread.name for thread in threading.enumerate()].count("switchboard")
    for _ in range(8):
        assert join(socket_for("teacher"), room)["ok"]
    eventually(lambda: not server_threads())
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("switchboard") <= before + 1
    assert sum(name.startswith("socket-messages") for name in names) <= (before + 1) * HANDS

    monkeypatch.setattr(switchboard, "MOST_LINES", 0)
    with pytest.raises(socketio.exceptions.ConnectionError):
        socket_for("teacher")
    monkeypatch.undo()

    changes = new_socket()
    changes.connect(
        live_server.url, headers={"Cookie": f"yanxiu={session_cookie(client_for('teacher'))}"}, namespaces=["/live"]
    )
    eventually(lambda: "(writer)" in server_threads())
    ear = Ear(changes)
    assert join(changes, room)["ok"]
    eventually(lambda: ear.heard["here"])
    hang_up(changes)
