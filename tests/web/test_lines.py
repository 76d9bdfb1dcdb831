"""A line of `yanxiu realtime` by itself: what one socket may cost the others, before and after it is known."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from types import SimpleNamespace

import msgpack
import pytest

from tests.support.frames import HEAD, masked
from yanxiu.lessonplans.collab.protocol import Limits
from yanxiu.realtime import MAX_UNSENT
from yanxiu.web.lines import frames
from yanxiu.web.lines.frames import FrameError, FrameReader
from yanxiu.web.lines.line import CONNECT, EVENT, Line
from yanxiu.web.lines.server import LineServer

pytestmark = pytest.mark.once


class Transport(asyncio.Transport):
    """Takes everything; `high` is the mark above which the other side is given up."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.high, self.over = 0, ""

    def write(self, data):
        self.written.append(data)

    def set_write_buffer_limits(self, high=None, low=None):
        self.high = high

    def close(self):
        self.over = "closed"

    def abort(self):
        self.over = "aborted"


class Watched(bytes):
    """Counts how many bytes are copied out of it."""

    copied = 0

    def __getitem__(self, key):
        found = super().__getitem__(key)
        if isinstance(key, slice):
            Watched.copied += len(found)
        return found


@pytest.fixture
def line(monkeypatch):
    """A line after the handshake; `asked` are the questions to the database, answered by the test."""
    server = LineServer("/rt", max_unsent=MAX_UNSENT)
    asked: list[Future[None]] = []
    called: list[str] = []

    def ask(_event, _sid, *_data):
        asked.append(Future())
        return asked[-1]

    for name in ("connect", "disconnect", "w", "u"):
        server.on(name, lambda _sid, *_data, name=name: called.append(name), "/rt")

    def do_quickly(name, _sid, _data):
        if name == "w":
            called.append(name)
        return name == "w"

    server.do_quickly = do_quickly
    monkeypatch.setattr(server, "ask", ask)
    made, transport = Line(server, "sid"), Transport()
    made.connection_made(transport)
    made.data_received(f"{HEAD}\r\n".encode())
    return SimpleNamespace(line=made, transport=transport, asked=asked, called=called)


def say(line, **packet):
    line.line.data_received(masked(frames.BINARY, msgpack.packb({"nsp": "/rt", **packet})))


@pytest.fixture
def known(line):
    """The same, signed in."""
    say(line, type=CONNECT)
    line.asked.pop().set_result(None)
    return line


def test_who_it_is_is_asked_before_anything_was_said_and_who_left_meanwhile_is_gone(line):
    assert len(line.asked) == 1
    say(line, type=CONNECT)
    assert len(line.transport.written) == 2  # handshake, welcome: no answer before it is known who it is
    line.asked[0].set_result(None)
    assert (len(line.transport.written), len(line.asked)) == (3, 1)
    line.line.connection_lost(None)
    assert line.called == ["disconnect"]


def test_whoever_says_nothing_is_forgotten_with_what_was_found_out(line):
    line.line.connection_lost(None)
    assert line.called == []
    line.asked.pop().set_result(None)
    assert line.called == ["disconnect"]


def test_small_frames_are_not_copied_again_for_each_other():
    stream = Watched(masked(frames.TEXT, b"3") * 3000)
    assert len(list(FrameReader(10_000).feed(stream))) == 3000
    assert Watched.copied <= 2 * len(stream)


def test_nobody_keeps_empty_fragments_or_pongs_coming():
    fragments = masked(frames.TEXT, b"", final=False) + masked(frames.CONTINUATION, b"", final=False) * 200
    for flood, code in ((fragments, frames.TOO_BIG), (masked(frames.PONG, b"") * 200, frames.PROTOCOL_ERROR)):
        with pytest.raises(FrameError) as refused:
            list(FrameReader(10_000).feed(flood))
        assert refused.value.code == code


def test_whoever_is_not_known_yet_may_say_little_and_keep_little_waiting(line):
    assert line.transport.high < 10_000
    for _ in range(100):
        line.line.data_received(masked(frames.BINARY, b"x" * 100))
    assert (line.transport.over, len(line.transport.written)) == ("closed", 3)  # handshake, welcome, one goodbye


def test_the_fullest_document_finds_room_on_the_way_to_who_is_known(known):
    limits = Limits()
    assert known.transport.high > limits.state_limit_bytes + limits.post_bytes


def test_what_waits_is_limited_by_its_bytes_and_taken_in_order(known):
    say(known, type=EVENT, data=["u", [1, 1, b""]])
    say(known, type=EVENT, data=["w", [1, b""]])
    assert known.called == []
    known.asked.pop().set_result(None)
    assert known.called == ["w"]
    say(known, type=EVENT, data=["u", [1, 2, b""]])
    much = masked(frames.BINARY, b"x" * 60_000)
    for _ in range(50):
        known.line.data_received(much)
    assert known.transport.over == "aborted"


def test_rubbish_that_waited_closes_the_line(known):
    say(known, type=EVENT, data=["u", [1, 1, b""]])
    known.line.data_received(masked(frames.BINARY, b"\xc1"))
    known.asked.pop().set_result(None)
    assert known.transport.over == "closed"


def test_a_client_cannot_say_by_itself_that_it_came_or_went(known):
    for name in ("connect", "disconnect", "nothing"):
        say(known, type=EVENT, data=[name, {"HTTP_COOKIE": "yanxiu=forged"}])
    assert (known.called, known.asked, known.transport.over) == ([], [], "")
