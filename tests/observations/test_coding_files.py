"""Codings as Excel and CSV: raw codes, and formulas that compute what the page shows."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest

from yanxiu.observations.coding_sheet import Coder, codes_csv, coding_workbook
from yanxiu.observations.instruments.comparison import compare
from yanxiu.observations.instruments.report import report_of
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.instruments.shipped import FIAS, SCHEMES, STD

pytestmark = pytest.mark.once


def spans_of(codes: str, step_ms: int) -> list[Span]:
    """Each code holds for a step; 0 stands for 10."""
    return [Span(at * step_ms, (at + 1) * step_ms, "10" if code == "0" else code) for at, code in enumerate(codes)]


def workbook(scheme: Scheme, *strings: str, computed: bool) -> openpyxl.Workbook:
    step = min(scheme.intervals)
    spans = [spans_of(codes, step) for codes in strings]
    coders = [Coder(f"=老师{n}", each, report_of(scheme, each, step)) for n, each in enumerate(spans)]
    comparison = compare(scheme, spans[0], spans[1], step, [Span(0, step, strings[1][0])]) if len(spans) > 1 else None
    return openpyxl.load_workbook(BytesIO(coding_workbook("一课", scheme, coders, comparison)), data_only=computed)


def worked_out(formula: str, sheet) -> float | str:
    """What a formula of sums and cells comes to, worked out anew from the values it refers to."""

    def total(found: re.Match[str]) -> str:
        return str(sum(cell.value or 0 for row in sheet[found[1]] for cell in row))

    inner = re.sub(r"^=IFERROR\((.*),\"—\"\)$", r"\1", formula)
    summed = re.sub(r"SUM\(([A-Z]+\d+:[A-Z]+\d+)\)", total, inner)
    plain = re.sub(r"\b([A-Z]+\d+)\b", lambda found: str(sheet[found[1]].value or 0), summed)
    assert re.fullmatch(r"[\d.()+\-*/ ]+", plain), plain
    try:
        return eval(plain)  # noqa: S307 - digits and signs only
    except ZeroDivisionError:
        return "—"


def test_every_ratio_is_a_formula_over_the_matrix():
    formulas = workbook(FIAS, "0558848855439620", computed=False)["矩阵1"]
    values = workbook(FIAS, "0558848855439620", computed=True)["矩阵1"]
    assert formulas["B2"].value == "=SUMPRODUCT((序列!$B$2:$B$16=1)*(序列!$B$3:$B$17=1))"
    assert values["F6"].value == 2  # 5 5 twice
    rows = range(15, 29)
    assert [values[f"A{row}"].value for row in rows][-1] == "学生稳态比"
    for row in rows:
        assert worked_out(formulas[f"B{row}"].value, values) == pytest.approx(values[f"B{row}"].value)


def test_figures_of_s_t_are_formulas_over_the_string():
    formulas, values = (workbook(STD, "TTDSSD", "TTDSST", computed=known) for known in (False, True))
    sheet = values["结果"]
    assert [sheet.cell(2, column).value for column in (3, 4, 6, 9)] == [6, 4, 3, "混合型"]
    assert sheet["G3"].value == pytest.approx(0.5)
    assert formulas["结果"]["F2"].value == "=SUMPRODUCT(--(序列!$D$2:$D$6<>序列!$D$3:$D$7))+1"
    assert formulas["序列"]["D4"].value == '=IF(B4="D","T",B4)'


def test_kappa_before_and_after_stands_beside_the_windows():
    formulas, values = (workbook(SCHEMES["st"], "TTSS", "STSS", computed=known)["一致性"] for known in (False, True))
    assert [values[f"L{row}"].value for row in range(1, 5)] == pytest.approx([4, 0.75, 0.5, 0.5])
    assert formulas["L4"].value == '=IFERROR((L2-L3)/(1-L3),"—")'
    assert values["N4"].value == pytest.approx(1)
    assert values["C1"].value == "=老师0"  # a name, not a formula
    assert formulas["C1"].data_type == "s"


def test_the_csv_holds_every_stretch_and_no_formula():
    spans = [Span(0, 1_500, "T"), Span(1_500, 2_000, "-"), Span(2_000, 9_000, "D")]
    lines = codes_csv(STD, [Coder("=1+1", spans, report_of(STD, spans, 10_000))]).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "'=1+1,S-T 分析（加师生互动）,1,0,1500,T,教师行为",
        "'=1+1,S-T 分析（加师生互动）,1,2000,9000,D,师生互动",
    ]
