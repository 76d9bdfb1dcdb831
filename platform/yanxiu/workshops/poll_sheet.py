"""Who voted for what in a named poll, as an Excel file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from yanxiu.accounts.models import User
from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.workshops.models import Poll, Topic

if TYPE_CHECKING:
    import xlsxwriter


def draw_ballots(topic: Topic, poll: Poll, ballots: Sequence[tuple[User, set[int]]]) -> bytes:
    """Draw a row for each voter and a column for each option, the sums below; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("投票结果")
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center", "text_wrap": True})
    cell = book.add_format({"border": 1, "align": "center"})
    sheet.write_string(0, 0, f"{topic.title}：投票结果", book.add_format({"bold": True, "font_size": 14}))
    for column, text in enumerate(("序号", "姓名", "单位", *(option.text for option in poll.options))):
        sheet.write_string(1, column, text, head)
        sheet.set_column(column, column, (6, 12, 26)[column] if column < 3 else 16)
    for row, (voter, chosen) in enumerate(ballots, start=2):
        sheet.write_number(row, 0, row - 1, cell)
        sheet.write_string(row, 1, voter.name, cell)
        sheet.write_string(row, 2, voter.organization.name, cell)
        for column, option in enumerate(poll.options, start=3):
            sheet.write_string(row, column, "✓" if option.id in chosen else "", cell)
    _write_sums(sheet, len(ballots) + 2, poll, ballots, head)
    sheet.freeze_panes(2, 2)
    print_across(sheet)
    book.close()
    return buffer.getvalue()


def _write_sums(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, poll: Poll, ballots: Sequence[tuple[User, set[int]]], style: object
) -> None:
    sheet.write_string(row, 1, "合计", style)
    for column, option in enumerate(poll.options, start=3):
        sheet.write_number(row, column, sum(1 for _voter, chosen in ballots if option.id in chosen), style)
