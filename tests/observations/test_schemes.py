"""Schemes as data: shares, matrix and agreement of any scheme, windows with several codes, and their Excel files."""

from __future__ import annotations

from functools import partial
from io import BytesIO

import openpyxl
import pytest

from yanxiu.observations.coding_sheet import Coder, codes_csv, coding_workbook
from yanxiu.observations.instruments.frequencies import frequencies_of_string
from yanxiu.observations.instruments.labels import Agreed, compare_labels, windows_of
from yanxiu.observations.instruments.report import report_of
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import KEYS, Mode
from yanxiu.observations.instruments.shipped import COPUS, IFIAS, ITIAS, SCHEMES

near = partial(pytest.approx, abs=5e-3)
ITIAS_RUNS = """
    7*2 5 4 9 6*5 5 6*2 5 4 6*7 7*4 6*3 5 6*5 5 9 6*2 4 2 4*2 9 4 9*2 5 9 5 14*5 6*5 7*3 1 6*3 13 16 4*2 6 15*3
    6*4 5 6*3 2 15*9 16*2 6*4 7 4 9 5 9*2 6*5 5 4 9*2 6*6 16*7 5 9 17*30 6*4 2 3 6*5 4 9 5 9*2 15*8 4 15*7 6*4
    10 15*5 6*2 5*2 9 5 6*4 7 4 9 15*5 6*4 7 14*2 9 6*3 5 9 4 5 9 6*2 4 5 3 6*3 2 6*6 5 9*4 7*3 6 4*2 3 17*37 4
    9 4 3 6*6 4 10 6*7 5 7*2 4 15*8 5 3 5 3 6*3 12*2 5 6*3 4 9 6*2 5 9 12*7 5*2 4*2 9 5 9 3 4 9 7*2 6*3 5 2 12*5
    16*2 4 9*3 4*2 6*2 4 6*3 7 6*2 9*3 2 7*3 4*2 6*2 7*2 6*3 16*2 4 5 6*2 5 4 3 6*3 7*3 9*2 3 5 9 6*5 4*2 9 4
    15*10 7*2 9*2 4 17*26 6*3 7*3 6*3 5 9 4 9 4 6*6 10 5*2 6*4 5 6*2 9 6*2 13 5 9 6*2 5 7*2 6*3 4 6*2 2 6 4 9*3
    17*32 6*4 7 17*31 6*3 17*24 6*3 5 9*2 4 2 6*6 5 6*2 4 9*2 6 9 5 9*2 6*3 5 9 6*5 5 17*36
"""
"""A string of our own with the published totals of ITIAS-3: `6*3` is three codes 6 in a row."""


def itias_string() -> list[str]:
    found: list[str] = []
    for run in ITIAS_RUNS.split():
        code, _times, count = run.partition("*")
        found += [code] * int(count or 1)
    return found


@pytest.mark.once
def test_itias_gives_the_published_totals_and_shares():
    """observation.md 1.9, ITIAS-3 (701 codes of a public tool's example): row totals, shares, diagonal, key cells."""
    string = itias_string()
    found = frequencies_of_string(ITIAS, string)
    assert (len(string), found.n) == (701, 700)
    totals = [1, 8, 9, 43, 42, 194, 36, 0, 57, 3, 0, 14, 2, 7, 55, 14, 215, 0]
    assert [one.count for one in found.codes] == [sum(row) for row in found.matrix] == totals
    shares = {one.label: (one.count, one.share) for one in found.sums}
    assert shares == {
        "教师言语": (333, near(47.57)), "间接影响": (103, near(14.71)), "直接影响": (230, near(32.86)),
        "学生言语": (74, near(10.57)), "沉寂": (64, near(9.14)), "技术": (229, near(32.71)),
    }  # fmt: skip
    assert found.steady == pytest.approx(100 * 465 / 700)
    cells = ((6, 6, 137), (17, 17, 209), (4, 9, 16), (5, 9, 17), (9, 9, 18))
    assert [found.matrix[row - 1][column - 1] for row, column, _count in cells] == [count for _r, _c, count in cells]
    # Not padded: the first code of the string has one pair more before it than behind it.
    assert (found.column_totals[6], found.column_totals[16]) == (35, 216)


