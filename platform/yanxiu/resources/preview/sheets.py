"""Workbooks as tables: the first rows of the first sheets, as text."""

from __future__ import annotations

import datetime
from typing import Any

from yanxiu.resources.extraction.archives import guard_office, open_workbook
from yanxiu.resources.extraction.checking import MAIN_PARTS

MAX_SHEETS = 5
MAX_ROWS = 100
MAX_COLUMNS = 20
MAX_CELL = 200


def build_sheets(path: str, out: str) -> dict[str, Any]:
    """The first rows and columns of the first sheets; empty rows at the end dropped."""
    guard_office(path, MAIN_PARTS[".xlsx"])
    book = open_workbook(path)
    sheets = [_sheet(sheet) for sheet in book.worksheets[:MAX_SHEETS]]
    return {"kind": "sheets", "data": {"sheets": sheets, "total": len(book.sheetnames)}}


def _sheet(sheet: Any) -> dict[str, Any]:
    sheet.reset_dimensions()
    rows: list[list[str]] = []
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True):
        rows.append([_shown(value) for value in row])
    cut = len(rows) > MAX_ROWS
    rows = rows[:MAX_ROWS]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((_width(row) for row in rows), default=0)
    return {"title": sheet.title, "rows": [_padded(row, width) for row in rows], "cut": cut}


def _width(row: list[str]) -> int:
    return max((index + 1 for index, value in enumerate(row) if value), default=0)


def _padded(row: list[str], width: int) -> list[str]:
    return (row + [""] * width)[:width]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:MAX_CELL]
