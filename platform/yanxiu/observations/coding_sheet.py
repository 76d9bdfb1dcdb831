"""Codings as files: an Excel workbook whose figures are live formulas over the raw codes, and a CSV of the raw codes.

Texts are written as texts, never as formulas; every formula carries the value we computed, for programs that do not.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.core.csv_files import csv_bytes
from yanxiu.core.workbooks import cell_name, column_name, new_workbook
from yanxiu.observations import scheme_sheet
from yanxiu.observations.instruments.comparison import Comparison, settled
from yanxiu.observations.instruments.flanders import padded
from yanxiu.observations.instruments.labels import Agreed
from yanxiu.observations.instruments.report import Report
from yanxiu.observations.instruments.sampling import Span, coded_spans
from yanxiu.observations.instruments.schemes import GAP, Scheme
from yanxiu.observations.instruments.student_teacher import VARIANTS

CODES, MATRIX, FIGURES, AGREEMENT = "编码", "矩阵", "结果", "一致性"
NOTES = {
    "st": "Rt = Nt ÷ N，Ch =（连数 − 1）÷ N；先看 Rt 再看 Ch。0.4 这条线只在 30 秒间隔时有意义。",
    "std": "互动计入教师：D 按 T 算；互动各计一半：Rt =（Nt + Nd ÷ 2）÷ N，Ch = 转换次数 ÷ N。",
    "fias": "首尾没有 10 的，补一个 10；行是先发生的，列是紧接着的。参考值来自 Flanders 1970 年在美国的统计，不是合格线。",
}


@dataclass(frozen=True)
class Coder:
    """One coder's name, stretches and figures."""

    name: str
    spans: Sequence[Span]
    report: Report


def codes_csv(scheme: Scheme, coders: Sequence[Coder]) -> bytes:
    """Return the raw codes, a line for each stretch, in milliseconds of media time."""
    heading = ("编码人", "方案", "方案版本", "开始（毫秒）", "结束（毫秒）", "代码", "名称")
    rows = [
        (coder.name, scheme.name, scheme.version, span.start_ms, span.end_ms, span.code, scheme.label(span.code))
        for coder in coders
        for span in (coded_spans(coder.spans) if scheme.is_held else coder.spans)
        if span.code != GAP
    ]
    return csv_bytes(heading, rows)


def coding_workbook(
    title: str,
    scheme: Scheme,
    coders: Sequence[Coder],
    comparison: Comparison | None,
    agreed: Sequence[Agreed] = (),
) -> bytes:
    """Return the workbook: the raw codes of each coder, the string, the figures, and how far two agree.

    `agreed`: what the first two agreed on where a window may have several codes; else `comparison` holds it.
    """
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        writer = Writer(book, scheme, coders)
        writer.explain(title)
        for at in range(len(coders)):
            writer.raw_codes(at)
        if scheme.is_held:
            _write_figures(writer, comparison)
        else:
            scheme_sheet.write_labels(writer, agreed)
    return buffer.getvalue()


def _write_figures(writer: Writer, comparison: Comparison | None) -> None:
    coders = writer.coders
    writer.strings()
    if coders and coders[0].report.fias is not None:
        for at in range(len(coders)):
            writer.matrix(at)
    elif coders and coders[0].report.st is not None:
        writer.student_teacher()
    else:
        scheme_sheet.write_string_figures(writer)
    if comparison is not None:
        writer.agreement(comparison)


