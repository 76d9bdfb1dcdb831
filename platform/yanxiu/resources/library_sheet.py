"""A list of the library as an Excel file, to be looked through or handed on."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.resources.catalog import GRADINGS, LEVELS, ORIGINS, VISIBILITIES
from yanxiu.resources.models import Resource

COLUMNS: tuple[tuple[str, int, Callable[[Resource], str | int]], ...] = (
    ("标题", 40, lambda one: one.title),
    ("类型", 10, lambda one: one.kind_label),
    *((label, 12, lambda one, name=name: getattr(one, name)) for name, label in LEVELS.items()),  # type: ignore[misc]
    ("作者", 12, lambda one: one.author or one.owner.name),
    ("学校、单位", 24, lambda one: one.school.name if one.school is not None else ""),
    ("级别", 8, lambda one: GRADINGS.get(one.grading, "")),
    ("来源", 8, lambda one: ORIGINS[one.origin]),
    ("谁能看到", 10, lambda one: VISIBILITIES[one.visibility]),
    ("放进来的日期", 14, lambda one: f"{one.created_at.astimezone(LOCAL_ZONE):%Y-%m-%d}"),
    ("下载", 8, lambda one: one.download_count),
    ("收藏", 8, lambda one: one.favorite_count),
    ("上过", 8, lambda one: one.use_count),
    ("网址", 44, lambda one: f"/resources/{one.id}"),
)
"""Heading, width in characters, and what stands in the column."""


def library_book(title: str, resources: Sequence[Resource], site: str, *, cut: bool) -> bytes:
    """Draw the list; strings never become formulas, addresses stay text below `site`. `cut`: there are more than these."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("资源")
    head = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#E2F0EA"})
    cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    for column, (words, width, _value) in enumerate(COLUMNS):
        sheet.write_string(1, column, words, head)
        sheet.set_column(column, column, width)
    for row, one in enumerate(resources, start=2):
        for column, (words, _width, value) in enumerate(COLUMNS):
            said = value(one)
            sheet.write(row, column, f"{site}{said}" if words == "网址" else said, cell)
    if cut:
        sheet.write_string(len(resources) + 2, 0, f"只列出前 {len(resources)} 份，其余的请加上筛选再导出。")
    sheet.autofilter(1, 0, max(1, len(resources) + 1), len(COLUMNS) - 1)
    sheet.freeze_panes(2, 1)
    print_across(sheet, 1)
    book.close()
    return buffer.getvalue()