@pytest.mark.once
def test_keys_of_every_shipped_scheme_are_its_own_and_not_those_of_the_player():
    assert not set(KEYS) & set("jklnprzxg")
    for scheme in SCHEMES.values():
        assert len({code.key for code in scheme.codes} & set(KEYS)) == len(scheme.codes)
        assert set(scheme.groups) >= {code.group for code in scheme.codes}
    assert [len(scheme.codes) for scheme in (ITIAS, COPUS)] == [18, 24]
    assert (len(IFIAS.rows), len(IFIAS.codes)) == (14, 16)
    assert [sum(code.group == group for code in COPUS.codes) for group in ("student", "teacher")] == [13, 11]


@pytest.mark.once
def test_ifias_puts_both_kinds_of_question_into_one_row_of_its_matrix():
    found = frequencies_of_string(IFIAS, ["4.1", "9.1", "4.2", "8", "8", "4.1"])
    at = IFIAS.rows.index
    assert found.matrix[at("4")][at("9")] == found.matrix[at("4")][at("8")] == found.matrix[at("8")][at("8")] == 1
    assert {one.label: one.count for one in found.sums}["教师提问"] == 2  # the last code begins no pair


def ticks(*windows: str) -> list[Span]:
    """Codes of COPUS for windows one after the other; an empty word is a window that was not coded."""
    step = COPUS.interval_ms
    return [Span(at * step, (at + 1) * step, code) for at, codes in enumerate(windows) for code in codes.split()]


@pytest.mark.once
def test_windows_count_once_for_each_code_and_agreement_is_code_by_code():
    """Shares are percent of the windows that were coded; κ is that of having a code or not, by hand."""
    first = ticks("S1 T1", "S1 S3 T7", "-", "S1 T1", "", "S6")
    second = ticks("S1 T1", "S1 T7", "S3", "T1", "S1", "")
    report = report_of(COPUS, first, COPUS.interval_ms)
    found = {one.code.code: (one.count, one.share) for one in report.frequencies.codes if one.count}
    assert report.frequencies.n == 5
    assert found["S1"] == (3, near(60.0))
    assert found["T7"] == (1, near(20.0))
    assert [(one.label, one.count) for one in report.frequencies.sums] == [("学生", 4), ("教师", 3)]
    compared = compare_labels(COPUS, [windows_of(COPUS, one, COPUS.interval_ms) for one in (first, second)], 120_000)
    assert (compared.n, compared.same) == (4, 1)
    of = {one.code.code: one for one in compared.codes}
    assert (of["S1"].both, of["S1"].only_first, of["S1"].only_second) == (2, 1, 0)
    assert of["S1"].agreement.kappa == pytest.approx(0.5)  # po 3/4, pe (3·2 + 1·2)/16
    assert of["T1"].agreement.kappa == pytest.approx(1)
    agreed = [Agreed(0, 480_000, "S1", True), Agreed(0, 120_000, "S3", False)]
    windows = [windows_of(COPUS, one, COPUS.interval_ms) for one in (first, second)]
    settled = compare_labels(COPUS, windows, 120_000, agreed)
    after = {one.code.code: one.after for one in settled.codes}
    assert (after["S1"].observed, after["S1"].kappa, after["T1"]) == (1, None, None)  # both have it everywhere
    assert [one.is_decided for one in settled.differences].count(
        True
    ) == settled.n - settled.same - settled.open_differences
    assert "S6" not in of  # in a window that only one has coded
    assert [(one.only_first, one.only_second) for one in compared.differences] == [
        (("S3",), ()), ((), ("S3",)), (("S1",), ()),
    ]  # fmt: skip


