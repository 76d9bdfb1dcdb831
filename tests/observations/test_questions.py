"""问答记录: four keys make a question, the wait falls out of them; it is kept, seen and taken out as a coding is."""

from __future__ import annotations

import io
import json
import re
from uuid import uuid4

import openpyxl
import pytest

from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.instruments.questions import LEDGER, questions_of, summary_of
from yanxiu.observations.models import Lesson, LessonPhase
from yanxiu.observations.question_sheet import question_workbook, wait_chart

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
