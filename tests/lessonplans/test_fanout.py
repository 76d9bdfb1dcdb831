"""Passing on: gathered in a busy moment, and going on after a failure."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from socketio.msgpack_packet import MsgPackPacket

from tests.support.document_bench import LI, WANG
from tests.support.eventually import eventually
from yanxiu.lessonplans.collab.wire import SocketTransport


def test_many_updates_in_a_busy_moment_are_gathered(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.transport.cost = (bench.clock, 0.001)
    for number in range(1, 11):
        bench.write("a", handle, number, f"{number}")
    # Sending took a millisecond and then the clock stands still: the first was due, the others wait together.
    assert len(bench.transport.heard("b", "u")) == 1


def test_a_room_that_cannot_be_sent_to_once_is_sent_to_again(bench, monkeypatch):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.transport.cost = (bench.clock, 0.001)
    bench.write("a", handle, 1, "先走")
    real, refused = bench.transport.send, threading.Event()

    def send(sids, event, payload):
        if event == "u" and not refused.is_set():
            refused.set()
            raise OSError("no route")
        real(sids, event, payload)

    monkeypatch.setattr(bench.transport, "send", send)
    bench.write("a", handle, 2, "丢了")
    bench.clock.now += 10
    assert refused.wait(10)
    bench.transport.cost = (bench.clock, 0)
    bench.write("a", handle, 3, "还能走")
    bench.clock.now += 10
    assert eventually(lambda: len(bench.transport.heard("b", "u")) == 2)


def test_a_socket_that_fails_does_not_keep_the_others_from_hearing():
    sent = []

    def put(engine_sid, _packet):
        if engine_sid == "e1":
            raise OSError("gone")
        sent.append(engine_sid)

    manager = SimpleNamespace(eio_sid_from_sid=lambda sid, _namespace: f"e{sid}")
    server = SimpleNamespace(packet_class=MsgPackPacket, manager=manager, _send_eio_packet=put)
    SocketTransport(server).send(["1", "2"], "u", b"x")
    assert set(sent) == {"e2"}
