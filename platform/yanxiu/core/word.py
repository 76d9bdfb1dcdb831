"""Word files written in one pass: headings, small print, tables and the HTML people wrote, with its pictures.

python-docx keeps the whole document as a tree and looks a style up for every paragraph; a topic of five thousand posts
takes it minutes. This writes the paragraphs as they come.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Self

from yanxiu.core.column_widths import column_shares
from yanxiu.core.pdf_text import grids_in, plain_grid
from yanxiu.core.pictures import UNREADABLE, opened_picture
from yanxiu.core.word_changes import Change, Format, cell_mark, changed, format_mark, mark_of, merge_mark, row_mark
from yanxiu.core.word_comments import OVERRIDES, Ranges, Thread, Threads, ends, starts
from yanxiu.core.word_html import HtmlWriter
from yanxiu.core.word_lists import BULLETS, numbering_part
from yanxiu.core.word_math import NAMESPACE as MATH
from yanxiu.core.word_runs import CELL, CODE, EMU_PER_PIXEL, HIGHEST, QUOTE, SMALL, TITLE, WIDEST, run_xml
from yanxiu.core.word_sheets import Cell, sheet_xml
from yanxiu.core.word_tables import TEXT_WIDTH, cell_width, edges_of, table_head

__all__ = ["CODE", "QUOTE", "SMALL", "TITLE", "Picture", "WordFile", "run_xml"]

Picture = Callable[[str], BinaryIO | None]
"""Give the address of a picture in a text, get its bytes; None when there is none."""

FORM_HEAD = '<w:tcPr><w:tcW w:w="1700" w:type="dxa"/></w:tcPr>'
CARD_HEAD = '<w:tcPr><w:tcW w:w="1200" w:type="dxa"/></w:tcPr>'
CARD_TEXT = '<w:tcPr><w:tcW w:w="3165" w:type="dxa"/></w:tcPr>'
IN_CELL = f'<w:pPr><w:pStyle w:val="{CELL}"/></w:pPr>'
_ENDINGS = {"jpeg": "jpeg", "png": "png", "gif": "gif"}
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<w:document xmlns:w="{_MAIN}" xmlns:r="{_RELATION}" xmlns:a="{_DRAWING}/main" xmlns:m="{MATH}" '
    f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:pic="{_DRAWING}/picture"><w:body>'
)
_FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:ftr xmlns:w="{_MAIN}">'
    '<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t xml:space="preserve">第 </w:t></w:r>'
    '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    '<w:r><w:t xml:space="preserve"> 页，共 </w:t></w:r>'
    '<w:fldSimple w:instr="NUMPAGES"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    '<w:r><w:t xml:space="preserve"> 页</w:t></w:r></w:p></w:ftr>'
)
"""Every page says its number, and how many there are: what lies in a folder has a last page."""
_SETTINGS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:settings xmlns:w="{_MAIN}"><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    "</w:compat></w:settings>"
)
"""A file that names no version is opened in 兼容模式."""
_CLOSE = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rFooter"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1588" w:bottom="1440" w:left="1588" w:header="851" w:footer="992" w:gutter="0"/>'
    "</w:sectPr></w:body></w:document>"
)


def _style(key: str, name: str, font: str, half_points: int, more: str = "", run: str = "") -> str:
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
    default = ' w:default="1"' if key == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/><w:qFormat/>'
        f'<w:pPr>{more}</w:pPr><w:rPr>{fonts}{run}<w:sz w:val="{half_points}"/></w:rPr></w:style>'
    )


_STYLE_PART = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles xmlns:w="{_MAIN}">'
    '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>'
    + _style("Normal", "Normal", "宋体", 24, '<w:spacing w:after="80" w:line="360" w:lineRule="auto"/>')
    + _style(TITLE, "Title", "黑体", 36, '<w:spacing w:after="240"/><w:jc w:val="center"/>')
    + _style("Heading1", "heading 1", "黑体", 30, '<w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/>')
    + _style("Heading2", "heading 2", "黑体", 28, '<w:keepNext/><w:spacing w:before="200"/><w:outlineLvl w:val="1"/>')
    + _style("Heading3", "heading 3", "黑体", 24, '<w:keepNext/><w:spacing w:before="160"/><w:outlineLvl w:val="2"/>')
    + _style(SMALL, "Small", "宋体", 20, '<w:spacing w:before="160"/>', '<w:color w:val="5F6B66"/>')
    + _style(QUOTE, "Quote", "楷体", 22, '<w:ind w:left="420"/>', '<w:color w:val="5F6B66"/>')
    + _style(CODE, "Code", "等线", 20, '<w:ind w:left="420"/>')
    + _style(CELL, "Cell", "宋体", 21, '<w:spacing w:before="20" w:after="20" w:line="280" w:lineRule="auto"/>')
    + "</w:styles>"
)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(f'<Default Extension="{end}" ContentType="image/{end}"/>' for end in _ENDINGS.values())
    + "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/>'
        for part, kind in (
            ("document", "document.main"),
            ("styles", "styles"),
            ("settings", "settings"),
            ("footer1", "footer"),
            ("numbering", "numbering"),
        )
    )
    + "</Types>"
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _relations(found: Sequence[tuple[str, str, str]]) -> str:
    kinds = {kind: kind if ":" in kind else f"{_RELATION}/{kind}" for _number, kind, _at in found}
    lines = "".join(f'<Relationship Id="{i}" Type="{kinds[kind]}" Target="{at}"/>' for i, kind, at in found)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'


def _part(name: str) -> zipfile.ZipInfo:
    """A part of the package without the time of writing: the same words make the same file, which need not be kept twice."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


