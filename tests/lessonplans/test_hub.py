"""The document server without sockets: a recording transport, a settable authority, a hand-moved clock."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pycrdt import Doc, XmlFragment

from tests.support.document_bench import LI, WANG, Bench
from tests.support.rt_client import append_line, lines_of, new_update
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab import awareness, updates
from yanxiu.lessonplans.collab.protocol import Limits, RefusedError
from yanxiu.lessonplans.collab.rights import ROLE_SECONDS
from yanxiu.lessonplans.collab.room import LINGER_SECONDS, Visitor
from yanxiu.lessonplans.collab.store import COMPACT_ROWS, Append
from yanxiu.lessonplans.models import PlanSnapshot, PlanUpdate


def test_an_update_is_passed_on_at_once_and_acknowledged_when_it_is_on_disk(bench):
    one, other = bench.join("a", WANG, 1), bench.join("b", LI, 2)
    assert one["role"] == other["role"] == "write"
    bench.write("a", one["h"], 1, "第一行")
    assert len(bench.transport.heard("b", "u")) == 1
    assert bench.transport.heard("a", "u") == []
    assert bench.hub.drain()
    assert bench.transport.heard("a", "a") == [[one["h"], 1, 1]]
    assert "第一行" in bench.stored_lines()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\xff\xff\xff\xff\x0f", "malformed"), (b"", "malformed"), (bytes(300 * 1024), "too_large")],
)
def test_what_cannot_be_kept_is_refused_and_stops_the_sender(bench, data, code):
    handle = bench.join("a", WANG, 1)["h"]
    bench.hub.receive("a", handle, 1, data)
    bench.write("a", handle, 2, "后来的")
    assert bench.transport.heard("a", "nak") == [[handle, 1, code]]
    assert bench.hub.drain()
    assert "后来的" not in bench.stored_lines()


def test_a_reader_hears_and_may_not_write(bench):
    bench.rights.roles[2] = "read"
    writer, reader = bench.join("a", WANG, 1)["h"], bench.join("b", LI, 2)["h"]
    bench.write("b", reader, 1, "不该有")
    bench.write("a", writer, 1, "该有")
    assert bench.transport.heard("b", "nak") == [[reader, 1, "read_only"]]
    assert len(bench.transport.heard("b", "u")) == 1
    assert bench.hub.drain()
    assert "不该有" not in bench.stored_lines()


def test_someone_without_rights_is_told_that_there_is_nothing(bench):
    assert bench.join("c", Visitor(9, "路人", 13), 3) == {"ok": False, "code": "not_found"}


def test_a_right_taken_away_while_one_enters_is_asked_for_again(bench, monkeypatch):
    """The one who takes it away finds nobody to put out yet: whoever enters asks once more inside."""
    real = bench.hub._enter

    def enter(*arguments):
        bench.rights.roles[2] = None
        bench.hub.recheck(plan_id=bench.plan_id)
        return real(*arguments)

    monkeypatch.setattr(bench.hub, "_enter", enter)
    assert bench.join("b", LI, 2) == {"ok": False, "code": "not_found"}
    monkeypatch.undo()
    asked = []
    monkeypatch.setattr(bench.rights, "role_of", lambda visitor, _plan_id: asked.append(visitor) or "write")
    bench.write("a", bench.join("a", WANG, 1)["h"], 1, "他听不到")
    assert asked == [WANG]
    assert bench.transport.heard("b", "u") == []


def test_rights_taken_away_take_effect_before_recheck_returns(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.rights.roles[2] = None
    bench.hub.recheck(plan_id=bench.plan_id)
    assert bench.transport.heard("b", "perm") == [[handle, None, "revoked"]]
    bench.write("a", handle, 1, "他听不到")
    bench.write("b", handle, 1, "他写不了")
    assert bench.transport.heard("b", "u") == []
    assert bench.transport.heard("b", "nak") == [[handle, 1, "revoked"]]


def test_a_role_is_read_again_after_a_minute_even_if_nobody_said_so(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.rights.roles[1] = "read"
    bench.clock.now += ROLE_SECONDS + 1
    bench.write("a", handle, 1, "晚了")
    assert bench.transport.heard("a", "perm") == [[handle, "read"]]
    assert bench.transport.heard("a", "nak") == [[handle, 1, "read_only"]]


def test_roles_are_asked_again_together_before_they_are_old_and_no_overtaken_answer_counts(bench, monkeypatch):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    asked = []
    real = bench.rights.roles_of

    def roles_of(wanted):
        asked.append([visitor.user_id for visitor, _plan_id in wanted])
        answer = real(wanted)
        if len(asked) == 1:  # while this answer is on its way the right is taken away, and that is asked about too
            bench.rights.roles[2] = "read"
            bench.hub.recheck(plan_id=bench.plan_id, user_id=2)
        return answer

    monkeypatch.setattr(bench.rights, "roles_of", roles_of)
    bench.clock.now += ROLE_SECONDS - 1
    bench.hub.keep_house()
    assert asked == [[1, 2], [2]]
    assert bench.transport.heard("b", "perm") == [[handle, "read"]]
    bench.hub.keep_house()
    bench.clock.now += 10
    bench.write("a", handle, 1, "不必再问")
    assert len(asked) == 2


def test_the_rate_is_limited_and_a_new_join_starts_afresh(app, plan_id):
    bench = Bench(app, plan_id, limits=Limits(updates_per_second=10, update_burst=5))
    handle = bench.join("a", WANG, 1)["h"]
    for number in range(1, 8):
        bench.write("a", handle, number, "快")
    assert bench.transport.heard("a", "nak") == [[handle, 6, "rate"]]
    bench.clock.now += 3
    assert bench.join("a", WANG, 1)["ok"]
    bench.write("a", handle, 1, "慢")
    assert bench.hub.drain()
    assert bench.transport.heard("a", "a")[-1][1] == 1
    bench.hub.stop()


def test_a_full_document_takes_no_more(app, plan_id):
    bench = Bench(app, plan_id, limits=Limits(state_limit_bytes=100))
    handle = bench.join("a", WANG, 1)["h"]
    bench.write("a", handle, 1, "装不下")
    assert bench.transport.heard("a", "nak") == [[handle, 1, "doc_full"]]
    bench.hub.stop()


def test_a_full_document_may_still_become_shorter(app, plan_id):
    bench = Bench(app, plan_id)
    handle = bench.join("a", WANG, 1)["h"]
    doc = Doc()
    doc.apply_update(bench.store.load(plan_id).merged())
    before = doc.get_state()
    with doc.transaction():
        del doc.get("default", type=XmlFragment).children[0]
    bench.hub.limits = Limits(state_limit_bytes=100)
    bench.hub.receive("a", handle, 1, doc.get_update(before))
    assert bench.hub.drain()
    assert [ack[1] for ack in bench.transport.heard("a", "a")] == [1]
    bench.hub.stop()


@pytest.mark.parametrize(
    ("limits", "data", "code"),
    [
        (Limits(state_limit_bytes=100), new_update("装不下"), "doc_full"),
        (Limits(post_bytes=10), new_update("太大"), "too_large"),
        (Limits(post_burst=0), new_update("太快"), "rate"),
        (Limits(), b"\xff\xff\xff\xff\x0f", "malformed"),
    ],
    ids=["doc_full", "too_large", "rate", "malformed"],
)
def test_an_update_over_http_is_refused_for_the_same_reasons(app, plan_id, limits, data, code):
    bench = Bench(app, plan_id, limits=limits)
    with pytest.raises(RefusedError) as refused:
        bench.hub.post(WANG, plan_id, data)
    assert refused.value.code == code
    bench.hub.stop()


def test_updates_over_http_are_counted_for_each_person(app, plan_id):
    bench = Bench(app, plan_id, limits=Limits(post_burst=2))
    for line in ("一", "二"):
        assert bench.hub.post(WANG, plan_id, new_update(line))
    with pytest.raises(RefusedError):
        bench.hub.post(WANG, plan_id, new_update("三"))
    assert bench.hub.post(LI, plan_id, new_update("别人的"))
    assert "三" not in bench.stored_lines()
    bench.hub.stop()


def test_a_socket_that_compares_states_all_the_time_makes_the_server_read_only_so_often(bench, monkeypatch):
    handle = bench.join("a", WANG, 1)["h"]
    loads: list[int] = []
    load = bench.store.load
    monkeypatch.setattr(bench.store, "load", lambda plan: (loads.append(plan), load(plan))[1])
    for _ in range(50):
        bench.hub.heartbeat("a", handle, updates.EMPTY_STATE)
    assert len(loads) == Limits().heartbeat_burst
    bench.clock.now += 45
    bench.hub.heartbeat("a", handle, updates.EMPTY_STATE)
    assert len(loads) == Limits().heartbeat_burst + 1


def test_an_empty_room_keeps_its_number_for_a_while(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.hub.leave("a", handle)
    bench.hub.keep_house()
    bench.hub.heartbeat("a", handle, updates.EMPTY_STATE)
    assert bench.transport.heard("a", "nak") == [[handle, 0, "revoked"]]
    bench.clock.now += LINGER_SECONDS + 1
    bench.hub.keep_house()
    bench.hub.heartbeat("a", handle, updates.EMPTY_STATE)
    assert bench.transport.heard("a", "nak")[-1] == [handle, 0, "unknown"]


def frame(client: int, clock: int, state: dict[str, Any] | None) -> bytes:
    return awareness.write_frame([awareness.Presence(client, clock, state)])


def test_the_server_writes_names_and_nobody_moves_anothers_caret(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.hub.presence("a", handle, frame(1, 1, {"user": {"name": "校长"}, "cursor": {"anchor": {}, "head": {}}}))
    [payload] = bench.transport.heard("b", "w")
    [seen] = awareness.read_frame(payload[1])
    assert seen.state["user"]["name"] == "王丽"
    assert "cursor" in seen.state
    bench.clock.now += 1
    bench.hub.presence("a", handle, frame(2, 99, {"cursor": {}}))
    assert len(bench.transport.heard("b", "w")) == 1


def test_somebody_elses_client_id_cannot_be_taken(bench):
    assert bench.join("a", WANG, 1)["ok"]
    assert bench.join("b", LI, 1) == {"ok": False, "code": "busy"}


def test_a_caret_leaves_with_its_socket(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.hub.presence("a", handle, frame(1, 1, {"cursor": {}}))
    bench.hub.disconnect("a")
    [gone] = awareness.read_frame(bench.transport.heard("b", "w")[-1][1])
    assert (gone.client, gone.state) == (1, None)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xff\xff\x0f", b"\x01\x01\x01\x05nul", b"\x01\x01\x01\x02[]", b"\x01\x01\x01\x01x"]
)
def test_hostile_carets_are_ignored(bench, data):
    handle = bench.join("a", WANG, 1)["h"]
    bench.join("b", LI, 2)
    bench.hub.presence("a", handle, data)
    assert bench.transport.heard("b", "w") == []


def test_a_heartbeat_gives_what_is_missing_and_asks_for_what_we_lack(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.write("a", handle, 1, "有的")
    bench.hub.drain()
    bench.hub.heartbeat("a", handle, updates.EMPTY_STATE)
    doc = Doc()
    doc.apply_update(bench.transport.heard("a", "u")[-1][1])
    assert "有的" in lines_of(doc)
    append_line(doc, "只有我有")
    bench.hub.heartbeat("a", handle, doc.get_state())
    assert len(bench.transport.heard("a", "sv")) == 1


def test_a_long_log_is_compacted_and_reads_the_same(app, bench):
    doc = Doc()
    doc.apply_update(bench.store.load(bench.plan_id).merged())
    for number in range(COMPACT_ROWS + 5):
        before = doc.get_state()
        append_line(doc, f"第{number}行")
        bench.store.append([Append(bench.plan_id, [doc.get_update(before)], frozenset({1}))])
    lines = bench.stored_lines()
    bench.store.compact(bench.plan_id)
    assert bench.stored_lines() == lines
    with app.app_context():
        assert db.session.query(PlanUpdate).filter_by(plan_id=bench.plan_id).count() == 0
        snapshot = db.session.get(PlanSnapshot, bench.plan_id)
        assert (snapshot.seq, snapshot.head, snapshot.log_rows) == (COMPACT_ROWS + 5, COMPACT_ROWS + 5, 0)


def test_a_document_that_cannot_be_loaded_is_kept_as_it_is(app, bench, monkeypatch):
    bench.store.append([Append(bench.plan_id, [new_update("好好的")], frozenset({1}))])

    def broken(_updates):
        raise updates.MalformedUpdateError("no")

    monkeypatch.setattr("yanxiu.lessonplans.collab.store.compacted", broken)
    with pytest.raises(updates.MalformedUpdateError):
        bench.store.compact(bench.plan_id)
    assert "好好的" in bench.stored_lines()
    with app.app_context():
        assert db.session.get(PlanSnapshot, bench.plan_id).quarantined_at is not None


def test_when_the_last_one_leaves_the_program_is_told_who_wrote(bench):
    handle = bench.join("a", WANG, 1)["h"]
    bench.write("a", handle, 1, "写完了")
    bench.hub.drain()
    bench.hub.disconnect("a")
    bench.hub.keep_house()
    assert bench.settled == [(bench.plan_id, (1,))]


def test_who_wrote_last_is_named_last_whatever_their_number(bench):
    wang, li = bench.join("a", WANG, 1)["h"], bench.join("b", LI, 2)["h"]
    for sid, handle, number in (("a", wang, 1), ("b", li, 1), ("a", wang, 2)):
        bench.write(sid, handle, number, f"{sid}的第{number}行")
        bench.hub.drain()
    bench.hub.keep_house(closing=True)
    assert bench.settled == [(bench.plan_id, (LI.user_id, WANG.user_id))]
    assert LI.user_id > WANG.user_id


def test_the_program_is_told_who_wrote_before_the_log_that_says_so_is_compacted(app, bench, monkeypatch):
    order: list[str] = []
    monkeypatch.setattr(bench.hub._house, "_on_settled", lambda _plan, _editors: order.append("told"))
    compact = bench.store.compact
    monkeypatch.setattr(bench.store, "compact", lambda plan: (order.append("compacted"), compact(plan))[1])
    handle = bench.join("a", WANG, 1)["h"]
    bench.write("a", handle, 1, "还在写")
    bench.hub.drain()
    bench.hub._house.note_long_log(bench.plan_id)
    bench.hub.keep_house()
    assert order == ["told", "compacted"]


def test_edits_of_a_purged_plan_are_refused(app, bench):
    handle = bench.join("a", WANG, 1)["h"]
    with app.app_context(), unit_of_work():
        db.session.delete(db.session.get(PlanSnapshot, bench.plan_id))
    bench.write("a", handle, 1, "晚了")
    bench.hub.drain()
    assert bench.transport.heard("a", "a") == []
    assert bench.transport.heard("a", "nak") == [[handle, 1, "revoked"]]


def test_join_and_card_hold_nothing_the_client_could_choose(bench):
    answer = bench.join("a", WANG, 1)
    assert answer["me"]["name"] == "王丽"
    assert json.dumps(answer["limits"])


def test_what_another_process_wrote_is_passed_on_also_when_it_was_compacted_meanwhile(bench):
    handle = bench.join("a", WANG, 1)["h"]
    grown: list[tuple[int, int, int]] = []
    bench.hub._on_grown = lambda rows: grown.extend((plan_id, *ends) for plan_id, ends in rows.items())
    for number, line in enumerate(("那边写的", "又写了一句"), start=1):
        bench.write("a", handle, number, line)
        bench.hub.drain()
    assert [facts[1:] for facts in grown] == [(1, 1), (2, 2)]
    bench.join("b", LI, 2)
    bench.clock.now += 10
    bench.hub.grew(*grown[0])
    bench.store.compact(bench.plan_id)
    bench.clock.now += 10
    bench.hub.grew(*grown[1])
    one, whole = (lines_in(frame) for _handle, frame in bench.transport.heard("b", "u"))
    assert [line for line in one if line] == ["那边写的"]
    assert {"那边写的", "又写了一句"} <= set(whole)
    bench.hub.grew(bench.plan_id + 1, 1, 1)  # nobody has that one open here


def lines_in(frame: bytes) -> list[str]:
    doc: Doc = Doc()
    doc.apply_update(frame)
    return lines_of(doc)
