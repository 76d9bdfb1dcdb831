"""The sheets of a coding whose scheme has no analysis of its own: shares, matrix, windows, agreement code by code.

All figures are live formulas over the raw codes of the same workbook and carry the value we computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from yanxiu.core.workbooks import column_name
from yanxiu.observations.instruments.agreement import Agreement
from yanxiu.observations.instruments.frequencies import Frequencies, counted_word
from yanxiu.observations.instruments.labels import Agreed, CodeAgreement, compare_labels, decided_in
from yanxiu.observations.instruments.schemes import Mode

if TYPE_CHECKING:
    from yanxiu.observations.coding_sheet import Writer

RESULTS, WINDOWS, MATRIX, AGREEMENT = "结果", "时段", "矩阵", "一致性"


def write_string_figures(writer: Writer) -> None:
    """Write shares over 序列, and the matrix of pairs of each coder."""
    last = 1 if writer.scheme.by_pairs else 0
    ranges = [writer.column(at, last=last) for at in range(len(writer.coders))]
    counts = [partial(_count_if, cells) for cells in ranges]
    _results(writer, counts, [f"COUNTA({cells})" for cells in ranges])
    for at in range(len(writer.coders)):
        _matrix(writer, at)


def write_labels(writer: Writer, agreed: Sequence[Agreed] = ()) -> None:
    """Write the windows of each coder, or the events, the shares, and how far two coders agree on each code.

    Codes on which the two agreed stand once more, as they are when what was agreed on counts for both.
    """
    scheme = writer.scheme
    if scheme.mode == Mode.EVENTS:
        cells = [f"编码{at + 1}!$D$2:$D${max(2, len(writer.marks(at)) + 1)}" for at in range(len(writer.coders))]
        counts = [partial(_count_if, one) for one in cells]
        _results(writer, counts, [f"COUNTA({one})" for one in cells])
    else:
        for at in range(len(writer.coders)):
            _windows(writer, at)
        _results(
            writer,
            [partial(_sum_of_window, writer, at) for at in range(len(writer.coders))],
            [f"COUNT({WINDOWS}{at + 1}!$A$2:$A${_rows(writer, at) + 1})" for at in range(len(writer.coders))],
        )
    if len(writer.coders) > 1:
        _agreement(writer, agreed)


def _criterion(code: str) -> str:
    return code if code.isdigit() else f'"{code}"'


def _count_if(cells: str, code: str) -> str:
    return f"COUNTIF({cells},{_criterion(code)})"


def _sum_of_window(writer: Writer, at: int, code: str) -> str:
    return f"SUM({_window_cells(writer, at, code)})"


def _rows(writer: Writer, at: int) -> int:
    return max(1, len(writer.coders[at].report.windows))


def _window_cells(writer: Writer, at: int, code: str) -> str:
    column = column_name(1 + [one.code for one in writer.scheme.codes].index(code))
    return f"{WINDOWS}{at + 1}!${column}$2:${column}${_rows(writer, at) + 1}"


def _windows(writer: Writer, at: int) -> None:
    """One row for each window: 1 where the code was ticked."""
    codes = [code.code for code in writer.scheme.codes]
    report = writer.coders[at].report
    heads = ("开始（秒）", *(f"{code.code} {code.label}" for code in writer.scheme.codes))
    sheet = writer.sheet(f"{WINDOWS}{at + 1}", heads, (12, *(12 for _ in codes)))
    for row, (number, held) in enumerate(report.windows.items(), start=1):
        sheet.write_number(row, 0, number * report.interval_ms / 1000)
        for column, code in enumerate(codes, start=1):
            sheet.write_number(row, column, int(code in held))


def _results(writer: Writer, counts: Sequence[Callable[[str], str]], wholes: Sequence[str]) -> None:
    """Write count and share of each code and sum; `counts[n](code)` is the formula for one code of coder n."""
    names = [coder.name for coder in writer.coders]
    word = counted_word(writer.scheme)
    heads = ["代码", "名称"]
    for name in names:
        heads += [name, word]
    sheet = writer.sheet(RESULTS, heads, (12, 26, *(14 for _ in heads[2:])))
    found: list[Frequencies] = [coder.report.frequencies for coder in writer.coders]
    codes = writer.scheme.codes
    whole_row = len(codes) + 2
    for row, code in enumerate(codes, start=1):
        sheet.write(row, 0, writer.value(code.code))
        sheet.write_string(row, 1, code.label)
        for at, one in enumerate(found):
            column = 2 + 2 * at
            sheet.write_formula(row, column, f"={counts[at](code.code)}", None, one.codes[row - 1].count)
            _share(writer, sheet, row, column, whole_row, one.codes[row - 1].share)
    sheet.write_string(whole_row - 1, 1, "合计", writer.head)
    for at, one in enumerate(found):
        sheet.write_formula(whole_row - 1, 2 + 2 * at, f"={wholes[at]}", None, one.n)
    if writer.scheme.mode != Mode.WINDOWS:  # how often any of several codes is true is no sum of windows
        _sums(writer, sheet, found, whole_row)


def _share(writer: Writer, sheet: Any, row: int, column: int, whole_row: int, share: float | None) -> None:
    count, whole = f"{column_name(column)}{row + 1}", f"{column_name(column)}${whole_row}"
    value = "—" if share is None else share / 100
    sheet.write_formula(row, column + 1, f'=IFERROR({count}/{whole},"—")', writer.share, value)


def _sums(writer: Writer, sheet: Any, found: Sequence[Frequencies], whole_row: int) -> None:
    order = [code.code for code in writer.scheme.codes]
    for row, part in enumerate(writer.scheme.parts(), start=whole_row + 1):
        sheet.write_string(row, 0, part.label, writer.head)
        sheet.write_string(row, 1, "、".join(part.codes))
        for at, one in enumerate(found):
            column = 2 + 2 * at
            name = column_name(column)
            cells = "+".join(f"{name}{order.index(code) + 2}" for code in part.codes)
            total = one.sums[row - whole_row - 1]
            sheet.write_formula(row, column, f"={cells}", None, total.count)
            _share(writer, sheet, row, column, whole_row, total.share)


def _matrix(writer: Writer, at: int) -> None:
    """Write the matrix of overlapping pairs; a row of several codes (4.1 and 4.2) is the sum of theirs."""
    scheme, report = writer.scheme, writer.coders[at].report
    rows = scheme.rows
    sheet = writer.sheet(f"{MATRIX}{at + 1}", ("先＼后", *rows, "合计"), (12, *(7 for _ in rows), 8))
    before, behind = writer.column(at, last=1), writer.column(at, first=1)
    members = {row: [_criterion(one.code) for one in scheme.codes if scheme.row_of(one.code) == row] for row in rows}
    last = column_name(len(rows))
    for number, (row, counts) in enumerate(zip(rows, report.frequencies.matrix, strict=True), start=1):
        sheet.write(number, 0, writer.value(row))
        for column, (other, count) in enumerate(zip(rows, counts, strict=True), start=1):
            terms = [f"SUMPRODUCT(({before}={one})*({behind}={two}))" for one in members[row] for two in members[other]]
            sheet.write_formula(number, column, "=" + "+".join(terms) if len(report.codes) > 1 else "=0", None, count)
        sheet.write_formula(number, len(rows) + 1, f"=SUM(B{number + 1}:{last}{number + 1})", None, sum(counts))
    sheet.write_string(len(rows) + 1, 0, "合计")
    for column, total in enumerate(report.frequencies.column_totals, start=1):
        name = column_name(column)
        sheet.write_formula(len(rows) + 1, column, f"=SUM({name}2:{name}{len(rows) + 1})", None, total)


def _agreement(writer: Writer, agreed: Sequence[Agreed]) -> None:
    """Write for each window that both coded who has which code; κ of each code is computed from these columns."""
    first, second = (coder.report for coder in writer.coders[:2])
    found = compare_labels(writer.scheme, [first.windows, second.windows], first.interval_ms, agreed)
    if not found.codes:
        return
    names = [coder.name for coder in writer.coders[:2]]
    settled = [one for one in found.codes if one.after is not None]
    heads = ["开始（秒）", *(f"{one.code.label}（{name}）" for one in found.codes for name in names)]
    heads += [f"{one.code.label}（{name}，议定后）" for one in settled for name in names]
    common = sorted(set(first.windows) & set(second.windows))
    sheet = writer.sheet(AGREEMENT, heads, (12, *(14 for _ in heads[1:])))
    for row, number in enumerate(common, start=1):
        said = decided_in(agreed, number, first.interval_ms)
        sheet.write_number(row, 0, number * first.interval_ms / 1000)
        for at, one in enumerate((*found.codes, *settled)):
            for side, windows in enumerate((first.windows, second.windows)):
                has = one.code.code in windows[number]
                holds = said.get(one.code.code, has) if at >= len(found.codes) else has
                sheet.write_number(row, 1 + 2 * at + side, int(holds))
    top = len(common) + 2
    words = ["代码", "都有", f"只有{names[0]}", f"只有{names[1]}", "一致率", "偶然一致", "κ"]
    for column, word in enumerate((*words, *(("议定后一致率", "议定后偶然一致", "议定后 κ") if settled else ()))):
        sheet.write_string(top, column, word, writer.head)
    for at, one in enumerate(found.codes):
        _kappas(writer, sheet, top + 1 + at, one, (at, len(common)))
        if one.after is not None:
            cells = _both(len(found.codes) + settled.index(one), len(common))
            mine, others = cells
            same = f"AVERAGE({mine})+AVERAGE({others})-2*SUMPRODUCT({mine}*{others})/{len(common)}"
            _kappa(writer, sheet, top + 1 + at, 7, (f"=1-({same})", cells), one.after)


def _kappas(writer: Writer, sheet: Any, row: int, one: CodeAgreement, place: tuple[int, int]) -> None:
    """Write the line of one code; `place`: the number of its pair of columns, and how many windows there are."""
    cells, line = _both(*place), row + 1
    mine, others = cells
    sheet.write_string(row, 0, one.code.label)
    sheet.write_formula(row, 1, f"=SUMPRODUCT({mine}*{others})", None, one.both)
    sheet.write_formula(row, 2, f"=SUM({mine})-B{line}", None, one.only_first)
    sheet.write_formula(row, 3, f"=SUM({others})-B{line}", None, one.only_second)
    _kappa(writer, sheet, row, 4, (f"=1-(C{line}+D{line})/{place[1]}", cells), one.agreement)


def _kappa(
    writer: Writer, sheet: Any, row: int, column: int, told: tuple[str, tuple[str, str]], found: Agreement
) -> None:
    """Write percent agreement by its formula, and behind it what chance gives two columns of 0 and 1, and κ."""
    formula, (mine, others) = told
    observed, expected = (f"{column_name(column + at)}{row + 1}" for at in (0, 1))
    chance = f"=AVERAGE({mine})*AVERAGE({others})+(1-AVERAGE({mine}))*(1-AVERAGE({others}))"
    kappa = "—" if found.kappa is None else found.kappa
    sheet.write_formula(row, column, formula, writer.figure, found.observed)
    sheet.write_formula(row, column + 1, chance, writer.figure, found.expected)
    worked = f'=IFERROR(({observed}-{expected})/(1-{expected}),"—")'
    sheet.write_formula(row, column + 2, worked, writer.figure, kappa)


def _both(pair: int, rows: int) -> tuple[str, str]:
    """The cells of both coders in the pair of columns with this number."""
    return _column(1 + 2 * pair, rows), _column(2 + 2 * pair, rows)


def _column(column: int, rows: int) -> str:
    name = column_name(column)
    return f"${name}$2:${name}${rows + 1}"
