"""Tables of which rows or columns go, as somebody suggests: what is left of cells that reached into them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yanxiu.lessonplans.document.nodes import Node

CELLS = ("tableCell", "tableHeader")
Goes = Callable[[Node], bool]
_WIDEST, _TALLEST = 100, 1000


@dataclass(frozen=True)
class Rect:
    """Which columns and rows a cell covers: from `left` and `top` to before `right` and `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def wide(self) -> int:
        return self.right - self.left

    @property
    def high(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return self.wide * self.high

    def meets(self, other: Rect) -> bool:
        """Whether both cover some place."""
        return (
            self.left < other.right and self.right > other.left and self.top < other.bottom and self.bottom > other.top
        )

    def is_within(self, other: Rect) -> bool:
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


def rects_of(rows: Sequence[Node]) -> dict[tuple[int, int], Rect]:
    """What each cell covers, by its row and its number in that, in their order."""
    return {
        (at, n): Rect(
            left, at, left + _span(cell, "colspan", _WIDEST), min(at + _span(cell, "rowspan", _TALLEST), len(rows))
        )
        for (at, n), left in _columns(rows).items()
        for cell in (_cells(rows[at])[n],)
    }


def rows_left(table: Node, goes: Goes) -> list[Node]:
    """The rows of a table that stay; cells that reached into rows or columns that go are smaller. Cells that go are in
    them still.
    """
    children: list[Node] = list(table.get("content", ()))
    gone = {at for at, row in enumerate(children) if row.get("type") == "tableRow" and goes(row)}
    if gone:
        children = [_shortened(row, at, gone) for at, row in enumerate(children) if at not in gone]
    return _narrowed(children, goes) if any(goes(cell) for row in children for cell in _cells(row)) else children


def has_cells_left(table: Node, goes: Goes) -> bool:
    """Whether anything of a table stays; a row without cells of its own lies under cells of rows above."""
    rows = [row for row in table.get("content", ()) if not goes(row)]
    return any(not goes(cell) for row in rows for cell in _cells(row)) or (not any(map(_cells, rows)) and bool(rows))


def _cells(row: Node) -> list[Node]:
    return [cell for cell in row.get("content", ()) if cell.get("type") in CELLS]


def _shortened(row: Node, at: int, gone: set[int]) -> Node:
    cells: list[Node] = []
    for cell in row.get("content", ()):
        high = _span(cell, "rowspan", _TALLEST)
        less = len(gone.intersection(range(at + 1, at + high)))
        cells.append({**cell, "attrs": {**cell["attrs"], "rowspan": high - less}} if less else cell)
    return {**row, "content": cells}


def _narrowed(rows: Sequence[Node], goes: Goes) -> list[Node]:
    """Cells over several columns, without those of which every cell goes."""
    places = _columns(rows)
    single = [(cell, places[at, n]) for at, row in enumerate(rows) for n, cell in enumerate(_cells(row))]
    single = [(cell, column) for cell, column in single if _span(cell, "colspan", _WIDEST) == 1]
    gone = {column for cell, column in single if goes(cell)} - {column for cell, column in single if not goes(cell)}
    made: list[Node] = []
    for at, row in enumerate(rows):
        cells = [_without_columns(cell, places[at, n], gone) for n, cell in enumerate(_cells(row))]
        made.append({**row, "content": cells} if "content" in row else row)
    return made


def _without_columns(cell: Node, column: int, gone: set[int]) -> Node:
    wide = _span(cell, "colspan", _WIDEST)
    less = [n for n in range(wide) if column + n in gone]
    if wide == 1 or not less:
        return cell
    kept = {key: value for key, value in cell["attrs"].items() if key not in ("insertion", "deletion")}
    attrs = {**kept, "colspan": max(1, wide - len(less))}
    widths = attrs.get("colwidth")
    if isinstance(widths, list):
        attrs["colwidth"] = [width for n, width in enumerate(widths) if n not in less]
    return {**cell, "attrs": attrs}


def _columns(rows: Sequence[Node]) -> dict[tuple[int, int], int]:
    """The column in which each cell begins, by its row and its number in it."""
    found: dict[tuple[int, int], int] = {}
    covered: dict[int, int] = {}
    for at, row in enumerate(rows):
        column, below = 0, {each: left - 1 for each, left in covered.items() if left > 1}
        for n, cell in enumerate(_cells(row)):
            while covered.get(column):
                column += 1
            found[at, n] = column
            wide, high = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _TALLEST)
            if high > 1:
                below |= dict.fromkeys(range(column, column + wide), high - 1)
            column += wide
        covered = below
    return found


def _span(cell: Node, name: str, most: int) -> int:
    attrs = cell.get("attrs")
    span = attrs.get(name) if isinstance(attrs, dict) else 1
    return span if isinstance(span, int) and 1 <= span <= most else 1
