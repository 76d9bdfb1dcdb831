"""Forms as schools file them: a table of fixed column widths whose cells reach over columns and rows.

Widths are in twentieths of a point (1440 to the inch); the text of our A4 page is `PAPER` wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.core.word_runs import CELL, run_xml
from yanxiu.core.word_tables import LINES, TEXT_WIDTH, Grid

PAPER = TEXT_WIDTH
_MARGINS = "".join(f'<w:{side} w:w="70" w:type="dxa"/>' for side in ("left", "right"))
"""Less than Word's own, so that 00:00-00:12 and a level of two characters stand on one line."""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, over how many columns and rows it reaches, and how. Each line of `text` is a paragraph."""

    text: str = ""
    wide: int = 1
    high: int = 1
    bold: bool = False
    centered: bool = False
    tall: int = 0
    """The least height of its row, where somebody writes by hand."""

    @property
    def is_name(self) -> bool:
        return self.bold and self.centered


def head(text: str, wide: int = 1, high: int = 1) -> Cell:
    """Return a cell that names what stands beside or below it."""
    return Cell(text, wide, high, bold=True, centered=True)


def shares(*parts: int) -> list[int]:
    """Return column widths that share the page in these proportions."""
    whole = sum(parts)
    widths = [PAPER * part // whole for part in parts]
    widths[-1] += PAPER - sum(widths)
    return widths


def sheet_xml(widths: Sequence[int], rows: Sequence[Sequence[Cell]], heads: int = 0) -> str:
    """Return the table; its first `heads` rows stand on every page again. ValueError where a row does not fill the columns."""
    grid = Grid()
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    written = [_row(grid, widths, row, is_head=at < heads) for at, row in enumerate(rows)]
    about = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{LINES}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar></w:tblPr>'
    )
    return f"<w:tbl>{about}<w:tblGrid>{columns}</w:tblGrid>{''.join(written)}</w:tbl>"


def _row(grid: Grid, widths: Sequence[int], cells: Sequence[Cell], *, is_head: bool) -> str:
    grid.column = 0
    written: list[str] = []
    names = all(cell.is_name for cell in cells)
    for cell in cells:
        written += _covered(grid, widths)
        at = grid.column
        grid.take(cell.wide, cell.high)
        merged = '<w:vMerge w:val="restart"/>' if cell.high > 1 else ""
        written.append(_cell(sum(widths[at : grid.column]), cell.wide, merged, _paragraphs(cell, kept=names)))
    written += _covered(grid, widths)
    if grid.column != len(widths):
        raise ValueError(f"{grid.column} of {len(widths)} columns filled")
    tall = max(cell.tall for cell in cells) if cells else 0
    about = "<w:cantSplit/>" + (f'<w:trHeight w:val="{tall}" w:hRule="atLeast"/>' if tall else "")
    return f"<w:tr><w:trPr>{about}{'<w:tblHeader/>' if is_head else ''}</w:trPr>{''.join(written)}</w:tr>"


def _covered(grid: Grid, widths: Sequence[int]) -> list[str]:
    """A cell that goes on from the row above is written in every row."""
    written = []
    while wide := grid.covered():
        over = sum(widths[grid.column - wide : grid.column])
        written.append(_cell(over, wide, "<w:vMerge/>", "<w:p/>"))
    return written


def _cell(width: int, wide: int, merged: str, inside: str) -> str:
    span = f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
    about = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{merged}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{inside}</w:tc>"


def _paragraphs(cell: Cell, *, kept: bool) -> str:
    """`kept`: a row of names does not stay behind at the foot of a page without what it names."""
    about = f'<w:pStyle w:val="{CELL}"/>' + ("<w:keepNext/>" if kept else "")
    about += '<w:jc w:val="center"/>' if cell.centered else ""
    marks = ("b",) if cell.bold else ()
    lines = cell.text.splitlines() or [""]
    return "".join(f"<w:p><w:pPr>{about}</w:pPr>{run_xml(line, marks)}</w:p>" for line in lines)
