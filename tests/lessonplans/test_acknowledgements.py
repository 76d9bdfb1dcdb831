"""What the server says is on disk, is: never more, and in the numbers of whoever hears it."""

from __future__ import annotations

import threading

from pycrdt import Doc

from tests.support.document_bench import LI, WANG
from tests.support.rt_client import lines_of


def test_the_acknowledgement_is_cumulative_and_one_a_commit(bench):
    handle = bench.join("a", WANG, 1)["h"]
    for number in range(1, 21):
        bench.write("a", handle, number, f"第{number}行")
    assert bench.hub.drain()
    numbers = [ack[1] for ack in bench.transport.heard("a", "a")]
    assert numbers[-1] == 20
    assert len(numbers) < 20
    assert numbers == sorted(numbers)


def test_nothing_is_acknowledged_while_the_disk_refuses(bench, monkeypatch):
    handle = bench.join("a", WANG, 1)["h"]
    real, failing = bench.store.append, [True]

    def append(batch):
        if failing[0]:
            raise OSError("disk full")
        return real(batch)

    monkeypatch.setattr(bench.store, "append", append)
    bench.write("a", handle, 1, "等着")
    assert not bench.hub.drain(timeout=0.3)
    assert bench.transport.heard("a", "a") == []
    # Somebody who comes now gets it all the same: it is in flight.
    doc = Doc()
    doc.apply_update(bench.join("b", LI, 2)["diff"])
    assert "等着" in lines_of(doc)
    failing[0] = False
    assert bench.hub.drain(timeout=10)
    assert [ack[1] for ack in bench.transport.heard("a", "a")] == [1]


def test_a_socket_that_cannot_be_told_keeps_nobody_elses_acknowledgement_back(bench, monkeypatch):
    handles = {sid: bench.join(sid, WANG, client)["h"] for client, sid in enumerate("abc", start=1)}
    real_append, begun, slow = bench.store.append, threading.Event(), threading.Event()
    real_send = bench.transport.send

    def append(batch):
        begun.set()
        assert slow.wait(10)
        return real_append(batch)

    def send(sids, event, payload):
        if event == "a" and sids == ["a"]:
            raise RuntimeError("broken line")
        real_send(sids, event, payload)

    monkeypatch.setattr(bench.store, "append", append)
    monkeypatch.setattr(bench.transport, "send", send)
    bench.write("c", handles["c"], 1, "先写")
    assert begun.wait(10)
    for sid in "ab":  # one commit for both
        bench.write(sid, handles[sid], 1, f"{sid}写的")
    slow.set()
    assert bench.hub.drain()
    assert [ack[1] for ack in bench.transport.heard("b", "a")] == [1]
    bench.write("a", handles["a"], 2, "接着写")
    bench.write("b", handles["b"], 2, "也接着写")
    assert bench.hub.drain()
    assert [ack[1] for ack in bench.transport.heard("b", "a")] == [1, 2]
    assert {"a写的", "b写的", "接着写", "也接着写"} <= set(bench.stored_lines())


def test_who_joins_again_on_the_same_socket_hears_of_no_number_from_before(bench, monkeypatch):
    """They count from one again: what was sent before has other numbers, and 3 would cover what is not on disk yet."""
    handle = bench.join("a", WANG, 1)["h"]
    real, begun, slow = bench.store.append, threading.Event(), threading.Event()

    def append(batch):
        begun.set()
        assert slow.wait(10)
        return real(batch)

    monkeypatch.setattr(bench.store, "append", append)
    for number in (1, 2, 3):
        bench.write("a", handle, number, f"以前{number}")
    assert begun.wait(10)
    bench.join("a", WANG, 1)
    bench.write("a", handle, 1, "现在")
    slow.set()
    assert bench.hub.drain()
    assert [ack[1] for ack in bench.transport.heard("a", "a")] == [1]
    assert bench.stored_lines().count("以前3") == bench.stored_lines().count("现在") == 1


def test_a_gap_in_the_numbers_is_refused_so_that_no_acknowledgement_covers_it(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.write("a", handle, 1, "一")
    bench.write("a", handle, 3, "三")
    assert bench.transport.heard("a", "nak") == [[handle, 3, "rate"]]
    bench.write("a", handle, 4, "四")
    assert bench.hub.drain()
    assert [ack[1] for ack in bench.transport.heard("a", "a")] == [1]
