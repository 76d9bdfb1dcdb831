"""PDF files written page by page: what `word` writes as Word, for reading, printing and search on any machine.

The library keeps a file in memory until it is saved, so a long one is several: a part ends where its pictures or pages
reach a limit. Letters come from a font that readers of PDF have; the text can be selected, copied and searched.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, BinaryIO, Self

from yanxiu.core.column_widths import column_shares
from yanxiu.core.pdf_lines import FONT, SMALLER, Line, clean, font, lines_of
from yanxiu.core.pdf_text import Cell, Grid, Paragraph, Run, Shown, blocks_in, plain_grid
from yanxiu.core.pictures import UNREADABLE, opened_picture
from yanxiu.core.word import CODE, QUOTE, SMALL, TITLE, Picture

MAX_PAGES, MAX_PICTURE_BYTES = 600, 12 * 1024**2
"""What one part holds at most."""

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595.3, 841.9, 68.0
TEXT_WIDTH, BOTTOM, TOP = PAGE_WIDTH - 2 * MARGIN, MARGIN, PAGE_HEIGHT - MARGIN
INDENT, LEADING, PADDING = 21.0, 1.5, 4.0
LONGEST_SIDE, QUALITY = 1200, 82
RED, BLACK, GRAY = (0.753, 0.0, 0.0), (0.1, 0.12, 0.11), (0.37, 0.42, 0.4)
_LOOK = {
    "": (11.0, BLACK, False, 0.0),
    "p": (11.0, BLACK, False, 0.0),
    TITLE: (18.0, BLACK, True, 12.0),
    "Heading1": (15.0, BLACK, True, 12.0),
    "Heading2": (13.5, BLACK, True, 10.0),
    "Heading3": (12.0, BLACK, True, 8.0),
    "h2": (13.5, BLACK, True, 8.0),
    "h3": (12.0, BLACK, True, 6.0),
    "h4": (11.0, BLACK, True, 6.0),
    SMALL: (9.0, GRAY, False, 8.0),
    QUOTE: (10.0, GRAY, False, 0.0),
    "blockquote": (10.0, GRAY, False, 0.0),
    CODE: (9.5, BLACK, False, 0.0),
    "pre": (9.5, BLACK, False, 0.0),
}
"""Size in points, color, whether bold, and the space above."""


class PdfFile:
    """PDF files under way, complete once the `with` block ends; `parts` are their paths in `folder`, `paths` where
    readers will find them."""

    def __init__(self, folder: Path, title: str = "", *, whole: bool = False) -> None:
        """`whole`: one file, however long; for what has its own limit."""
        self._whole = whole
        self.parts: list[Path] = []
        self.paths: list[str] = []
        self._folder, self._title = folder, clean(title)
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._save()

    def title(self, text: str) -> None:
        self.paragraph(text, TITLE)

    def heading(self, text: str, level: int = 1) -> None:
        self._keep_room(60)
        self.paragraph(text, f"Heading{level}")

    def paragraph(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """Write plain text; its line breaks stay."""
        if text.strip():
            self._write([Run(text)], style, INDENT * indent)

    def html(self, html: str, picture: Picture = lambda _address: None, *, indent: int = 0) -> None:
        """Write what people wrote in the editor, with its pictures and tables."""
        for block in blocks_in(html):
            if isinstance(block, Paragraph):
                self._write(block.runs, block.kind, INDENT * (indent + block.depth))
            elif isinstance(block, Shown):
                self._show(block, picture)
            else:
                self._draw_grid(block, picture)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Write a table with lines; the first row is its head."""
        self._draw_grid(plain_grid(rows), lambda _address: None)

    def red_head(self, name: str, number: str, left: str, right: str) -> None:
        """Write the head of a bulletin: its name in red, its number, and a red line below two texts."""
        size = 36 if len(name) <= 12 else 26 if len(name) <= 17 else 20
        self._write([Run(name, frozenset({"b"}))], "", 0, size=size, color=RED, centered=True)
        self._write([Run(number)], "", 0, size=14, centered=True)
        self._write([Run(left)], "", 0)
        (day,) = lines_of([Run(right)], 11, TEXT_WIDTH)[:1]
        wide = sum(atom.width for atom in day)
        self._draw_line(day, PAGE_WIDTH - MARGIN - wide, self._y + 11 * (LEADING - 1 + 0.3), 11, BLACK)
        self._rule(RED, 2)

    def red_heading(self, text: str) -> None:
        """Name one column of a bulletin."""
        self._keep_room(60)
        self._y -= 10
        self._write([Run(text, frozenset({"b"}))], "", 0, size=14, color=RED)

    def link(self, text: str, note: str = "") -> None:
        """Write a line of a list with a small remark below."""
        self._keep_room(30)
        self._write([Run(f"• {text}")], "", INDENT / 2)
        if note:
            self._write([Run(note)], QUOTE, INDENT)

    def _begin(self) -> None:
        from reportlab.pdfgen.canvas import Canvas

        font()
        path = self._folder / f"part-{len(self.parts) + 1}.pdf"
        self.parts.append(path)
        self._canvas: Any = Canvas(str(path), pagesize=(PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, lang="zh-CN")
        self._canvas.setTitle(self._title)
        self._canvas.setCreator("研修坊")
        self._y, self._page, self._picture_bytes = TOP, 1, 0

    def _save(self) -> None:
        self._foot()
        self._canvas.save()

    def _foot(self) -> None:
        self._canvas.setFillColorRGB(*GRAY)
        self._canvas.setFont(FONT, 9)
        self._canvas.drawCentredString(PAGE_WIDTH / 2, BOTTOM - 28, f"— {self._page} —")

    def _next_page(self) -> None:
        if not self._whole and (self._page >= MAX_PAGES or self._picture_bytes >= MAX_PICTURE_BYTES):
            self._save()
            self._begin()
            return
        self._foot()
        self._canvas.showPage()
        self._y, self._page = TOP, self._page + 1

    def _keep_room(self, height: float) -> None:
        if self._y - height < BOTTOM and self._y < TOP:
            self._next_page()

    def _write(
        self,
        runs: Iterable[Run],
        style: str,
        left: float,
        *,
        size: float = 0.0,
        color: tuple[float, float, float] | None = None,
        centered: bool = False,
    ) -> None:
        usual, usual_color, bold, above = _LOOK.get(style, _LOOK[""])
        size, color = size or usual, color or usual_color
        left = min(left + (INDENT if style in (QUOTE, "blockquote", CODE, "pre") else 0), TEXT_WIDTH / 2)
        marked = [Run(run.text, run.marks | {"b"}) for run in runs] if bold else list(runs)
        if self._y < TOP:
            self._y -= above
        for line in lines_of(marked, size, TEXT_WIDTH - left):
            self._keep_room(size * LEADING)
            self._y -= size * LEADING
            wide = sum(atom.width for atom in line) if centered or style == TITLE else TEXT_WIDTH - left
            shift = (TEXT_WIDTH - left - wide) / 2
            self._draw_line(line, MARGIN + left + shift, self._y + size * (LEADING - 1), size, color)
        self._y -= size * 0.3

    def _draw_line(self, line: Line, x: float, y: float, size: float, color: tuple[float, float, float]) -> None:
        """Draw atoms of the same marks together."""
        start = 0
        while start < len(line):
            marks, end = line[start].marks, start
            while end < len(line) and line[end].marks == marks:
                end += 1
            text = "".join(atom.text for atom in line[start:end])
            wide = sum(atom.width for atom in line[start:end])
            self._draw_text(text, marks, x, y, size, color)
            self._draw_strokes(marks, x, y, wide, size)
            x, start = x + wide, end

    def _draw_text(
        self, text: str, marks: frozenset[str], x: float, y: float, size: float, color: tuple[float, float, float]
    ) -> None:
        small = size * SMALLER if marks & {"sub", "sup"} else size
        rise = size * 0.35 if "sup" in marks else -size * 0.12 if "sub" in marks else 0
        drawn = self._canvas.beginText(x, y + rise)
        drawn.setFont(FONT, small)
        drawn.setFillColorRGB(*color)
        drawn.setStrokeColorRGB(*color)
        drawn.setTextRenderMode(2 if "b" in marks else 0)
        self._canvas.setLineWidth(small * 0.028)
        drawn.textOut(text)
        drawn.setTextRenderMode(0)
        self._canvas.drawText(drawn)

    def _draw_strokes(self, marks: frozenset[str], x: float, y: float, wide: float, size: float) -> None:
        for mark, height in (("u", -size * 0.16), ("s", size * 0.32)):
            if mark in marks:
                self._canvas.setLineWidth(0.6)
                self._canvas.line(x, y + height, x + wide, y + height)

    def _rule(self, color: tuple[float, float, float], thick: float) -> None:
        self._canvas.setStrokeColorRGB(*color)
        self._canvas.setLineWidth(thick)
        self._canvas.line(MARGIN, self._y, PAGE_WIDTH - MARGIN, self._y)
        self._y -= 8

    def _show(self, shown: Shown, picture: Picture) -> None:
        """Draw a picture as wide as it is, at most as the text; words stand for one that cannot be read."""
        source = picture(shown.address)
        fitted = _fitted(source) if source is not None else None
        if fitted is None:
            self._write([Run(f"［图片 {shown.alt}］")], QUOTE, 0)
            return
        from reportlab.lib.utils import ImageReader

        data, width, height = fitted
        scale = min(TEXT_WIDTH / width, (TOP - BOTTOM) * 0.6 / height, 0.75)
        self._keep_room(height * scale + 6)
        self._y -= height * scale + 6
        self._canvas.drawImage(ImageReader(io.BytesIO(data)), MARGIN, self._y, width * scale, height * scale)
        self._picture_bytes += len(data)

    def _draw_grid(self, grid: Grid, picture: Picture) -> None:
        if grid.columns:
            edges = [MARGIN + TEXT_WIDTH * part for part in accumulate(column_shares(grid), initial=0.0)]
            self._y -= 4
            for row, shown in zip(grid.rows, grid.pictures, strict=True):
                self._draw_row(row, _places(row, edges))
                for each in shown:
                    self._show(each, picture)
            self._y -= 6

    def _draw_row(self, row: Sequence[Cell], places: Sequence[tuple[float, float]]) -> None:
        """Draw a row of cells; one higher than the page goes on on the next."""
        size = 9.5
        step = size * LEADING
        texts = [_cell_lines(cell, size, wide - 2 * PADDING) for cell, (_, wide) in zip(row, places, strict=True)]
        high = max((len(lines) for lines in texts), default=0)
        done = 0
        while done < high:
            self._keep_room(step + 2 * PADDING)
            count = max(1, min(high - done, int((self._y - BOTTOM - 2 * PADDING) / step)))
            self._draw_cells([lines[done : done + count] for lines in texts], places, count * step + 2 * PADDING)
            done += count

    def _draw_cells(self, texts: Sequence[list[Line]], places: Sequence[tuple[float, float]], height: float) -> None:
        size = 9.5
        for lines, (x, wide) in zip(texts, places, strict=True):
            self._canvas.setStrokeColorRGB(*GRAY)
            self._canvas.setLineWidth(0.5)
            self._canvas.rect(x, self._y - height, wide, height)
            for number, line in enumerate(lines, start=1):
                self._draw_line(
                    line, x + PADDING, self._y - PADDING - size * LEADING * number + size * 0.4, size, BLACK
                )
        self._y -= height


def _places(row: Sequence[Cell], edges: Sequence[float]) -> list[tuple[float, float]]:
    """Return where each cell of a row begins and how wide it is, in points."""
    columns = [0, *accumulate(cell.span for cell in row)]
    return [(edges[first], edges[end] - edges[first]) for first, end in pairwise(columns)]


def _cell_lines(cell: Cell, size: float, width: float) -> list[Line]:
    lines = [
        line for each in cell.paragraphs if each.text.strip() for line in lines_of(each.runs, size, max(width, size))
    ]
    return lines or [[]]


def _fitted(source: BinaryIO) -> tuple[bytes, int, int] | None:
    """Return a picture as JPEG, small enough for a page, with its size."""
    with source:
        data = source.read()
    try:
        with opened_picture(io.BytesIO(data)) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            flat = opened.convert("RGBA") if opened.mode in ("P", "LA", "PA", "RGBA") else opened.convert("RGB")
            flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            if flat.mode == "RGBA":
                from PIL import Image

                white = Image.new("RGB", flat.size, "white")
                white.paste(flat, mask=flat.getchannel("A"))
                flat = white
            out = io.BytesIO()
            flat.save(out, "JPEG", quality=QUALITY)
            return out.getvalue(), *flat.size
    except UNREADABLE:
        return None
