"""The HTML people wrote as what a page can hold: paragraphs of runs, pictures and tables of cells, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from yanxiu.core.math_text import linear
from yanxiu.core.word_math import MathReader
from yanxiu.core.word_tables import Grid as Covered
from yanxiu.core.word_tables import span_of

_MARKS = {"strong": "b", "b": "b", "u": "u", "s": "s", "sub": "sub", "sup": "sup", "th": "b"}
_BREAKING = frozenset(
    {"p", "li", "blockquote", "h2", "h3", "h4", "pre", "figure", "div", "section", "ul", "ol", "figcaption"}
)
_TABLE = frozenset({"table", "tr", "td", "th"})
_BOXED = -2
"""Items of such a list have boxes, no signs."""
_BOXES = {"true": "［√］", "false": "［　］"}
"""What is done and what is to be done, by signs that the letters of the page have."""


@dataclass(frozen=True)
class Run:
    """Text with its marks: `b`, `u`, `s`, `sub`, `sup`."""

    text: str
    marks: frozenset[str] = frozenset()


@dataclass
class Paragraph:
    """Some runs; `kind` is the tag that gives them their look, `depth` how far they are set in."""

    kind: str = "p"
    depth: int = 0
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Shown:
    """A picture by its address, and the words that stand for it."""

    address: str
    alt: str


@dataclass
class Cell:
    """A cell of a table: its paragraphs and how many columns it covers."""

    span: int = 1
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass
class Grid:
    """The rows of a table, the pictures of each, which are drawn below it, and the widths somebody drew (0: not drawn)."""

    rows: list[list[Cell]] = field(default_factory=list)
    pictures: list[list[Shown]] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)

    @property
    def columns(self) -> int:
        return max((sum(cell.span for cell in row) for row in self.rows), default=0)


Block = Paragraph | Shown | Grid


def blocks_in(html: str) -> Iterator[Block]:
    """Yield what cleaned HTML holds. A table within a table gives its words to the cell it lies in."""
    yield from _read(html).blocks


def grids_in(html: str) -> list[Grid]:
    """Return the tables that do not lie in another, in their order."""
    return _read(html).grids


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader


def plain_grid(rows: Sequence[Sequence[str]]) -> Grid:
    """Return a table of plain texts; the first row is its head."""
    grid = Grid()
    for number, row in enumerate(rows):
        marks = frozenset() if number else frozenset({"b"})
        grid.rows.append([Cell(1, [Paragraph(runs=[Run(text, marks)])]) for text in row])
        grid.pictures.append([])
    return grid


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.grids: list[Grid] = []
        self._open: list[str] = []
        self._lists: list[int] = []
        self._now, self._sign = Paragraph(), ""
        self._grid: Grid | None = None
        self._covered = Covered()
        self._math: MathReader | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._math is not None:
            self._math.start(tag, dict(attrs))
        elif tag == "math":
            self._math = MathReader()
        else:
            self._start(tag, dict(attrs))

    def _start(self, tag: str, said: dict[str, str | None]) -> None:
        if tag in _BREAKING or tag in _TABLE:
            self._end_paragraph()
        if tag in _TABLE:
            self._start_table_part(tag, span_of(said.get("colspan") or ""), span_of(said.get("rowspan") or ""))
        elif tag == "col" and self._grid is not None and self._open.count("table") == 1:
            width = said.get("width") or ""
            self._grid.drawn.append(float(width) if width.isascii() and width.isdecimal() and len(width) < 5 else 0.0)
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else _BOXED if said.get("class") == "task-list" else -1)
        elif tag == "li" and self._lists:
            self._lists[-1] += self._lists[-1] >= 0
            if self._lists[-1] != _BOXED:
                self._say_sign(f"{self._lists[-1]}. " if self._lists[-1] > 0 else "• ")
        elif said.get("data-done") in _BOXES:
            self._say_sign(_BOXES[said["data-done"] or "false"])
        elif tag == "br":
            self._say("\n")
        elif tag == "img":
            self._show(Shown(said.get("src") or "", said.get("alt") or ""))
        if tag not in ("br", "img", "hr", "col"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "math":
            self._end_math()
        elif self._math is not None:
            self._math.end(tag)
        else:
            self._end(tag)

    def _end(self, tag: str) -> None:
        if tag in _BREAKING or tag in _TABLE:
            self._end_paragraph()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag)]
        if tag == "table" and "table" not in self._open:
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._math is not None:
            self._math.data(data)
            return
        text = data if "pre" in self._open else " ".join(data.split("\n"))
        if text.strip() or (self._now.runs and text):
            self._say(text)

    def finish(self) -> None:
        self._end_math()
        self._end_paragraph()
        self._end_table()

    def _say(self, text: str) -> None:
        marks = frozenset(_MARKS[tag] for tag in self._open if tag in _MARKS)
        self._now.runs.append(Run(text, marks))

    def _say_sign(self, sign: str) -> None:
        """What stands before the words of an item, in the same paragraph even where those have one of their own."""
        self._say(sign)
        self._sign = self._now.text

    def _end_math(self) -> None:
        math, self._math = self._math, None
        if math is not None:
            self._say(linear(math.root).strip())

    def _show(self, picture: Shown) -> None:
        if self._grid is None:
            self._end_paragraph()
            self.blocks.append(picture)
        else:
            if not self._grid.pictures:
                self._row()
            self._grid.pictures[-1].append(picture)

    def _end_paragraph(self) -> None:
        """Begin another; the sign of a list item waits for the words of the item."""
        if self._sign and self._now.text == self._sign and "li" in self._open:
            return
        done, self._now, self._sign = self._now, Paragraph(), ""
        if not done.text.strip():
            return
        heads = [tag for tag in self._open if tag in ("h2", "h3", "h4", "pre")]
        done.kind = "blockquote" if "blockquote" in self._open else heads[-1] if heads else "p"
        done.depth = len(self._lists)
        if self._grid is None:
            self.blocks.append(done)
        else:
            self._cell().paragraphs.append(done)

    def _start_table_part(self, tag: str, wide: int, high: int) -> None:
        if "table" in self._open and tag == "table":
            return
        if tag == "table":
            self._grid, self._covered = Grid(), Covered()
            self.grids.append(self._grid)
        elif self._grid is not None and self._open.count("table") == 1:
            if tag == "tr":
                self._row()
            else:
                row = self._grid.rows[-1] if self._grid.rows else self._row()
                self._fill_covered(row)
                row.append(Cell(wide))
                self._covered.take(wide, high)

    def _fill_covered(self, row: list[Cell]) -> None:
        """Where a cell of a row above reaches down, an empty one stands, so that the others keep their columns."""
        while wide := self._covered.covered():
            row.append(Cell(wide))

    def _row(self) -> list[Cell]:
        assert self._grid is not None
        if self._grid.rows:
            self._fill_covered(self._grid.rows[-1])
        self._covered.column = 0
        self._grid.rows.append([])
        self._grid.pictures.append([])
        return self._grid.rows[-1]

    def _cell(self) -> Cell:
        """Return the cell that text goes into; text outside of all cells gets one."""
        assert self._grid is not None
        row = self._grid.rows[-1] if self._grid.rows else self._row()
        if not row:
            row.append(Cell())
        return row[-1]

    def _end_table(self) -> None:
        grid, self._grid = self._grid, None
        if grid is not None and grid.rows:
            self._fill_covered(grid.rows[-1])
        if grid is not None and grid.columns:
            self.blocks.append(grid)