class Writer:
    """Writes the sheets of one workbook; the string of coder n stands in column n + 1 of 序列, from row 2 on."""

    def __init__(self, book: Any, scheme: Scheme, coders: Sequence[Coder]) -> None:
        self.book, self.scheme, self.coders = book, scheme, coders
        self.head = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        self.share = book.add_format({"num_format": "0.0%"})
        self.figure = book.add_format({"num_format": "0.00"})

    def value(self, code: str) -> str | int:
        """The categories of Flanders are numbers in a sheet, letters stay letters."""
        return int(code) if code.isdigit() else code

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(name)
        for column, (words, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(0, column, words, self.head)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        return sheet

    def explain(self, title: str) -> None:
        sheet = self.sheet("说明", (title,), (90,))
        interval = self.coders[0].report.interval_ms // 1000
        lines = (
            f"方案：{self.scheme.name}，第 {self.scheme.version} 版；"
            + (f"取样间隔 {interval} 秒，从第一处编码开始取样。" if self.scheme.is_held else f"每段 {interval} 秒。"),
            f"编码人：{'、'.join(coder.name for coder in self.coders)}。",
            NOTES.get(self.scheme.slug, " ".join(self.scheme.rules)),
            "各表的数字是公式，由“序列”或原始代码算出；改动它们，结果随之改变。",
        )
        for row, line in enumerate(lines, start=1):
            sheet.write_string(row, 0, line)

    def raw_codes(self, at: int) -> None:
        coder = self.coders[at]
        sheet = self.sheet(
            f"{CODES}{at + 1}",
            ("开始（秒）", "结束（秒）", "时长（秒）", "代码", "名称", coder.name),
            (12, 12, 12, 8, 18, 18),
        )
        for row, span in enumerate(self.marks(at), start=1):
            sheet.write_number(row, 0, span.start_ms / 1000)
            sheet.write_number(row, 1, span.end_ms / 1000)
            sheet.write_formula(row, 2, f"=B{row + 1}-A{row + 1}", None, (span.end_ms - span.start_ms) / 1000)
            sheet.write(row, 3, self.value(span.code))
            sheet.write_string(row, 4, self.scheme.label(span.code))

    def marks(self, at: int) -> list[Span]:
        """Return what one coder set; events have no length."""
        spans = self.coders[at].spans
        return coded_spans(spans) if self.scheme.is_held else [span for span in spans if span.code != GAP]

    def string_of(self, at: int) -> list[str]:
        codes = self.coders[at].report.codes
        return padded(codes) if self.scheme.slug == "fias" else list(codes)

    def strings(self) -> None:
        names = [coder.name for coder in self.coders]
        merged = [f"{name}（D 计入 T）" for name in names] if self.scheme.slug == "std" else []
        sheet = self.sheet("序列", ("序号", *names, *merged), (8, *(14 for _ in names), *(20 for _ in merged)))
        for row in range(1, max((len(self.string_of(at)) for at in range(len(names))), default=0) + 1):
            sheet.write_number(row, 0, row)
        for at in range(len(names)):
            for row, code in enumerate(self.string_of(at), start=1):
                sheet.write(row, at + 1, self.value(code))
                if merged:
                    cell = cell_name(row, at + 1)
                    formula = f'=IF({cell}="D","T",{cell})'
                    sheet.write_formula(row, len(names) + at + 1, formula, None, "T" if code == "D" else code)

    def column(self, at: int, *, first: int = 0, last: int = 0, merged: bool = False) -> str:
        """Return the address of a string, `first` cells left out before and `last` behind."""
        name = column_name(at + 1 + (len(self.coders) if merged else 0))
        return f"序列!${name}${2 + first}:${name}${1 + len(self.string_of(at)) - last}"

    def student_teacher(self) -> None:
        heads = ("编码人", "算法", "N", "Nt", "Ns", "连数 g", "Rt", "Ch", "类型")
        sheet = self.sheet(FIGURES, heads, (14, 28, 8, 8, 8, 8, 8, 8, 10))
        row = 0
        for at, coder in enumerate(self.coders):
            assert coder.report.st is not None
            for found in coder.report.st.figures:
                row += 1
                half = found.variant == "d_half"
                whole = self.column(at, merged=found.variant == "d_as_t")
                before = self.column(at, last=1, merged=found.variant == "d_as_t")
                behind = self.column(at, first=1, merged=found.variant == "d_as_t")
                runs = f"SUMPRODUCT(--({before}<>{behind}))+1" if found.n > 1 else "1"
                teacher = f'COUNTIF({whole},"T")' + (f'+COUNTIF({whole},"D")/2' if half else "")
                number = row + 1
                mode = f'=IF(G{number}<=0.3,"练习型",IF(G{number}>=0.7,"讲授型",IF(H{number}>=0.4,"对话型","混合型")))'
                sheet.write_string(row, 0, coder.name)
                sheet.write_string(row, 1, VARIANTS[found.variant])
                sheet.write_formula(row, 2, f"=COUNTA({whole})", None, found.n)
                sheet.write_formula(row, 3, f"={teacher}", None, found.nt)
                sheet.write_formula(row, 4, f"=C{number}-D{number}", None, found.ns)
                sheet.write_formula(row, 5, f"={runs}", None, found.runs)
                sheet.write_formula(row, 6, f"=D{number}/C{number}", self.figure, found.rt)
                sheet.write_formula(row, 7, f"=(F{number}-1)/C{number}", self.figure, found.ch)
                if found.mode is not None:
                    sheet.write_formula(row, 8, mode, None, found.mode)

    def matrix(self, at: int) -> None:
        coder = self.coders[at]
        assert coder.report.fias is not None
        heads = ("先＼后", *(str(number) for number in range(1, 11)), "合计")
        sheet = self.sheet(f"{MATRIX}{at + 1}", heads, (24, *(7 for _ in range(10)), 8))
        before, behind = self.column(at, last=1), self.column(at, first=1)
        for row, counts in enumerate(coder.report.fias.matrix, start=1):
            sheet.write_number(row, 0, row)
            for column, count in enumerate(counts, start=1):
                formula = f"=SUMPRODUCT(({before}={row})*({behind}={column}))"
                sheet.write_formula(row, column, formula, None, count)
            sheet.write_formula(row, 11, f"=SUM(B{row + 1}:K{row + 1})", None, sum(counts))
        sheet.write_string(11, 0, "合计")
        for column, total in enumerate((*coder.report.fias.totals, sum(coder.report.fias.totals)), start=1):
            name = column_name(column)
            sheet.write_formula(11, column, f"=SUM({name}2:{name}11)", None, total)
        self._ratios(sheet, coder)

    def _ratios(self, sheet: Any, coder: Coder) -> None:
        assert coder.report.fias is not None
        sheet.write_string(13, 0, f"比率：{coder.name}", self.head)
        for row, ratio in enumerate(coder.report.fias.ratios, start=14):
            value = "—" if ratio.value is None else ratio.value / (100 if ratio.percent else 1)
            formula = f'=IFERROR({RATIOS[ratio.key]},"—")'
            sheet.write_string(row, 0, ratio.label)
            sheet.write_formula(row, 1, formula, self.share if ratio.percent else self.figure, value)
            if ratio.norm:
                sheet.write_string(row, 2, f"参考 {ratio.norm}%")

    def agreement(self, comparison: Comparison) -> None:
        """Write each window with both codes; κ before and after is computed from them."""
        names = [coder.name for coder in self.coders[:2]]
        heads = ("开始（秒）", "结束（秒）", *names, "相同", *(f"{name}（议定后）" for name in names), "议定后相同")
        sheet = self.sheet(AGREEMENT, heads, (12, 12, 14, 14, 8, 20, 20, 12))
        decided = [Span(s.start_ms, s.end_ms, s.decision) for s in comparison.stretches if s.decision is not None]
        for row, window in enumerate(comparison.windows, start=1):
            after, number = settled(window, decided), row + 1
            sheet.write_number(row, 0, window.start_ms / 1000)
            sheet.write_number(row, 1, window.end_ms / 1000)
            for column, code in ((2, window.first), (3, window.second), (5, after[0]), (6, after[1])):
                sheet.write(row, column, self.value(code))
            sheet.write_formula(row, 4, f"=IF(C{number}=D{number},1,0)", None, int(not window.differs))
            sheet.write_formula(row, 7, f"=IF(F{number}=G{number},1,0)", None, int(after[0] == after[1]))
        if comparison.windows:
            self._kappas(sheet, comparison)

    def _kappas(self, sheet: Any, comparison: Comparison) -> None:
        last = len(comparison.windows) + 1
        blocks = [("κ", "C", "D", "E", comparison.before, 10)]
        if comparison.after is not None:
            blocks.append(("议定后 κ", "F", "G", "H", comparison.after, 12))
        for name, one, other, same, found, column in blocks:
            codes = [f'"{code.code}"' for code in self.scheme.codes]
            chance = "+".join(
                f"COUNTIF({one}2:{one}{last},{code})*COUNTIF({other}2:{other}{last},{code})" for code in codes
            )
            at = column_name(column + 1)
            lines = (
                ("n", f"=COUNT({same}2:{same}{last})", found.n),
                ("一致率", f"=AVERAGE({same}2:{same}{last})", found.observed),
                ("偶然一致", f"=({chance})/{at}1^2", found.expected),
                (name, f'=IFERROR(({at}2-{at}3)/(1-{at}3),"—")', "—" if found.kappa is None else found.kappa),
            )
            sheet.set_column(column, column, 12)
            for row, (words, formula, value) in enumerate(lines):
                sheet.write_string(row, column, words, self.head)
                sheet.write_formula(row, column + 1, formula, None if row == 0 else self.figure, value)


RATIOS = {
    "TT": "SUM(B12:H12)/L12",
    "PT": "(I12+J12)/L12",
    "SC": "K12/L12",
    "ID": "SUM(B12:E12)/SUM(F12:H12)",
    "ITT": "SUM(B12:E12)/SUM(B12:H12)",
    "id": "SUM(B12:D12)/SUM(G12:H12)",
    "TRR": "SUM(B12:D12)/(SUM(B12:D12)+SUM(G12:H12))",
    "TQR": "E12/(E12+F12)",
    "PIR": "J12/(I12+J12)",
    "TRR89": "SUM(B9:D10)/(SUM(B9:D10)+SUM(G9:H10))",
    "TQR89": "SUM(E9:E10)/SUM(E9:F10)",
    "CCR": "(SUM(E2:F11)+SUM(B5:K6)-SUM(E5:F6))/L12",
    "SSR": "(B2+C3+D4+E5+F6+G7+H8+I9+J10+K11)/L12",
    "PSSR": "(I9+J10)/(I12+J12)",
}
"""The ratios over a matrix sheet: categories 1 to 10 in rows 2 to 11 and columns B to K, totals in row 12 and column L."""
