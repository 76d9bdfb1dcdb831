"""How far two ledgers agree, as sheets of the workbook of 问答记录: every judgment of both, κ and α as formulas over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.core.clock import media_clock
from yanxiu.core.workbooks import column_name
from yanxiu.observations.instruments.question_agreement import NOT_NOTED, LedgerComparison, TraitAgreement

AGREEMENT, DIFFERENCES = "一致性", "分歧"
FIRST_FIGURES = 10
"""The column in which the figures begin; the judgments stand in the first nine."""
NOTE = (
    "每行是两人都记到的一问里的一项；只有一人记了的，不算相同也不算不同。κ 是 Cohen κ，α 是 Krippendorff α（名义尺度），"
    "都由左边各行算出；没有定义时写“—”，n 越小越不稳。"
)


@dataclass(frozen=True)
class Compared:
    """Two ledgers side by side, and who wrote them, in the same order."""

    names: tuple[str, str]
    comparison: LedgerComparison


def write_agreement(book: Any, found: Compared) -> None:
    """Add both sheets: the judgments with their figures, and what the two differ in."""
    head = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
    looks = (head, book.add_format({"num_format": "0.00"}), book.add_format({"num_format": "0.0%"}))
    sheet = book.add_worksheet(AGREEMENT)
    last = _judgments(sheet, found, head)
    _figures(sheet, found.comparison, last, looks)
    _differences(book.add_worksheet(DIFFERENCES), found, head)


def _heads(sheet: Any, words: Sequence[str], head: Any) -> None:
    for column, text in enumerate(words):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, 14)
    sheet.freeze_panes(1, 0)


def _judgments(sheet: Any, found: Compared, head: Any) -> int:
    """Write a row for each trait of each question that both noted; return the number of the last one in the sheet."""
    names = found.names
    after = [f"{name}（议定后）" for name in names]
    _heads(sheet, ("项目", "提问时刻", "秒", *names, "相同", *after, "议定后相同"), head)
    row = 0
    for one in found.comparison.traits:
        for start, said, settled in zip(found.comparison.starts, one.said, one.settled, strict=True):
            row += 1
            sheet.write_string(row, 0, one.name)
            sheet.write_string(row, 1, media_clock(start))
            sheet.write_number(row, 2, start / 1000)
            for column, pair in ((3, said), (6, settled)):
                _pair(sheet, row, column, [one.trait.words(value) for value in pair])
    return row + 1


def _pair(sheet: Any, row: int, column: int, words: Sequence[str]) -> None:
    """Two judgments and, behind them, whether they are the same; neither where one was not noted."""
    for at, text in enumerate(words):
        sheet.write_string(row, column + at, text)
    one, other = (f"{column_name(column + at)}{row + 1}" for at in (0, 1))
    same: int | str = "" if NOT_NOTED in words else int(words[0] == words[1])
    formula = f'=IF(OR({one}="{NOT_NOTED}",{other}="{NOT_NOTED}"),"",IF({one}={other},1,0))'
    sheet.write_formula(row, column + 2, formula, None, same)


def _figures(sheet: Any, comparison: LedgerComparison, last: int, looks: tuple[Any, Any, Any]) -> None:
    head, figure, percent = looks
    shares = (("两人都记到", comparison.both), ("都记到的占", comparison.share), ("议定后占", comparison.share_after))
    heads = ("项目", "n", "一致率", "κ", "α", "议定后 n", "议定后一致率", "议定后 κ", "议定后 α")
    for column, words in enumerate(heads, FIRST_FIGURES):
        sheet.write_string(0, column, words, head)
        sheet.set_column(column, column, 12)
    if last > 1:
        for row, one in enumerate(comparison.traits, 1):
            sheet.write_string(row, FIRST_FIGURES, one.name)
            _trait(sheet, row, one, last, (figure, percent))
    row = len(comparison.traits) + 2
    for at, (words, value) in enumerate(shares, row):
        if value is not None:
            sheet.write_string(at, FIRST_FIGURES, words)
            sheet.write_number(at, FIRST_FIGURES + 1, value, None if at == row else percent)
    sheet.write_string(row + len(shares) + 1, FIRST_FIGURES, NOTE)


def _trait(sheet: Any, row: int, one: TraitAgreement, last: int, looks: tuple[Any, Any]) -> None:
    """κ = (po - pe)/(1 - pe); α = 1 - Do/De with De = 1 - Σ n_c(n_c - 1)/(N(N - 1)), N = 2n judgments of two coders."""
    figure, percent = looks
    name = f"{column_name(FIRST_FIGURES)}{row + 1}"
    blocks = [("D", "E", "F", one.before, one.alpha)]
    if one.after is not None:
        blocks.append(("G", "H", "I", one.after, one.alpha_after))
    for block, (first, second, same, found, alpha) in enumerate(blocks):
        at = FIRST_FIGURES + 1 + 4 * block
        n, observed = (f"{column_name(at + step)}{row + 1}" for step in (0, 1))
        whose, counted = f"A$2:A${last},{name}", f'{same}$2:{same}${last},">=0"'
        of = [
            [f'COUNTIFS({whose},{side}$2:{side}${last},"{words}",{counted})' for side in (first, second)]
            for words in one.trait.values.values()
        ]
        chance = f"({'+'.join('*'.join(pair) for pair in of)})/{n}^2"
        alike = "+".join(f"({a}+{b})*({a}+{b}-1)" for a, b in of)
        formulas: tuple[tuple[str, float | None, Any], ...] = (
            (f"=COUNTIFS({whose},{counted})", found.n, None),
            (f'=IFERROR(AVERAGEIFS({same}$2:{same}${last},{whose},{counted}),"—")', found.observed, percent),
            (f'=IFERROR(({observed}-{chance})/(1-{chance}),"—")', found.kappa, figure),
            (f'=IFERROR(1-(1-{observed})/(1-({alike})/(2*{n}*(2*{n}-1))),"—")', alpha, figure),
        )
        for step, (formula, value, look) in enumerate(formulas):
            sheet.write_formula(row, at + step, formula, look, "—" if value is None else value)


def _differences(sheet: Any, found: Compared, head: Any) -> None:
    """A row for each thing in which the two differ, with what was agreed on."""
    _heads(sheet, ("开始", "结束", "开始（秒）", "结束（秒）", "项目", *found.names, "议定"), head)
    rows = [(one, point) for one in found.comparison.disputed for point in one.points]
    for row, (one, point) in enumerate(rows, 1):
        for column, ms in enumerate((one.start_ms, one.end_ms)):
            sheet.write_string(row, column, media_clock(ms))
            sheet.write_number(row, column + 2, ms / 1000)
        decided = "" if point.decision is None else point.words(point.decision)
        for column, words in enumerate((point.name, point.words(point.first), point.words(point.second), decided), 4):
            sheet.write_string(row, column, words)
