"""Coding a lesson: nothing lost and nothing double, drafts seen by nobody, figures as the instruments compute them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.observations import code_lesson, make_ready_version
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.observations.instruments.comparison import compare
from yanxiu.observations.instruments.questions import LEDGER
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.shipped import ST
from yanxiu.observations.models import Adjudication, CodingSession, Lesson
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services.codings import MOST_AT_ONCE, Batch, Mark, finish_coding, save_codes

A, B, C, GONE = (str(uuid4()) for _ in range(4))


@pytest.fixture
def lesson_id(new_lesson) -> int:
    """A lesson of 李强 for his school, a minute long."""
    return new_lesson()


def coded(app, cast, lesson_id: int, who: str, codes: str, scheme: str = "st", step_ms: int = 10_000) -> int:
    """The id of a finished coding by one of the cast."""
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        version = current_version(recording_of(lesson_id))
        return code_lesson(cast.user(who), lesson, version, codes, step_ms, scheme).id


def send(client, lesson_id: int, scheme: str = "st", finish: bool = False, **batch: object):
    data = {"changes": json.dumps(batch)} if batch else {}
    return client.post(f"/lessons/{lesson_id}/codings/{scheme}", data={**data, **({"finish": "1"} if finish else {})})


def test_a_shorter_film_does_not_stop_a_coding_that_was_begun(app, client_for, lesson_id):
    coder = client_for("colleague")
    send(coder, lesson_id, added=[[A, 0, "T"]], reached=50_000)
    with app.app_context(), unit_of_work():
        make_ready_version(db.session.get_one(Lesson, lesson_id), 20_000)
    assert send(coder, lesson_id, added=[[B, 55_000, "S"]], reached=58_000).status_code == 303  # kept on the device
    assert send(coder, lesson_id, added=[[C, 10_000, "S"]], reached=58_000).status_code == 303
    assert send(coder, lesson_id, finish=True).headers["Location"].endswith("/results")
    assert stretches(app) == [(0, 10_000, "T"), (10_000, 55_000, "S"), (55_000, 58_000, "S")]


@pytest.mark.once
def test_the_page_never_sends_more_at_once_than_is_taken():
    script = (Path(__file__).parents[2] / "static/src/lesson/coding/unsent.js").read_text(encoding="utf-8")
    (most,) = re.findall(r"^const MOST = (\d+);", script, re.MULTILINE)
    assert (script.count("slice(0, MOST)"), 2 * int(most)) == (2, MOST_AT_ONCE)


def stretches(app) -> list[tuple[int, int, str]]:
    with app.app_context():
        (session,) = db.session.query(CodingSession).all()
        return [(one.start_ms, one.end_ms, one.code) for one in session.kept]


def test_batches_may_come_twice_and_in_any_order(app, client_for, lesson_id):
    coder = client_for("colleague")
    first = {"added": [[A, 0, "T"], [B, 12_500, "S"]], "reached": 20_000}
    assert send(coder, lesson_id, **first).status_code == 303
    send(coder, lesson_id, gone=[B, GONE], added=[[C, 15_000, "S"]], reached=30_000)
    send(coder, lesson_id, **first)  # the line was slow: it had arrived after all
    send(coder, lesson_id, added=[[GONE, 5_000, "S"]], reached=1_000)  # taken back before it came
    assert stretches(app) == [(0, 15_000, "T"), (15_000, 30_000, "S")]


@pytest.mark.parametrize(
    ("batch", "status"),
    [
        ({"added": [[A, 60_001, "T"]]}, 422),
        ({"added": [[A, 0, "5"]]}, 422),
        ({"added": [["x", 0, "T"]]}, 422),
        ({"added": [[A, True, "T"]]}, 422),
        ({"reached": 10**30}, 422),
        ({"added": [[A, 0]]}, 422),
    ],
)
def test_what_is_no_code_of_this_lesson_is_refused(client_for, lesson_id, batch, status):
    assert send(client_for("colleague"), lesson_id, **batch).status_code == status


def test_nobody_sees_an_unfinished_coding_and_a_coder_nobody_elses(app, cast, client_for, lesson_id):
    coded(app, cast, lesson_id, "principal", "TTSSTT")
    second, teacher = client_for("colleague"), client_for("teacher")
    results = f"/lessons/{lesson_id}/codings/st/results"
    send(second, lesson_id, added=[[A, 0, "S"]], reached=60_000)
    assert "周敏" not in teacher.get(results).text
    assert second.get(results).status_code == 403
    answer = send(second, lesson_id, finish=True)
    assert answer.headers["Location"] == results
    assert "孙正平" in second.get(results).text
    assert "周敏" in teacher.get(results).text
    assert send(second, lesson_id, added=[[B, 9_000, "T"]]).status_code == 409
    with app.app_context():
        told = db.session.query(Notification).filter_by(kind="coding").order_by(Notification.user_id).all()
        assert {note.user_id for note in told} == {cast.user("teacher").id, cast.user("principal").id}
        blind = {one.coder.name: one.is_blind for one in db.session.query(CodingSession).order_by(CodingSession.id)}
        assert blind == {"孙正平": True, "周敏": True}


def test_who_has_seen_others_codings_does_not_code_blind(app, cast, client_for, lesson_id):
    coded(app, cast, lesson_id, "principal", "TTSSTT")
    send(client_for("teacher"), lesson_id, added=[[A, 0, "S"]], reached=60_000)
    with app.app_context():
        assert [one.is_blind for one in db.session.query(CodingSession).order_by(CodingSession.id)] == [True, False]


def test_a_window_may_have_several_codes_and_they_are_compared_one_by_one(app, client_for, new_lesson):
    lesson_id = new_lesson()
    coder, other = client_for("colleague"), client_for("principal")
    assert send(coder, lesson_id, "copus", added=[[A, 1_000, "S1"]]).status_code == 422  # no beginning of a window
    send(coder, lesson_id, "copus", added=[[A, 0, "S1"], [B, 0, "T1"], [C, 0, "T2"]], gone=[C], reached=60_000)
    assert stretches(app) == [(0, 120_000, "S1"), (0, 120_000, "T1")]
    assert send(coder, lesson_id, "copus", finish=True).status_code == 303
    send(other, lesson_id, "copus", finish=True, added=[[str(uuid4()), 0, "S1"], [str(uuid4()), 0, "T3"]])
    page = other.get(f"/lessons/{lesson_id}/codings/copus/results").text
    for shown in ("其中 0 段完全相同", "S1 听讲记录", "只有孙正平", "100.00%", "讲评反馈"):
        assert shown in page
    assert coder.get(f"/lessons/{lesson_id}/codings/copus/results?format=xlsx").data[:2] == b"PK"
    agree_on_labels(app, client_for, lesson_id)
    lane = client_for("teacher").get(f"/lessons/{lesson_id}/lanes").text
    assert "T1 讲授" in lane


def agree_on_labels(app, client_for, lesson_id: int) -> None:
    """The two differ in T1 and T3: each is agreed on by itself, and taken back."""
    coder, address = client_for("colleague"), f"/lessons/{lesson_id}/codings/copus/results"
    with app.app_context():
        live = db.session.get_one(Lesson, lesson_id).topic
        before = current_seq(live)

    def agree(client, label: str, code: str) -> int:
        window = {"start_ms": "0", "end_ms": "120000"}
        return client.post(address, data={**window, "label": label, "code": code}).status_code

    assert [agree(coder, *odd) for odd in (("T1", "T1"), ("", "T1"), ("XX", "yes"), ("-", "no"))] == [422] * 4
    assert agree(coder, "T1", "no") == 303
    page = client_for("principal").get(address).text
    assert ("议定：没有" in page, "还有 1 段没有议定" in page, "议定后 κ" in page) == (True, True, True)
    assert agree(client_for("principal"), "T3", "yes") == 303
    page = coder.get(address).text
    assert ("全部议定了" in page, "议定：有" in page, page.count("data-decided")) == (True, True, 1)
    assert agree(coder, "T1", "") == 303
    with app.app_context():
        kept = [(one.label, one.code, one.start_ms) for one in db.session.query(Adjudication)]
        assert kept == [("T3", "yes", 0)]
        assert current_seq(live) > before
        said = db.session.query(AuditEntry).filter_by(action="coding.adjudicate").order_by(AuditEntry.id).all()
        assert (said[-1].data["label"], said[-1].data["code"]) == ("T1", "")


def test_schemes_of_many_codes_have_shares_and_a_matrix(app, cast, client_for, lesson_id):
    for who, codes in (("colleague", "56694"), ("principal", "56694")):
        coded(app, cast, lesson_id, who, codes, "itias", 3_000)
    page = client_for("teacher").get(f"/lessons/{lesson_id}/codings/itias/results").text
    for shown in ("教师言语", "75.00%", "互动矩阵：周敏", "Cohen κ", "方案第 1 版"):
        assert shown in page
    assert client_for("teacher").get(f"/lessons/{lesson_id}/codings/itias/results?format=xlsx").data[:2] == b"PK"


def test_an_empty_coding_cannot_be_finished(client_for, lesson_id):
    coder = client_for("colleague")
    assert send(coder, lesson_id, finish=True).status_code == 422
    send(coder, lesson_id, added=[[A, 0, "-"]], reached=60_000)
    assert send(coder, lesson_id, finish=True).status_code == 422


def test_the_results_say_how_they_were_counted(app, cast, client_for, lesson_id):
    coded(app, cast, lesson_id, "colleague", "TTSTSS")
    page = client_for("teacher").get(f"/lessons/{lesson_id}/codings/st/results").text
    for shown in ("取样间隔 10 秒", "<strong>0.50</strong>", "对话型", "经典算法", "S-T 图", "Rt-Ch 图"):
        assert shown in page
    assert "<strong>0.50</strong>" in page  # (4 - 1)/6
    other = client_for("teacher").get(f"/lessons/{lesson_id}/codings/st/results?interval=30").text
    assert "取样间隔 30 秒" in other


def test_flanders_results_show_matrix_and_ratios(app, cast, client_for, lesson_id):
    coded(app, cast, lesson_id, "colleague", "4848594", "fias", 3_000)
    page = client_for("colleague").get(f"/lessons/{lesson_id}/codings/fias/results").text
    assert "heat-5" in page
    assert "Flanders 1970" in page
    assert client_for("colleague").get(f"/lessons/{lesson_id}/codings/nothing/results").status_code == 404


def test_results_need_as_many_queries_for_many_codes(app, cast, client_for, count_queries, new_lesson):
    counts = []
    for codes in ("TS" * 2, "TS" * 25):
        lesson_id = new_lesson()
        coded(app, cast, lesson_id, "colleague", codes, step_ms=1_000)
        coded(app, cast, lesson_id, "principal", codes, step_ms=1_000)
        client = client_for("teacher")
        url = f"/lessons/{lesson_id}/codings/st/results"
        client.get(url)
        with count_queries() as queries:
            assert client.get(url).status_code == 200
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_two_codings_are_compared_and_agreed_on(app, cast, client_for, lesson_id):
    first = coded(app, cast, lesson_id, "principal", "TTSSTT")
    second = coded(app, cast, lesson_id, "colleague", "TSSTTT")
    coder, results = client_for("colleague"), f"/lessons/{lesson_id}/codings/st/results"
    page = coder.get(results).text
    for shown in ("66.7%", "0.25", "分歧片段", "还有 2 段没有议定", "00:10–00:20", "这 2 段分歧都放进微格"):
        assert shown in page
    with app.app_context(), unit_of_work():  # and without consent nothing offers to
        db.session.get_one(Lesson, lesson_id).clip_consent = "refused"
    assert "放进微格" not in coder.get(results).text
    stretch = {"a": first, "b": second, "start_ms": 10_000, "end_ms": 20_000}
    assert coder.post(results, data={**stretch, "code": "S"}).status_code == 303
    coder.post(results, data={**stretch, "code": "S"})
    page = coder.get(f"{results}?a={second}&b={first}").text  # whoever stands first
    for shown in ("议定后 κ", "0.67", "还有 1 段没有议定", "议定：学生行为"):
        assert shown in page
    assert coder.post(results, data={**stretch, "code": "9"}).status_code == 422
    coder.post(results, data={**stretch, "code": ""})
    assert "议定后 κ" not in coder.get(results).text
    sheet = coder.get(f"{results}?format=xlsx")
    assert sheet.data[:2] == b"PK"
    assert "attachment" in sheet.headers["Content-Disposition"]
    table = coder.get(f"{results}?format=csv").get_data(as_text=True)
    assert "孙正平,S-T 分析,1,0,10000,T,教师行为" in table


@pytest.mark.once
def test_a_playlist_holds_only_where_two_coders_differ():
    first = [Span(0, 30_000, "T"), Span(30_000, 60_000, "S")]
    second = [Span(0, 12_000, "S"), Span(12_000, 50_000, "T")]
    found = compare(ST, first, second, 10_000, [Span(0, 10_000, "S")])
    # The second coder got to 50 s only, so five windows count.
    assert [(s.start_ms, s.end_ms, s.decision) for s in found.stretches] == [
        (0, 10_000, "S"),
        (30_000, 50_000, None),
    ]
    assert (found.stretches[0].plays_from, found.stretches[1].plays_until) == (0, 55_000)
    assert (found.before.n, found.before.observed, found.after.observed) == (5, 0.4, 0.6)


def test_lanes_show_a_finished_coding_to_whoever_sees_codings(app, cast, client_for, lesson_id, count_queries):
    first, second = (
        coded(app, cast, lesson_id, who, codes) for who, codes in (("colleague", "TSTTS"), ("leader", "TTTT"))
    )
    teacher = client_for("teacher")
    assert f'data-src="/lessons/{lesson_id}/lanes"' in teacher.get(f"/lessons/{lesson_id}").text
    with count_queries() as few:
        page = teacher.get(f"/lessons/{lesson_id}/lanes", headers={"X-Requested-With": "fetch"}).text
    assert "<html" not in page
    assert f'data-lanes-of="{first}"' in page
    assert page.count('d="M10000 0h10000v1h-10000zM40000 0h10000v1h-10000z"') == 2
    assert re.search(r'S 学生行为</th><td class="number">2</td><td class="number">00:20</td>.*?40\.0%', page)
    other = teacher.get(f"/lessons/{lesson_id}/lanes?coding={second}").text
    assert "<html" in other
    assert "S 学生行为" not in other
    assert "question-wait" not in other
    with app.app_context(), unit_of_work():
        lesson, version = db.session.get_one(Lesson, lesson_id), current_version(recording_of(lesson_id))
        marks = [(1_000, "Q"), (1_000, "L4"), (3_500, "W"), (6_000, "A"), (7_000, "F"), (20_000, "Q")]
        batch = Batch(tuple(Mark(str(uuid4()), at, code) for at, code in marks), reached_ms=30_000)
        save_codes(cast.user("researcher"), lesson, version, LEDGER, batch)
        finish_coding(cast.user("researcher"), lesson, LEDGER)
    asked = teacher.get(f"/lessons/{lesson_id}/lanes", headers={"X-Requested-With": "fetch"}).text
    for shown in (
        'question-wait" d="M1000 0h2500v1h-2500z"',
        'question-none" d="M20000 0h2000',
        "提问：",
        "2.5 秒",
        "分析",
    ):
        assert shown in asked
    assert "每个问题" not in client_for("leader").get(f"/lessons/{lesson_id}/lanes").text  # who has not noted any
    with count_queries() as few:
        teacher.get(f"/lessons/{lesson_id}/lanes?coding={first}", headers={"X-Requested-With": "fetch"})
    # Whoever has not coded sees nobody's codes, nor that there are lanes.
    assert client_for("principal").get(f"/lessons/{lesson_id}/lanes?coding={first}").status_code == 404
    assert "data-filled" not in client_for("principal").get(f"/lessons/{lesson_id}").text
    none = client_for("principal").get(f"/lessons/{lesson_id}/lanes", headers={"X-Requested-With": "fetch"})
    assert (none.status_code, none.text) == (200, "")
    coded(app, cast, lesson_id, "principal", "TSTSTSTSTSTSTSTS", step_ms=3_000)
    with count_queries() as more:
        teacher.get(f"/lessons/{lesson_id}/lanes?coding={first}", headers={"X-Requested-With": "fetch"})
    assert more.count == few.count
