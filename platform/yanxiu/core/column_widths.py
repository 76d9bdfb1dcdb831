"""How wide the columns of a printed table are: as somebody drew them, else so that short columns leave room to long ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yanxiu.core.pdf_text import Grid

LINE = 42.0
"""Han characters that stand beside each other in the width of a page's text, in the size of a table."""
EDGES = 1.2
"""What the two edges of a cell take, in characters."""
PAPER = 720.0
"""How wide the editor shows the page's text, in pixels: what widths drawn there are a part of."""
LEAST = 2.5
"""No column is narrower, in characters."""


def column_shares(grid: Grid) -> list[float]:
    """Return what part of the table's width each column takes; the parts add up to 1, none for a table without cells.

    Widths that were drawn in the editor hold. Of the others, columns whose longest paragraph fits into an even share of what is
    left get what they need (课时, 时间), and the others divide the rest by the square root of how much stands in them, which
    is about what makes the rows lowest. Where all are short, what is left goes to each alike.
    """
    count = grid.columns
    if not count:
        return []
    drawn = [*grid.drawn, *[0.0] * count][:count]
    open_ones = [column for column in range(count) if not drawn[column]]
    scale = 1.0 if not open_ones else LINE / PAPER
    wanted = [width * scale for width in drawn]
    longest, total = _measured(grid)
    left = max(LINE - sum(wanted), LINE / count * len(open_ones) / 2)
    for column, width in zip(open_ones, _by_content(longest, total, open_ones, left), strict=True):
        wanted[column] = width
    wanted = [max(width, sum(wanted) * LEAST / LINE) for width in wanted]
    return [width / sum(wanted) for width in wanted]


def _measured(grid: Grid) -> tuple[list[float], list[float]]:
    """Return for each column its longest paragraph and all that stands in it, in characters; cells over several count for none."""
    longest, total = [0.0] * grid.columns, [0.0] * grid.columns
    for row in grid.rows:
        column = 0
        for cell in row:
            if cell.span == 1:
                sizes = [_ems(paragraph.text) for paragraph in cell.paragraphs]
                longest[column] = max([longest[column], *sizes])
                total[column] += sum(sizes)
            column += cell.span
    return longest, total


def _by_content(longest: list[float], total: list[float], columns: Sequence[int], left: float) -> list[float]:
    """Divide so many characters among some columns."""
    widths: dict[int, float] = {}
    waiting = list(columns)
    while waiting:
        fair = left / len(waiting)
        fitting = [column for column in waiting if longest[column] + EDGES <= fair]
        if not fitting:
            break
        for column in fitting:
            widths[column] = max(longest[column] + EDGES, LEAST)
            left -= widths[column]
            waiting.remove(column)
    if not waiting:
        return [widths[column] + left / len(widths) for column in columns]
    weight = sum(sqrt(total[column]) for column in waiting)
    widths |= {column: left * sqrt(total[column]) / weight for column in waiting}
    return [widths[column] for column in columns]


def _ems(text: str) -> float:
    """Return how wide a text is in Han characters; letters and digits take about half of one."""
    return sum(0.55 if character.isascii() else 1.0 for character in text)