class WordFile:
    """A Word file under way, complete once the `with` block ends. `path` is where its reader will find it."""

    def __init__(self, target: Path, path: str = "") -> None:
        self.path = path
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._text_file = target.with_suffix(".document")
        self._text = self._text_file.open("w", encoding="utf-8")
        self._text.write(_OPEN)
        self._pictures: list[str] = []
        self._numbered: list[tuple[int, int]] = []
        self._threads = Threads()
        self._changes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._text.write(_CLOSE)
        self._text.close()
        found = [("rId1", "styles", "styles.xml"), ("rFooter", "footer", "footer1.xml")]
        found += [("rNumbering", "numbering", "numbering.xml"), ("rSettings", "settings", "settings.xml")]
        found += self._threads.relations()
        found += [(f"rId{n}", "image", f"media/{name}") for n, name in enumerate(self._pictures, start=2)]
        types = _TYPES.replace("</Types>", f"{OVERRIDES}</Types>") if self._threads else _TYPES
        for name, part in self._threads.parts().items() if self._threads else ():
            self._put(name, part)
        self._put("[Content_Types].xml", types)
        self._put("_rels/.rels", _relations([("rId1", "officeDocument", "word/document.xml")]))
        self._put("word/_rels/document.xml.rels", _relations(found))
        self._put("word/styles.xml", _STYLE_PART)
        self._put("word/footer1.xml", _FOOTER)
        self._put("word/settings.xml", _SETTINGS)
        self._put("word/numbering.xml", numbering_part(self._numbered))
        with self._text_file.open("rb") as text, self._zip.open(_part("word/document.xml"), "w") as place:
            shutil.copyfileobj(text, place)
        self._zip.close()
        self._text_file.unlink()

    def _put(self, name: str, data: str | bytes) -> None:
        self._zip.writestr(_part(name), data)

    def comment(self, thread: Thread) -> tuple[str, str]:
        """Take in what was said; return the XML that stands before and after the words it is about."""
        numbers = self._threads.add(thread)
        return starts(numbers), ends(numbers)

    def changed(self, run: str, changes: Sequence[Change]) -> str:
        """Return a run as what somebody proposed to put in or to take out; of several the first is the outer one."""
        for change in reversed(changes):
            self._changes += 1
            run = changed(run, change, self._changes)
        return run

    def whole_change(self, change: Change, *, is_cell: bool) -> str:
        """Return what says that somebody proposed to put in, or to take out, a row of a table or a cell of a column."""
        self._changes += 1
        return (cell_mark if is_cell else row_mark)(change, self._changes)

    def merge_change(self, change: Change, part: str) -> str:
        """Return what says that somebody proposed to merge a cell downwards, or (`cont`) with the one above it."""
        self._changes += 1
        return merge_mark(change, part, self._changes)

    def title(self, text: str) -> None:
        self.paragraph(text, TITLE)

    def heading(self, text: str, level: int = 1) -> None:
        self.paragraph(text, f"Heading{level}")

    def paragraph(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """Write plain text; its line breaks stay."""
        self.runs([run_xml(text, ())], style, indent=indent)

    def numbered_list(self, level: int, start: int) -> int:
        """Begin a list that counts from `start`; return its number."""
        self._numbered.append((level, start))
        return BULLETS + len(self._numbered)

    def runs(
        self,
        runs: Sequence[str],
        style: str = "",
        *,
        indent: int = 0,
        aligned: str = "",
        item: tuple[int, int] | None = None,
        broken: Change | None = None,
        reformed: tuple[Change, Format] | None = None,
    ) -> None:
        """Write a paragraph of runs that are XML already; `item`: it begins an item of this list, at this level.

        `broken`: somebody proposed that it ends here, or (`del`) that it does not; `reformed`: that it looks like this,
        and how it looked.
        """
        about = Format(style, item, aligned).xml(indent)
        if broken is not None:
            self._changes += 1
            about += mark_of(broken, self._changes)
        if reformed is not None:
            self._changes += 1
            about += format_mark(*reformed, self._changes)
        self._text.write(f"<w:p><w:pPr>{about}</w:pPr>{''.join(runs)}</w:p>")

    def html(
        self,
        html: str,
        picture: Picture = lambda _address: None,
        *,
        indent: int = 0,
        threads: Mapping[str, Thread] | None = None,
    ) -> None:
        """Write what people wrote in the editor, without the addresses behind its links; `threads` by their numbers."""
        widths = [column_shares(grid) for grid in grids_in(html)] if "<table" in html else []
        reader = HtmlWriter(self, picture, indent, Ranges(html, threads or {}, self.comment), widths)
        reader.feed(html)
        reader.close()
        reader.finish()

    def raw(self, xml: str) -> None:
        """Write a piece of WordprocessingML."""
        self._text.write(xml)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Write a table with lines; the first row is its head."""
        edges = edges_of(column_shares(plain_grid(rows)))
        self.raw(f"<w:tbl>{table_head(edges)}")
        for number, row in enumerate(rows):
            cells = (
                f"<w:tc><w:tcPr>{cell_width(edges, column, 1)}</w:tcPr><w:p>{IN_CELL}{run_xml(text, () if number else ('b',))}</w:p></w:tc>"
                for column, text in enumerate(row)
            )
            self._text.write(f"<w:tr>{''.join(cells)}</w:tr>")
        self._text.write("</w:tbl><w:p/>")

    def form(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write a table of names and what is filled in beside them."""
        self.raw(f"<w:tbl>{table_head((0, 1700, TEXT_WIDTH))}")
        for name, text in rows:
            filled = f"<w:tc><w:p>{run_xml(text, ())}</w:p></w:tc>"
            self.raw(f"<w:tr><w:tc>{FORM_HEAD}<w:p>{run_xml(name, ('b',))}</w:p></w:tc>{filled}</w:tr>")
        self.raw("</w:tbl><w:p/>")

    def sheet(self, widths: Sequence[int], rows: Sequence[Sequence[Cell]], heads: int = 0) -> None:
        """Write a form of fixed columns; its first `heads` rows stand on every page again."""
        self.raw(f"{sheet_xml(widths, rows, heads)}<w:p>{IN_CELL}</w:p>")

    def card(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Write names and what is filled in beside them, two pairs on a line."""
        self.raw(f"<w:tbl>{table_head((0, 1200, 4365, 5565, TEXT_WIDTH))}")
        for at in range(0, len(pairs), 2):
            self.raw("<w:tr>" + "".join(_card_cells(*pair) for pair in pairs[at : at + 2]) + "</w:tr>")
        self.raw("</w:tbl><w:p/>")

    def picture_xml(self, source: BinaryIO, widest: int = WIDEST) -> str:
        """Take a picture in; return the run that shows it, or nothing when it cannot be read."""
        with source:
            data = source.read()
        try:
            with opened_picture(io.BytesIO(data)) as opened:
                kind, width, height = (opened.format or "").lower(), opened.width, opened.height
                if kind not in _ENDINGS:
                    redrawn = io.BytesIO()
                    opened.convert("RGBA").save(redrawn, "PNG")
                    kind, data = "png", redrawn.getvalue()
        except UNREADABLE:
            return ""
        if not width or not height:
            return ""
        self._pictures.append(f"image{len(self._pictures) + 1}.{_ENDINGS[kind]}")
        self._put(f"word/media/{self._pictures[-1]}", data)
        return _picture_run(len(self._pictures), width, height, widest)


def _card_cells(name: str, text: str) -> str:
    about = f"<w:tc>{CARD_HEAD}<w:p>{run_xml(name, ('b',))}</w:p></w:tc>"
    return f"{about}<w:tc>{CARD_TEXT}<w:p>{run_xml(text, ())}</w:p></w:tc>"


def _picture_run(number: int, width: int, height: int, widest: int) -> str:
    wide = max(1, min(width * EMU_PER_PIXEL, widest, HIGHEST * width // height))
    size = f'cx="{wide}" cy="{max(1, wide * height // width)}"'
    name = f'id="{number}" name="图{number}"'
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr {name}/><a:graphic><a:graphicData uri="{_DRAWING}/picture">'
        f"<pic:pic><pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="rId{number + 1}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
