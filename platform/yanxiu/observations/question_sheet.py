"""问答记录 as an Excel workbook with live formulas over its rows, and where its chart draws each wait."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.core.clock import media_clock
from yanxiu.core.workbooks import new_workbook
from yanxiu.observations.instruments.charts import minutes_axis
from yanxiu.observations.instruments.questions import FACETS, Question, Share, summary_of
from yanxiu.observations.question_agreement_sheet import Compared, write_agreement

HEADS = ("序号", "提问时刻", "问完（秒）", "候答（秒）", "学生回答（秒）", "理答（秒）", *FACETS.values())
WIDE, HIGH = 600, 160
SIDE_OF_AXIS = 240
"""`minutes_axis` places its marks on a scale of this length."""
MOST_S = 12.0
"""Longer waits are drawn at the upper edge; their figure stands in the table."""


@dataclass(frozen=True)
class Wait:
    """One question on the chart: its place, the wait in seconds (None: nobody answered) and the moment to jump to."""

    x: float
    y: float
    wait_s: float | None
    asked_ms: int


@dataclass(frozen=True)
class WaitChart:
    """Waits over the time of the lesson; marks as (place, minutes), lines as (place, seconds)."""

    waits: tuple[Wait, ...]
    marks: tuple[tuple[float, str], ...]
    lines: tuple[tuple[float, int], ...]


def wait_chart(questions: Sequence[Question], duration_ms: int) -> WaitChart:
    """Return the chart: x is the moment of the question, y the seconds until the answer began."""
    last = max([duration_ms, *(one.asked_ms for one in questions), 1])
    axis = minutes_axis(last / 60_000)
    waits = []
    for one in questions:
        wait = None if one.wait_ms is None else one.wait_ms / 1000
        x = round(WIDE * one.asked_ms / (axis.most * 60_000), 1)
        waits.append(Wait(x, round(HIGH - HIGH * min(wait or 0, MOST_S) / MOST_S, 1), wait, one.asked_ms))
    marks = tuple((round(WIDE * at / SIDE_OF_AXIS, 1), word) for at, word in axis.marks)
    return WaitChart(tuple(waits), marks, tuple((round(HIGH - HIGH * s / MOST_S, 1), s) for s in (3, 5, 10)))


def question_workbook(questions: Sequence[Question], compared: Compared | None = None) -> bytes:
    """Return the workbook: a row for each question, and sums as formulas that carry the value we computed.

    `compared` is this ledger beside another one: how far the two agree is added.
    """
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        _rows(book.add_worksheet("问答"), questions, bold)
        _sums(book.add_worksheet("汇总"), questions, bold, book.add_format({"num_format": "0.0%"}))
        if compared is not None:
            write_agreement(book, compared)
    return buffer.getvalue()


def _rows(sheet: Any, questions: Sequence[Question], bold: Any) -> None:
    for column, words in enumerate(HEADS):
        sheet.write_string(0, column, words, bold)
    sheet.set_column(0, len(HEADS) - 1, 14)
    sheet.freeze_panes(1, 0)
    for row, one in enumerate(questions, 1):
        sheet.write_number(row, 0, row)
        sheet.write_string(row, 1, media_clock(one.asked_ms))
        sheet.write_number(row, 2, one.asked_ms / 1000)
        for column, ms in enumerate((one.wait_ms, one.answer_ms, one.response_ms), 3):
            if ms is not None:
                sheet.write_number(row, column, ms / 1000)
        for column, facet in enumerate(FACETS, 6):
            sheet.write_string(row, column, one.label(facet))


def _sums(sheet: Any, questions: Sequence[Question], bold: Any, percent: Any) -> None:
    summary, last = summary_of(questions), max(2, len(questions) + 1)
    waits = f"问答!D2:D{last}"
    lines: list[tuple[str, str, float | str]] = [
        ("问题个数", f"=COUNT(问答!A2:A{last})", summary.count),
        ("有人回答", f"=COUNT({waits})", summary.answered),
        ("平均候答（秒）", f'=IFERROR(AVERAGE({waits}),"—")', _or_dash(summary.mean_wait_s)),
        ("候答中位数（秒）", f'=IFERROR(MEDIAN({waits}),"—")', _or_dash(summary.median_wait_s)),
    ]
    for share, limits in zip(summary.waits, (('"<3"',), ('">=3"', '"<5"'), ('">=5"',)), strict=True):
        inside = ",".join(f"{waits},{limit}" for limit in limits)
        lines.append((f"候答{share.label}", f"=COUNTIFS({inside})", share.count))
    for row, (words, formula, value) in enumerate(lines):
        sheet.write_string(row, 0, words, bold)
        sheet.write_formula(row, 1, formula, None, value)
    sheet.set_column(0, 0, 20)
    row = len(lines) + 1
    for column, (facet, name) in zip("GHI", FACETS.items(), strict=True):
        row = _facet(sheet, row, name, f"问答!{column}2:{column}{last}", (bold, percent), summary.facets[facet])


def _facet(sheet: Any, row: int, name: str, cells: str, looks: tuple[Any, Any], shares: Sequence[Share]) -> int:
    """Write one list of kinds with count and share; return the row behind it and an empty one."""
    bold, percent = looks
    for column, words in enumerate((name, "个数", "占比")):
        sheet.write_string(row, column, words, bold)
    first, last = row + 2, row + 1 + len(shares)
    for at, share in enumerate(shares, row + 1):
        sheet.write_string(at, 0, share.label)
        sheet.write_formula(at, 1, f"=COUNTIF({cells},A{at + 1})", None, share.count)
        sheet.write_formula(at, 2, f"=IFERROR(B{at + 1}/SUM(B{first}:B{last}),0)", percent, share.share)
    return row + len(shares) + 2


def _or_dash(value: float | None) -> float | str:
    return "—" if value is None else value
