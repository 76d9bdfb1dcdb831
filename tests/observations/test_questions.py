"""问答记录: four keys make a question, the wait falls out of them; it is kept, seen and taken out as a coding is."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import partial
from random import Random
from uuid import uuid4

import openpyxl
import pytest

from tests.support.documents import docx_words
from tests.support.together import together
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.instruments import question_agreement
from yanxiu.observations.instruments.question_agreement import compare_ledgers, pairs_of
from yanxiu.observations.instruments.questions import LEDGER, Question, questions_of, summary_of
from yanxiu.observations.models import Lesson, LessonPhase
from yanxiu.observations.papers.agreed import agreement_word
from yanxiu.observations.papers.agreed import pairs_of as pairs_to_file
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.codings import adjudications_of, finished_codings
from yanxiu.observations.question_agreement_sheet import Compared
from yanxiu.observations.question_sheet import question_workbook, wait_chart
from yanxiu.observations.services.codings import adjudicate_question

MARKS = [
    (1_000, "W"),  # before the first question: belongs to none
    (10_000, "L1"), (10_000, "Q"), (10_000, "C3"), (12_500, "W"), (15_000, "A"), (16_000, "F"), (10_000, "R9"),
    (20_000, "Q"), (20_000, "L4"), (24_000, "W"), (30_000, "A"),
    (320_000, "Q"), (326_000, "F"),
]  # fmt: skip


@pytest.mark.once
def test_four_moments_make_a_question_and_its_wait():
    first, second, third = questions_of(MARKS)
    assert (first.wait_ms, first.answer_ms, first.response_ms) == (2_500, 2_500, 1_000)
    assert [first.label(facet) for facet in ("level", "call", "response")] == ["记忆", "举手者", "追问"]
    assert (second.wait_ms, second.answer_ms, second.response_ms) == (4_000, 6_000, None)
    assert (third.wait_ms, third.answer_ms, third.response_ms, third.facets) == (None, None, None, {})
    summary = summary_of([first, second, third])
    assert (summary.count, summary.answered, summary.mean_wait_s, summary.median_wait_s) == (3, 2, 3.25, 3.25)
    assert [share.count for share in summary.waits] == [1, 1, 0]
    assert summary.higher == 0.5
    assert [(share.label, share.count) for share in summary.by_time] == [("0–5 分", 2), ("5–10 分", 1)]
    nothing = summary_of([])
    assert (nothing.count, nothing.mean_wait_s, nothing.higher, nothing.by_time) == (0, None, None, ())
    chart = wait_chart([first, second, third], 600_000)
    assert [(wait.x, wait.y, wait.wait_s) for wait in chart.waits] == [
        (10.0, 126.7, 2.5),
        (20.0, 106.7, 4.0),
        (320.0, 160, None),
    ]
    assert len({code.key for code in LEDGER.codes} | set("zxjklnpr")) == len(LEDGER.codes) + 8


@pytest.mark.once
def test_the_workbook_counts_with_formulas():
    body = question_workbook(questions_of(MARKS))
    plain, computed = (openpyxl.load_workbook(io.BytesIO(body), data_only=known) for known in (False, True))
    assert [cell.value for cell in plain["问答"][2]] == [1, "00:10", 10, 2.5, 2.5, 1, "记忆", "举手者", "追问"]
    assert plain["汇总"]["B3"].value == '=IFERROR(AVERAGE(问答!D2:D4),"—")'
    assert [computed["汇总"][f"B{row}"].value for row in range(1, 8)] == [3, 2, 3.25, 3.25, 1, 1, 0]
    assert (plain["汇总"]["B10"].value, computed["汇总"]["B10"].value) == ("=COUNTIF(问答!G2:G4,A10)", 1)
    assert computed["汇总"]["A10"].value == "记忆"
    assert question_workbook([])


def best_by_hand(first: list[int], second: list[int], tolerance: int) -> tuple[int, int]:
    """The gain and the number of pairs of the best of all pairings, crossing ones too."""

    def best(at: int, left: frozenset[int]) -> tuple[int, int]:
        if at == len(first):
            return 0, 0
        found = [best(at + 1, left)]
        for other in left:
            if (gain := tolerance - abs(first[at] - second[other])) >= 0:
                rest, count = best(at + 1, left - {other})
                found.append((rest + gain, count + 1))
        return max(found)

    return best(0, frozenset(range(len(second))))


@pytest.mark.once
def test_questions_are_matched_in_order_with_the_smallest_total_distance():
    assert pairs_of([], [1_000]) == []
    assert pairs_of([0, 10_000], [3_000, 13_001]) == [(0, 0)]  # within three seconds, no longer
    assert pairs_of([0, 500], [400]) == [(1, 0)]  # each at most once, and the nearer one
    assert pairs_of([0, 2_000], [1_000, 3_000]) == [(0, 0), (1, 1)]  # two pairs of 1 s, not the first that comes
    assert pairs_of([0, 2_000], [1_900, 4_500]) == [(1, 0)]  # 0.1 s and two alone: 3.1 s; two pairs: 4.4 s
    chance = Random(5)
    for _time in range(150):
        first, second = (sorted(chance.sample(range(16), chance.randint(0, 5))) for _side in range(2))
        found = pairs_of(first, second, 3)
        assert (sum(3 - abs(first[i] - second[j]) for i, j in found), len(found)) == best_by_hand(first, second, 3)
        assert found == sorted(found, key=lambda pair: pair[1])


def noted(*told: str) -> list[Question]:
    """Questions from "seconds level wait", the last two left out where they were not noted."""
    marks: list[tuple[int, str]] = []
    for words in told:
        at, level, wait = (*words.split(), "", "")[:3]
        asked_ms = round(float(at) * 1000)
        marks += [(asked_ms, "Q"), *([(asked_ms, level)] if level else [])]
        marks += [(asked_ms + round(float(wait) * 1000), "W")] if wait else []
    return questions_of(marks)


@pytest.mark.once
def test_two_ledgers_are_compared_trait_by_trait():
    """κ by hand. Levels L1 L1 L2 L2 against L1 L2 L2 L2: po 3/4, pe (2·1 + 2·3)/16 = 1/2, κ 1/2; one has no level."""
    first = noted("1 L1 1", "10 L1 2", "20 L2 4", "30 L2 6", "40 L3", "60 L1 1")
    second = noted("1 L1 1", "11 L2 2", "20 L2 2.9", "30 L2 5", "40", "80 L1 1", "80")
    found = compare_ledgers(first, second)
    assert (found.both, found.same, found.only_first, found.only_second) == (5, 2, 1, 1)
    assert (found.share, found.share_after, found.open_questions) == (pytest.approx(5 / 7), None, 5)
    level, call, _response, wait = (one.before for one in found.traits)
    assert (level.n, level.observed, level.kappa) == (4, 0.75, pytest.approx(0.5))
    assert (call.n, call.kappa) == (0, None)
    # Bands W1 W1 W2 W3 and nobody, against W1 W1 W1 W3 and nobody: po 4/5, pe (2·3 + 1·0 + 1·1 + 1·1)/25 = 8/25.
    assert (wait.n, wait.observed, wait.kappa) == (5, 0.8, pytest.approx((0.8 - 0.32) / (1 - 0.32)))
    assert [(one.start_ms, [(p.label, p.first, p.second) for p in one.points]) for one in found.disputed] == [
        (10_000, [("L", "L1", "L2")]),
        (20_000, [("W", "W2", "W1")]),
        (40_000, [("L", "L3", "-")]),
        (60_000, [("Q", "yes", "no")]),
        (80_000, [("Q", "no", "yes")]),
    ]
    assert (found.disputed[1].plays_from, found.disputed[1].plays_until) == (15_000, 29_000)
    said = {(10_000, "L"): "L2", (40_000, "L"): "L3", (60_000, "Q"): "no", (80_000, "Q"): "yes", (1_000, "L"): "L6"}
    after = compare_ledgers(first, second, said)
    assert (after.share, after.share_after, after.open_questions) == (pytest.approx(5 / 7), 1, 1)
    assert [one.after is None for one in after.traits] == [False, True, True, True]
    # L1 L2 L2 L2 L3 for both: what nobody disputes stays as it is.
    assert (after.traits[0].before.n, after.traits[0].after.n, after.traits[0].after.kappa) == (4, 5, 1)
    dropped = compare_ledgers(first, second, {(40_000, "L"): "-", (60_000, "Q"): "yes"})
    assert (dropped.traits[0].after.n, dropped.share_after) == (4, pytest.approx(6 / 7))
    assert compare_ledgers([Question(at) for at in range(1_001)], []) is None


@pytest.mark.once
def test_the_workbook_of_two_ledgers_says_how_far_they_agree():
    """Levels as above: κ 1/2; of eight judgments L1 three times and L2 five: De 1 - (3·2 + 5·4)/(8·7) = 15/28, α 1 - 7/15."""
    first = noted("1 L1 1", "10 L1 2", "20 L2 4", "30 L2 6", "40 L3", "60 L1 1")
    second = noted("1 L1 1", "11 L2 2", "20 L2 2.9", "30 L2 5", "40", "80 L1 1", "80")
    compared = compare_ledgers(first, second, {(10_000, "L"): "L2", (60_000, "Q"): "no"})
    body = question_workbook(first, Compared(("甲", "乙"), compared))
    plain, computed = (openpyxl.load_workbook(io.BytesIO(body), data_only=known) for known in (False, True))
    sheet, shown = plain["一致性"], computed["一致性"]
    assert [cell.value for cell in shown[3]][:9] == [
        "问题层次", "00:10", 10, "记忆", "理解", 0, "理解", "理解", 1,
    ]  # fmt: skip
    assert sheet["F3"].value == '=IF(OR(D3="没有记",E3="没有记"),"",IF(D3=E3,1,0))'
    figures = [shown.cell(2, column).value for column in range(12, 20)]
    assert figures == [4, 0.75, pytest.approx(0.5), pytest.approx(1 - 7 / 15), 4, 1, 1, 1]
    assert [shown.cell(3, column).value for column in range(11, 16)] == ["谁来答", 0, "—", "—", "—"]
    assert sheet["L2"].value == '=COUNTIFS(A$2:A$21,K2,F$2:F$21,">=0")'
    assert sheet["O2"].value.startswith("=IFERROR(1-(1-M2)/(1-((COUNTIFS(A$2:A$21,K2,D$2:D$21,")
    rows = [[cell.value for cell in row] for row in computed["分歧"].iter_rows(min_row=2)]
    assert rows[0] == ["00:10", "00:13", 10, 13, "问题层次", "记忆", "理解", "理解"]
    assert [row[4:] for row in rows[3:]] == [
        ["这一问", "有这一问", "没有这一问", "没有这一问"],
        ["这一问", "没有这一问", "有这一问", ""],
    ]
    nothing = question_workbook([], Compared(("甲", "乙"), compare_ledgers([], [])))
    assert openpyxl.load_workbook(io.BytesIO(nothing))["一致性"].max_row > 1


def test_two_agree_on_their_questions(app, cast, client_for, new_lesson, count_queries, monkeypatch):
    lesson_id = new_lesson()
    at = f"/lessons/{lesson_id}/codings/ask"
    told = {
        "colleague": ((1_000, "Q"), (1_000, "L1"), (2_000, "W"), (30_000, "Q")),
        "principal": ((2_000, "Q"), (2_000, "L4"), (3_500, "W")),
    }
    for who, marks in told.items():
        batch = {"added": [[str(uuid4()), ms, code] for ms, code in marks], "reached": 50_000}
        assert client_for(who).post(at, data={"changes": json.dumps(batch)}).status_code == 303
    first, second, teacher = (client_for(who) for who in ("colleague", "principal", "teacher"))

    def agree(client, start_ms: int, label: str, code: str) -> int:
        return client.post(at + "/results", data={"start_ms": start_ms, "label": label, "code": code}).status_code

    assert first.post(at, data={"finish": "1"}).status_code == 303
    for page in (first, teacher):  # the other one still notes: nothing of hers is seen, and nothing can be agreed on
        assert "一致性" not in page.get(at + "/results").text
        assert agree(page, 1_000, "L", "L1") == 422
    assert agree(second, 1_000, "L", "L1") == 403
    assert second.get(at + "/results").status_code == 403
    assert second.post(at, data={"finish": "1"}).status_code == 303
    with count_queries() as few:
        page = first.get(at + "/results").text
    for shown in (
        "一致性：周敏与孙正平",
        "问题层次。周敏：记忆；孙正平：分析",
        "只有周敏记了这一问",
        "还有 2 问没有议定",
        "50.0%",
    ):
        assert shown in page
    with app.app_context():
        before = current_seq(db.session.get_one(Lesson, lesson_id).topic)
    odd = ((1_000, "L", "C1"), (1_000, "W", "W1"), (1_500, "L", "L1"), (30_000, "Q", "L1"), (30_000, "Q", "-"))
    assert [agree(first, *one) for one in odd] == [422] * 5
    assert agree(first, 1_000, "L", "L4") == 303
    assert "议定：分析" in second.get(at + "/results").text
    assert agree(second, 30_000, "Q", "no") == 303
    with count_queries() as more:
        page = teacher.get(at + "/results").text
    for shown in ("议定：没有这一问", "全部议定了", "议定后 κ", "100.0%"):
        assert shown in page
    assert more.count <= few.count
    book = openpyxl.load_workbook(io.BytesIO(teacher.get(at + "/results?format=xlsx").data), data_only=True)
    assert (book["分歧"].max_row, book["一致性"]["P1"].value) == (3, "议定后 n")
    assert "放进微格" in page
    for state in ("failed", "ready"):  # where nothing can be cut, nothing offers to
        with app.app_context(), unit_of_work():
            current_version(recording_of(lesson_id)).state = state
        assert ("放进微格" in teacher.get(at + "/results").text) == (state == "ready")
    with app.app_context():
        pair = [one.id for one in finished_codings(lesson_id, "ask")]

    def settle(who: str, code: str) -> Iterator[None]:
        actor, lesson, ledgers = (
            cast.user(who),
            db.session.get_one(Lesson, lesson_id),
            finished_codings(lesson_id, "ask"),
        )
        yield
        adjudicate_question(actor, lesson, *ledgers, 1_000, "L", code)

    acts = (partial(settle, who, code) for who, code in (("colleague", "L1"), ("principal", "L2")))
    assert together(app, *acts) == ["done", "done"]
    with app.app_context():
        kept = {(one.start_ms, one.label): one.code for one in adjudications_of(*pair)}
        assert kept.pop((1_000, "L")) in ("L1", "L2")
        assert kept == {(30_000, "Q"): "no"}
        assert current_seq(db.session.get_one(Lesson, lesson_id).topic) > before
        said = db.session.query(AuditEntry).filter_by(action="coding.adjudicate").order_by(AuditEntry.id).all()
        assert [(one.data["label"], one.data["code"]) for one in said[:2]] == [("L", "L4"), ("Q", "no")]
        assert len(said) == 4
        lesson, finished = db.session.get_one(Lesson, lesson_id), finished_codings(lesson_id, "ask")
        with count_queries() as seen:
            pairs = pairs_to_file(LEDGER, finished)
        assert seen.count == 1  # however many coders there are
        assert "都记了的提问" in docx_words(agreement_word(lesson, pairs))
        monkeypatch.setattr(question_agreement, "MOST_COMPARED", 1)
        assert "记的提问太多，没有逐问比较" in docx_words(agreement_word(lesson, pairs))
        monkeypatch.undo()
    assert agree(first, 30_000, "Q", "") == 303
    assert "还有 1 问没有议定" in first.get(at + "/results").text


def test_a_ledger_is_kept_finished_and_seen_by_whoever_may(app, client_for, new_lesson):
    lesson_id = new_lesson()
    at, coder = f"/lessons/{lesson_id}/codings/ask", client_for("colleague")
    assert "data-ledger" in coder.get(at).text
    added = [[str(uuid4()), ms // 10, code] for ms, code in MARKS]
    batch = {"changes": json.dumps({"added": added, "reached": 50_000})}
    for _time in range(2):  # sent twice, kept once
        assert coder.post(at, data=batch).status_code == 303
    assert coder.get(at).text.count(added[1][0]) == 1
    assert coder.post(at, data={"changes": json.dumps({"added": [[str(uuid4()), 1, "T"]]})}).status_code == 422
    assert coder.get(at + "/results").status_code == 403
    assert "还没有人完成问答记录" in client_for("teacher").get(at + "/results").text
    assert coder.post(at, data={"finish": "1"}).status_code == 303
    assert coder.get(at).status_code == 302
    page = client_for("teacher").get(at + "/results").text
    assert re.search(r"<dt>问题</dt><dd>3</dd>", page)
    assert "<td>举手者</td><td>追问</td>" in page
    stretches = re.findall(r'name="stretch" value="([0-9-]+)"', page)
    assert client_for("teacher").post(f"/lessons/{lesson_id}/clips", data={"stretch": stretches[:3]}).status_code == 303
    assert client_for("principal").get(at + "/results").status_code == 403
    book = client_for("teacher").get(at + "/results?format=xlsx")
    assert openpyxl.load_workbook(io.BytesIO(book.data))["问答"]["I2"].value == "追问"
    # Listed beside the others, and a lane of its own, to which only those are pointed who may see it.
    lesson, lanes = client_for("teacher").get(f"/lessons/{lesson_id}").text, f"/lessons/{lesson_id}/lanes"
    assert f'href="{at}/results"' in lesson
    assert f'href="{lanes}"' in lesson
    assert "每个问题" in client_for("teacher").get(lanes).text
    assert f'href="{lanes}"' not in client_for("principal").get(f"/lessons/{lesson_id}").text
    assert client_for("principal").get(lanes).status_code == 404
    with app.app_context(), unit_of_work():
        db.session.get_one(Lesson, lesson_id).phase = LessonPhase.ARCHIVED
    assert "这节课已归档，只供观看" in client_for("teacher").get(at).text
