"""A bulletin as a Word file with a red head (红头), laid out as an office would print it.

Margins and sizes follow GB/T 9704-2012 (A4; top 37 mm, left 28 mm; body 三号 would be 16 pt, here 四号 14 pt, as bulletins
with tables and pictures are commonly set); fonts are named, not embedded: a machine without 仿宋 shows another.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from yanxiu.workshops.bulletin_content import Table
from yanxiu.workshops.word_text import Block, PictureSource, blocks_of, fit_picture, use_fonts, write_run

RED = "C00000"
BODY, HEADING, TITLE = "仿宋", "黑体", "宋体"
BODY_PT, HEADING_PT, SMALL_PT = 14, 16, 10.5
TEXT_WIDTH_MM = 156
PIXEL_MM = 25.4 / 150
"""A picture is printed at 150 dots an inch where the page is wide enough."""


@dataclass(frozen=True)
class Column:
    """One column of a printed issue."""

    name: str
    html: str
    table: Table | None


@dataclass(frozen=True)
class Issue:
    """What is printed."""

    masthead: str
    number: int | None
    host: str
    editor: str
    sent_to: str
    day: date | None
    columns: tuple[Column, ...]


def word_of(issue: Issue, picture_of: PictureSource) -> bytes:
    """Return the file."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    _set_page(document)
    use_fonts(document.styles["Normal"], BODY, Pt(BODY_PT))
    document.core_properties.title = issue.masthead
    document.core_properties.author = issue.host
    _add_head(document, issue)
    for column in issue.columns:
        _add_column(document, column, picture_of)
    _add_foot(document, issue)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_page(document: Any) -> None:
    from docx.shared import Mm

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(30)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    _add_page_number(page.footer.paragraphs[0])


def _add_page_number(paragraph: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_run(paragraph, "— ", TITLE, Pt(SMALL_PT))
    run = write_run(paragraph, "", TITLE, Pt(SMALL_PT))
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)
    write_run(paragraph, " —", TITLE, Pt(SMALL_PT))


def _add_head(document: Any, issue: Issue) -> None:
    """The name in red, the number, host, editor and day, and a red line below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt, RGBColor

    name = document.add_paragraph()
    name.alignment = WD_ALIGN_PARAGRAPH.CENTER
    size = Pt(36 if len(issue.masthead) <= 12 else 28 if len(issue.masthead) <= 17 else 22)
    write_run(name, issue.masthead, TITLE, size, frozenset({"bold"})).font.color.rgb = RGBColor.from_string(RED)
    number = document.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_run(number, f"第 {issue.number} 期" if issue.number else "（草稿）", HEADING, Pt(HEADING_PT))
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM), _right())
    who = "　".join(f"{name}：{text}" for name, text in (("主办", issue.host), ("主编", issue.editor)) if text)
    write_run(line, f"{who}\t{day_words(issue.day)}", BODY, Pt(12))
    _rule(line, "bottom", RED, 18)


def day_words(day: date | None) -> str:
    """Return 2026年11月22日, or nothing."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _right() -> Any:
    from docx.enum.text import WD_TAB_ALIGNMENT

    return WD_TAB_ALIGNMENT.RIGHT


def _rule(paragraph: Any, side: str, color: str, eighths: int) -> None:
    """Draw a line along a paragraph, so many eighths of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, line = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    # The schema wants the border before tabs, spacing and alignment.
    later = [child for child in properties if child.tag != qn("w:pStyle")]
    if later:
        later[0].addprevious(borders)
    else:
        properties.append(borders)


def _add_column(document: Any, column: Column, picture_of: PictureSource) -> None:
    from docx.shared import Pt, RGBColor

    heading = document.add_paragraph()
    heading.paragraph_format.space_before, heading.paragraph_format.keep_with_next = Pt(14), True
    run = write_run(heading, f"【{column.name}】", HEADING, Pt(HEADING_PT))
    run.font.color.rgb = RGBColor.from_string(RED)
    _add_blocks(document, blocks_of(column.html), picture_of)
    if column.table is not None:
        _indented(document, column.table.summary)
        _add_table(document, column.table)
        write_run(document.add_paragraph(), column.table.note, TITLE, Pt(9))


def _indented(document: Any, text: str) -> Any:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_PT)
    write_run(paragraph, text, BODY, Pt(BODY_PT))
    return paragraph


def _add_blocks(document: Any, blocks: Iterable[Block], picture_of: PictureSource) -> None:
    from docx.shared import Pt

    for block in blocks:
        if any(piece.text.strip() for piece in block.pieces):
            paragraph = document.add_paragraph()
            _shape(paragraph, block)
            _write_pieces(paragraph, block, Pt(BODY_PT))
        for piece in block.pieces:
            if piece.picture:
                _add_picture(document, picture_of(piece.picture))


def _shape(paragraph: Any, block: Block) -> None:
    from docx.shared import Pt

    form = paragraph.paragraph_format
    form.line_spacing, form.space_after = 1.5, Pt(2)
    form.keep_with_next = block.kind.startswith("h") or None
    if block.kind == "p":
        form.first_line_indent = Pt(2 * BODY_PT)
    elif block.kind in ("li", "blockquote"):
        form.left_indent = Pt(2 * BODY_PT * max(block.depth, 1))


def _write_pieces(paragraph: Any, block: Block, size: Any) -> None:
    font = "楷体" if block.kind == "blockquote" else BODY
    bold = frozenset({"bold"}) if block.kind.startswith("h") else frozenset()
    for text, marks in [(block.lead, bold), *((piece.text, piece.marks | bold) for piece in block.pieces)]:
        if text:
            write_run(paragraph, text, font, size, marks)


def _add_picture(document: Any, content: bytes | None) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    found = fit_picture(content) if content else None
    if found is None:
        return
    stream, width, height = found
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    scale = min(TEXT_WIDTH_MM / (width * PIXEL_MM), 110 / (height * PIXEL_MM), 1)
    paragraph.add_run().add_picture(stream, width=Mm(width * PIXEL_MM * scale))


def _add_table(document: Any, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    drawn = document.add_table(rows=0, cols=len(table.heads), style="Table Grid")
    for number, values in enumerate((table.heads, *table.rows)):
        for column, (cell, value) in enumerate(zip(drawn.add_row().cells, values, strict=True)):
            write_run(cell.paragraphs[0], value, HEADING if number == 0 else TITLE, Pt(SMALL_PT))
            if column:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _add_foot(document: Any, issue: Issue) -> None:
    from docx.shared import Pt

    if issue.sent_to:
        line = document.add_paragraph()
        line.paragraph_format.space_before = Pt(18)
        write_run(line, f"报送：{issue.sent_to}", BODY, Pt(12))
        _rule(line, "top", "000000", 6)
