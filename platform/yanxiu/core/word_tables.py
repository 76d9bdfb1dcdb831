"""Tables of a Word file from the tags of HTML: elements that always nest, cells that reach over columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
TEXT_WIDTH = 8730
"""The width of a page's text, in twentieths of a point."""


def table_head(edges: Sequence[int]) -> str:
    """Return how a table begins that is as wide as the text; `edges` are those of its columns, none where Word shall find them."""
    grid = "".join(f'<w:gridCol w:w="{end - begin}"/>' for begin, end in pairwise(edges))
    fixed = '<w:tblLayout w:type="fixed"/>' if grid else ""
    return (
        f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{LINES}</w:tblBorders>{fixed}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )


def edges_of(shares: Sequence[float]) -> list[int]:
    """Return where columns begin and end that take such parts of the text's width."""
    return [round(TEXT_WIDTH * part) for part in accumulate(shares, initial=0.0)] if shares else []


def cell_width(edges: Sequence[int], first: int, wide: int) -> str:
    """Return how wide a cell is that begins at the column `first` and covers `wide` of them."""
    known = first + wide < len(edges)
    return f'<w:tcW w:w="{edges[first + wide] - edges[first]}" w:type="dxa"/>' if known else ""


class Grid:
    """Which columns of a table's rows are covered by cells of rows above."""

    def __init__(self, edges: Sequence[int] = ()) -> None:
        self.edges = edges
        self.column = 0
        self.rows = 0
        self.heads = 1
        self._covered: dict[int, tuple[int, int]] = {}

    def covered(self) -> int:
        """Step over the next column if it is covered; return how many columns that were."""
        rows, wide = self._covered.get(self.column, (0, 0))
        if not rows:
            return 0
        self._covered[self.column] = (rows - 1, wide)
        self.column += wide
        return wide

    def take(self, wide: int, high: int) -> None:
        """A cell stands here."""
        self._covered[self.column] = (high - 1, wide)
        self.column += wide


class TableWriter:
    """Opens and closes the elements of tables so that they always nest, whatever the text leaves out."""

    def __init__(self, raw: Callable[[str], None]) -> None:
        self._raw = raw
        self._open: list[str] = []
        self._row_waits = False
        self._change = ""
        self._grids: list[Grid] = []
        self._filled: list[bool] = []

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    @property
    def takes_text(self) -> bool:
        return not self._open or self._open[-1] == "tc"

    def note_text(self) -> None:
        """A paragraph was written; a cell that has none gets an empty one at its end."""
        if self._filled:
            self._filled[-1] = True

    def start(self, tag: str, wide: str, high: str, change: str = "", shares: Sequence[float] = ()) -> None:
        """`change`: what somebody proposed to do with this row or cell, as XML; `shares`: what each column takes."""
        if tag == "table":
            if not self.takes_text:
                return
            self._grids.append(Grid(edges_of(shares)))
            self._push("tbl", table_head(self._grids[-1].edges))
            return
        if not self._open:
            return
        self._close_above("tbl" if tag == "tr" else "tr")
        if self._open[-1] == "tbl":
            self._grids[-1].column = 0
            self._open.append("tr")
            self._row_waits, self._change = True, change if tag == "tr" else ""
        if tag != "tr":
            self._start_row(span_of(high) if tag == "th" else 0)
            self._cell(span_of(wide), span_of(high), change)

    def _start_row(self, head: int) -> None:
        """Rows of headings at the top of a table are shown again on every page; `head` is how many rows this one spans."""
        if not self._row_waits:
            return
        grid = self._grids[-1]
        is_head = head > 0 and grid.rows < grid.heads
        grid.heads = max(grid.heads, grid.rows + head) if is_head else 0
        grid.rows += 1
        about = f"{'<w:tblHeader/>' if is_head else ''}{self._change}"
        self._raw(f"<w:tr><w:trPr>{about}</w:trPr>" if about else "<w:tr>")
        self._row_waits = False

    def _cell(self, wide: int, high: int, change: str) -> None:
        self._fill_covered()
        grid = self._grids[-1]
        width = cell_width(grid.edges, grid.column, wide)
        grid.take(wide, high)
        merged = '<w:vMerge w:val="restart"/>' if high > 1 else ""
        self._push("tc", f"<w:tcPr>{width}{_grid_span(wide)}{merged}{change}</w:tcPr>")

    def _fill_covered(self) -> None:
        """A cell that goes on from the row above is written in every row."""
        grid = self._grids[-1]
        while wide := grid.covered():
            width = cell_width(grid.edges, grid.column - wide, wide)
            self._raw(f"<w:tc><w:tcPr>{width}{_grid_span(wide)}<w:vMerge/></w:tcPr><w:p/></w:tc>")

    def end(self, tag: str) -> None:
        name = {"table": "tbl", "tr": "tr"}.get(tag, "tc")
        inner = self._open[len(self._open) - self._open[::-1].index("tbl") - 1 :] if "tbl" in self._open else []
        if name in inner:
            self._close_above(name)
            self._pop()

    def close(self) -> None:
        while self._open:
            self._pop()

    def _close_above(self, name: str) -> None:
        """Close what is open inside of the nearest `name`, or of the table if there is none in it."""
        while self._open[-1] not in (name, "tbl"):
            self._pop()

    def _push(self, name: str, head: str = "") -> None:
        self._open.append(name)
        if name == "tc":
            self._filled.append(False)
        self._raw(f"<w:{name}>{head}")

    def _pop(self) -> None:
        name = self._open.pop()
        if name == "tr":
            self._start_row(0)
            self._fill_covered()
        if name == "tbl":
            self._grids.pop()
            self.note_text()
        empty = "<w:p/>" if name == "tc" and not self._filled.pop() else ""
        ends = {"tc": f"{empty}</w:tc>", "tbl": "</w:tbl><w:p/>", "tr": "</w:tr>"}
        self._raw(ends[name])


def span_of(said: str) -> int:
    """Return over how many columns or rows a cell reaches, as its attribute says it."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 3 and 1 <= int(said) <= 60 else 1


def _grid_span(wide: int) -> str:
    return f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
