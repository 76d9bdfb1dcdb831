"""Whoever opens a plan that others have open waits for nothing that was asked or read before."""

from __future__ import annotations

from dataclasses import replace

from tests.support.document_bench import LI, WANG
from tests.support.rt_client import new_update
from yanxiu.lessonplans.collab import updates, vectors
from yanxiu.lessonplans.collab.protocol import VERSION, Join
from yanxiu.lessonplans.collab.rights import FRESH_SECONDS, ROLE_SECONDS, Answer
from yanxiu.lessonplans.collab.store import Append


def test_what_was_asked_while_connecting_is_not_asked_again_unless_it_may_have_changed(bench, monkeypatch):
    asked: list[int] = []
    role_of = bench.rights.role_of
    monkeypatch.setattr(bench.rights, "role_of", lambda who, plan: (asked.append(plan), role_of(who, plan))[1])
    wanted = Join(bench.plan_id, updates.EMPTY_STATE, 1, VERSION, None)

    def joined(early: Answer) -> tuple[str | None, bool]:
        asked.clear()
        answer = bench.hub.join("a", WANG, wanted, early)
        return answer.get("role"), bool(asked)

    def early(role: str | None = "read", plan_id: int = bench.plan_id) -> Answer:
        return Answer(plan_id, role, bench.hub.rights.now())

    assert joined(early()) == ("read", False)
    assert joined(early(role=None)) == ("write", True)
    assert joined(early(plan_id=bench.plan_id + 1)) == ("write", True)
    old = early()
    bench.clock.now += FRESH_SECONDS
    assert joined(old) == ("write", True)
    before = early()
    bench.rights.roles[WANG.user_id] = None
    bench.hub.recheck(user_id=LI.user_id)
    assert joined(before) == (None, True)
    # What was believed early is not believed for longer than what is asked when somebody joins.
    bench.rights.roles[WANG.user_id] = "write"
    at = early("write")
    bench.clock.now += 1
    handle = bench.hub.join("b", WANG, wanted, at)["h"]
    bench.rights.roles[WANG.user_id] = "read"
    bench.clock.now += ROLE_SECONDS - 0.5
    bench.write("b", handle, 1, "不算数")
    assert bench.transport.heard("b", "nak")[-1][2] == "read_only"


def test_a_compacted_document_is_read_through_once_however_many_open_it(bench, monkeypatch):
    bench.store.append([Append(bench.plan_id, [new_update("先写的")], frozenset({1}))])
    bench.store.compact(bench.plan_id)
    read: list[bytes] = []
    monkeypatch.setattr(vectors, "state_vector", lambda state: (read.append(state), updates.state_vector(state))[1])
    answers = [bench.join(f"s{number}", WANG, number) for number in range(1, 4)]
    assert len(read) == 1
    bench.write("s1", answers[0]["h"], 1, "后写的")
    assert bench.hub.drain()
    newer = bench.join("s4", LI, 4)
    assert updates.is_behind(answers[0]["sv"], newer["sv"])
    bench.store.compact(bench.plan_id)
    assert bench.join("s5", LI, 5)["sv"] == newer["sv"]
    # Another document under the same numbers, as after a restore, is not taken for the one that was read.
    stored = bench.store.load(bench.plan_id)
    other = new_update("另一份")
    assert bench.store.vector_of(bench.plan_id, replace(stored, snapshot=other), other) == updates.state_vector(other)


def test_only_so_many_bytes_are_kept_to_know_documents_by(monkeypatch):
    read: list[bytes] = []
    monkeypatch.setattr(vectors, "state_vector", lambda state: (read.append(state), state[:1])[1])
    kept = vectors.Vectors(max_bytes=10)
    for plan_id, state in ((1, b"aaaa"), (2, b"bbbb"), (1, b"aaaa"), (3, b"cccc"), (1, b"aaaa"), (2, b"bbbb")):
        assert kept.of(plan_id, state) == state[:1]
    assert read == [b"aaaa", b"bbbb", b"cccc", b"bbbb"]
    assert kept.of(1, b"much longer than that") == b"m"
    assert kept.of(1, b"aaaa") == b"a"
    assert len(read) == 6
