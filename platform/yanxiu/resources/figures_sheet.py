"""Figures of use as an Excel file: by teacher (of a school), by resource, by month."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from yanxiu.core.workbooks import new_workbook
from yanxiu.resources.models import Resource
from yanxiu.resources.queries.figures import FIGURES, Looked, MonthFigures, TeacherFigures

if TYPE_CHECKING:
    import xlsxwriter

NOTE = "浏览、下载每人每天算一次；改编是复制到自己备课里的人数；上过课是老师自己记下的；回收站里的不算。"

Line = Sequence[str | int]


def figures_book(
    title: str,
    resources: Sequence[Resource],
    looked: Mapping[int, Looked],
    months: Sequence[MonthFigures],
    teachers: Sequence[TeacherFigures] = (),
) -> bytes:
    """Draw the sheets; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    counted = tuple(FIGURES.values())
    if teachers:
        lines = [_of_teacher(line) for line in teachers]
        _sheet(book, "按老师", title, ("老师", "资源", *counted), lines)
    things = [_of_resource(thing, looked[thing.id]) for thing in resources]
    _sheet(book, "每一份", title, ("标题", "类型", "老师", *counted), things)
    lines = [_of_month(month) for month in months]
    _sheet(book, "按月", title, ("月份", *counted), lines)
    book.close()
    return buffer.getvalue()


def _of_teacher(line: TeacherFigures) -> Line:
    return [line.teacher.name, line.resources, *(getattr(line, name) for name in FIGURES)]


def _of_resource(thing: Resource, looked: Looked) -> Line:
    counts = looked.views, thing.download_count, thing.favorite_count, looked.copies, thing.use_count
    return [thing.title, thing.kind_label, thing.owner.name, *counts]


def _of_month(month: MonthFigures) -> Line:
    return [f"{month.month:%Y-%m}", *(getattr(month, name) for name in FIGURES)]


def _sheet(book: xlsxwriter.Workbook, name: str, title: str, heads: Sequence[str], lines: Sequence[Line]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#E2F0EA"})
    cell = book.add_format({"border": 1})
    sheet.write_string(0, 0, title, bold)
    for column, words in enumerate(heads):
        sheet.write_string(1, column, words, head)
        sheet.set_column(column, column, 40 if words == "标题" else 12)
    for row, line in enumerate(lines, start=2):
        for column, value in enumerate(line):
            sheet.write(row, column, value, cell)
    sheet.write_string(len(lines) + 3, 0, NOTE)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