@pytest.mark.once
def test_figures_of_any_scheme_are_live_formulas():
    strings = (["5", "5", "4.1", "9.2", "5"], ["5", "4.2", "4.1", "9.1", "5"])
    spans = [[Span(at * 3000, at * 3000 + 3000, code) for at, code in enumerate(codes)] for codes in strings]
    coders = [Coder(f"老师{n}", each, report_of(IFIAS, each, 3000)) for n, each in enumerate(spans)]
    book = BytesIO(coding_workbook("一课", IFIAS, coders, None))
    values, formulas = (openpyxl.load_workbook(book, data_only=known) for known in (True, False))
    results = {row[0].value: row[2].value for row in values["结果"].iter_rows(min_row=2) if row[0].value is not None}
    assert (results[5], results["4.1"], results["教师提问"]) == (2, 1, 1)
    assert formulas["结果"]["C5"].value == '=COUNTIF(序列!$B$2:$B$5,"4.1")'
    row = [cell.value for cell in formulas["矩阵1"]["A"]].index(4) + 1
    assert formulas["矩阵1"].cell(row, 6).value.count("SUMPRODUCT") == 2  # 4.1 and 4.2 before 5
    windows = [ticks("S1 T1", "S1", "-"), ticks("S1", "S3", "T1")]
    coders = [Coder(f"老师{n}", each, report_of(COPUS, each, 120_000)) for n, each in enumerate(windows)]
    book = BytesIO(coding_workbook("一课", COPUS, coders, None))
    values, formulas = (openpyxl.load_workbook(book, data_only=known) for known in (True, False))
    assert (values["结果"]["C2"].value, values["结果"]["D2"].value) == (2, pytest.approx(2 / 3))
    assert formulas["结果"]["C2"].value == "=SUM(时段1!$B$2:$B$4)"
    table = [[cell.value for cell in line] for line in values["一致性"].iter_rows(min_row=7, max_col=7)]
    assert table[0][:5] == ["听讲记录", 1, 1, 0, pytest.approx(2 / 3)]
    assert table[0][6] == pytest.approx(0.4)
    assert "议定后 κ" not in [cell.value for cell in values["一致性"][6]]
    agreed = [Agreed(120_000, 240_000, "S1", False)]
    book = BytesIO(coding_workbook("一课", COPUS, coders, None, agreed))
    values, formulas = (openpyxl.load_workbook(book, data_only=known)["一致性"] for known in (True, False))
    assert [values.cell(1, column).value for column in (8, 9)] == [
        "听讲记录（老师0，议定后）",
        "听讲记录（老师1，议定后）",
    ]
    assert [[values.cell(row, column).value for column in (2, 3, 8, 9)] for row in (2, 3, 4)] == [
        [1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0],
    ]  # fmt: skip
    assert [values.cell(6, column).value for column in (8, 9, 10)] == ["议定后一致率", "议定后偶然一致", "议定后 κ"]
    assert [values.cell(7, column).value for column in (8, 9, 10)] == pytest.approx([1, 5 / 9, 1])
    assert [values.cell(8, column).value for column in (8, 9, 10)] == [None] * 3  # nothing was said about S3
    assert formulas["J7"].value == '=IFERROR((H7-I7)/(1-I7),"—")'
    assert formulas["H7"].value == "=1-(AVERAGE($H$2:$H$4)+AVERAGE($I$2:$I$4)-2*SUMPRODUCT($H$2:$H$4*$I$2:$I$4)/3)"
    assert codes_csv(COPUS, coders).decode("utf-8-sig").splitlines()[1].endswith("1,0,120000,S1,听讲记录")


@pytest.mark.once
def test_events_have_no_length_and_a_rate():
    scheme = SCHEMES["copus"].__class__(
        "x", "事件", 1, COPUS.codes[:2], (60_000,), 60_000, mode=Mode.EVENTS, groups={"student": "学生"}
    )
    spans = [Span(at, at, code) for at, code in ((1_000, "S1"), (61_000, "S2"), (62_000, "S1"))]
    report = report_of(scheme, spans, 60_000, 150_000)
    assert report.frequencies.per_ten_minutes == pytest.approx(12)
    assert [one.count for one in report.frequencies.codes] == [2, 1]
    assert [len(codes) for codes in report.windows.values()] == [1, 2, 0]
