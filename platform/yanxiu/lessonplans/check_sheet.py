"""What a leader read in a period, as an Excel file: a row for each teacher."""

from __future__ import annotations

import io
from collections.abc import Sequence

from yanxiu.core.workbooks import new_workbook
from yanxiu.lessonplans.models.checks import GRADES
from yanxiu.lessonplans.queries.checks import TeacherLine

HEADS = ("序号", "姓名", "单位", "教案", "已查阅", *GRADES.values())
WIDTHS = (6, 12, 24, 8, 8, 8, 8, 8, 8)
NOTE = "教案：这段时间里写过或改过的；等第按每份教案最近一次查阅计。"


def check_sheet(title: str, lines: Sequence[TeacherLine]) -> bytes:
    """Draw the table; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("查阅统计")
    head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#E2F0EA"})
    cell = book.add_format({"border": 1})
    sheet.merge_range(0, 0, 0, len(HEADS) - 1, title, book.add_format({"bold": True, "font_size": 14}))
    for column, (words, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.write_string(1, column, words, head)
        sheet.set_column(column, column, width)
    for row, line in enumerate(lines, start=2):
        sheet.write_number(row, 0, row - 1, cell)
        sheet.write_string(row, 1, line.teacher.name, cell)
        sheet.write_string(row, 2, line.teacher.organization.name, cell)
        for column, number in enumerate((line.plans, line.read, *line.grades.values()), start=3):
            sheet.write_number(row, column, number, cell)
    sheet.write_string(len(lines) + 3, 0, NOTE)
    sheet.set_landscape()
    sheet.set_paper(9)
    book.close()
    return buffer.getvalue()
