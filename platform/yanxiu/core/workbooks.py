"""Excel files that we write: every one begins here.

The library is loaded with the first of them. It is two megabytes, and most processes never write one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

A4 = 9
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What people wrote stays text: it is no formula, no address and no number."""


def new_workbook(target: BinaryIO) -> xlsxwriter.Workbook:
    """Return an empty workbook that is written to `target` when it is closed; also as a context manager."""
    import xlsxwriter

    return xlsxwriter.Workbook(target, SAFE)


def print_across(sheet: Worksheet, heading_row: int | None = None) -> None:
    """Print on A4 across, as wide as one page; the heading row, counted from 0, stands on top of every page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    if heading_row is not None:
        sheet.repeat_rows(heading_row)


def column_name(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def cell_name(row: int, column: int) -> str:
    """The name of a cell, both counted from 0: 0, 0 is A1."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))
