"""Suggestions (修订) to merge cells of a table, to split one or to make them headings, and what becomes of the table. Pure.

Every cell concerned says so in the attribute `merge` or `split`, all of one merge under one id, as
`static/src/lessonplans/suggesting/grid.js` writes it. What is merged is the rectangle that these cells span then; one
that cuts through a cell, or holds cells of another merge, stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.lessonplans.document.formats import suggested
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.switching import HEADER, headed
from yanxiu.lessonplans.document.tables import CELLS, Rect, rects_of

MERGE, SPLIT = "merge", "split"
GRID = (MERGE, SPLIT, HEADER)
_EMPTY: Node = {"type": "paragraph"}


@dataclass(frozen=True)
class Group:
    """What one suggestion is about: the rectangle it would make one cell, and the cells in that, in their order."""

    change: Node
    rect: Rect
    cells: tuple[tuple[int, int], ...]
    """Number of the row, and of the cell in it."""
    is_whole: bool
    """Whether it can be accepted."""


def groups_in(table: Node) -> list[Group]:
    """The merges that are suggested in a table, in its order."""
    rows = _rows(table)
    rects = rects_of(rows)
    found: dict[str, list[tuple[int, int]]] = {}
    for place in rects:
        change = suggested(_at(rows, place), MERGE)
        if change is not None:
            found.setdefault(change["id"], []).append(place)
    return [_group(rows, rects, places) for places in found.values()]


def _group(rows: Sequence[Node], rects: dict[tuple[int, int], Rect], places: list[tuple[int, int]]) -> Group:
    own = [rects[place] for place in places]
    rect = Rect(
        min(each.left for each in own),
        min(each.top for each in own),
        max(each.right for each in own),
        max(each.bottom for each in own),
    )
    change = suggested(_at(rows, places[0]), MERGE) or {}
    inside = [place for place, each in rects.items() if each.meets(rect)]
    others = [suggested(_at(rows, place), MERGE) for place in inside]
    is_whole = (
        all(rects[place].is_within(rect) for place in inside)
        and sum(rects[place].area for place in inside) == rect.area
        and all(other is None or other["id"] == change["id"] for other in others)
    )
    return Group(change, rect, tuple(inside), is_whole)


def regridded(node: Node) -> Node:
    """The node with its tables as they are suggested to be, and nothing suggested about their cells any more."""
    if "content" not in node:
        return node
    content = [regridded(child) for child in node["content"]]
    made = {**node, "content": content}
    return _table(made) if node.get("type") == "table" and _waits(made) else made


def _table(table: Node) -> Node:
    table = _split_up(table)
    for number in [group.change["id"] for group in groups_in(table)]:
        # Cells have other numbers in their rows after each.
        for group in groups_in(table):
            if group.change["id"] == number and group.is_whole and len(group.cells) > 1:
                table = _merged(table, group)
    return {**table, "content": [_settled(row) for row in table["content"]]}


def _waits(table: Node) -> bool:
    return any(suggested(cell, kind) for row in _rows(table) for cell in _cells(row) for kind in GRID)


def _settled(row: Node) -> Node:
    if "content" not in row:
        return row
    return {**row, "content": [headed(without(cell, MERGE, SPLIT)) for cell in row["content"]]}


def without(node: Node, *names: str) -> Node:
    """The node without these attributes."""
    attrs = {key: value for key, value in (node.get("attrs") or {}).items() if key not in names}
    return {**{key: value for key, value in node.items() if key != "attrs"}, **({"attrs": attrs} if attrs else {})}


def _split_up(table: Node) -> Node:
    """The table with cells of one column and row where that is suggested; the words stay in the first."""
    rows = _rows(table)
    rects = rects_of(rows)
    new: list[list[tuple[int, Node]]] = [[] for _row in rows]
    for (at, n), rect in rects.items():
        cell = _at(rows, (at, n))
        if suggested(cell, SPLIT) is None:
            new[at].append((rect.left, cell))
            continue
        for row in range(rect.top, min(rect.bottom, len(rows))):
            for column in range(rect.left, rect.right):
                is_first = (row, column) == (rect.top, rect.left)
                content = cell.get("content", [_EMPTY]) if is_first else [_EMPTY]
                new[row].append((column, {**_single(cell, column - rect.left), "content": content}))
    made = [[cell for _left, cell in sorted(cells, key=lambda each: each[0])] for cells in new]
    return _with_rows(table, made)


def _single(cell: Node, column: int) -> Node:
    attrs = {**cell["attrs"], "colspan": 1, "rowspan": 1}
    widths = attrs.pop("colwidth", None)
    if isinstance(widths, list) and column < len(widths) and widths[column]:
        attrs["colwidth"] = [widths[column]]
    return without({**cell, "attrs": attrs}, SPLIT)


def _merged(table: Node, group: Group) -> Node:
    rows = _rows(table)
    cells = [_at(rows, place) for place in group.cells]
    first = cells[0]
    words = [block for cell in cells if not is_bare(cell) for block in cell["content"]]
    attrs = {**(first.get("attrs") or {}), "colspan": group.rect.wide, "rowspan": group.rect.high}
    attrs.pop("colwidth", None)
    top = [_at(rows, place) for place in group.cells if place[0] == group.cells[0][0]]
    widths = [width for cell in top for width in _widths(cell)]
    if any(widths):
        attrs["colwidth"] = widths
    made = {**first, "attrs": attrs, "content": words or first.get("content", [_EMPTY])}
    gone = set(group.cells[1:])
    left = [
        [made if (at, n) == group.cells[0] else cell for n, cell in enumerate(_cells(row)) if (at, n) not in gone]
        for at, row in enumerate(rows)
    ]
    return _with_rows(table, left)


def _widths(cell: Node) -> list[int]:
    attrs = cell.get("attrs") or {}
    known = attrs.get("colwidth")
    return known if isinstance(known, list) else [0] * int(attrs.get("colspan", 1))


def is_bare(cell: Node) -> bool:
    """Whether nothing stands in a cell."""
    [*blocks] = cell.get("content", ())
    return not blocks or (
        len(blocks) == 1 and blocks[0].get("type") in ("paragraph", "heading") and not blocks[0].get("content")
    )


def _rows(table: Node) -> list[Node]:
    return [row for row in table.get("content", ()) if row.get("type") == "tableRow"]


def _cells(row: Node) -> list[Node]:
    return [cell for cell in row.get("content", ()) if cell.get("type") in CELLS]


def _at(rows: Sequence[Node], place: tuple[int, int]) -> Node:
    return _cells(rows[place[0]])[place[1]]


def _with_rows(table: Node, cells: Sequence[list[Node]]) -> Node:
    rows = [{**row, "content": made} for row, made in zip(_rows(table), cells, strict=True)]
    return {**table, "content": rows}
