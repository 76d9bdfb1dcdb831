"""Passing on: gathered in a busy moment, and going on after a failure."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

from socketio.msgpack_packet import MsgPackPacket

from tests.support.document_bench import LI, WANG, Bench
from tests.support.eventually import eventually
from yanxiu.lessonplans.collab.alarm import NEVER
from yanxiu.lessonplans.collab.wire import SocketTransport
from yanxiu.web.lines.loop import BusyLoop, LoopAlarm


def test_many_updates_in_a_busy_moment_are_gathered(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.transport.cost = (bench.clock, 0.001)
    for number in range(1, 11):
        bench.write("a", handle, number, f"{number}")
    # Sending took a millisecond and then the clock stands still: the first was due, the others wait together.
    assert len(bench.transport.heard("b", "u")) == 1


def test_a_busy_process_gathers_what_a_quiet_one_sends_at_once(app, plan_id):
    heard = []
    for share in (0.5, 1.0):
        silent = SimpleNamespace(start=lambda _work: None, by=lambda _due: None, stop=lambda: None)
        bench = Bench(app, plan_id, busy=lambda share=share: share, alarm=silent)
        handle = bench.join("a", WANG, 1)["h"]
        bench.join("b", LI, 2)
        for number in range(1, 11):
            bench.clock.now += 0.02
            bench.write("a", handle, number, f"{number}")
        bench.clock.now += 1
        bench.hub._fanout.send_due()
        heard.append(len(bench.transport.heard("b", "u")))
        bench.hub.stop()
    # The first leaves at once in any case, the others wait for the alarm.
    assert heard == [10, 2]


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


def test_the_loop_rings_when_it_is_asked_from_another_thread_and_again_as_long_as_something_waits():
    async def listen():
        loop = asyncio.get_running_loop()
        alarm, over, rung = LoopAlarm(), asyncio.Event(), []

        def work():
            rung.append(threading.current_thread())
            if len(rung) < 3:
                return loop.time()
            over.set()
            return NEVER

        alarm.belong_to(loop)
        alarm.start(work)
        alarm.by(loop.time() + 3600)
        await loop.run_in_executor(None, alarm.by, loop.time())
        await asyncio.wait_for(over.wait(), 10)
        assert rung == [threading.current_thread()] * 3
        return loop.busy_share()

    with asyncio.Runner(loop_factory=BusyLoop) as runner:
        assert 0 <= runner.run(listen()) < 1
