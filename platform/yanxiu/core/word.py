"""Word files written in one pass: headings, small print, tables and the HTML people wrote, with its pictures.

python-docx keeps the whole document as a tree and looks a style up for every paragraph; a topic of five thousand posts
takes it minutes. This writes the paragraphs as they come.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import BinaryIO, Self
from xml.sax.saxutils import escape

from yanxiu.core.html import without_invisible
from yanxiu.core.pictures import UNREADABLE, opened_picture

Picture = Callable[[str], BinaryIO | None]
"""Give the address of a picture in a text, get its bytes; None when there is none."""

EMU_PER_PIXEL, WIDEST = 9525, 5_400_000
"""English metric units; 15 cm, as wide as the text."""

TITLE, SMALL, QUOTE, CODE = "Title", "Small", "Quote", "Code"
_MARKS = {"strong": "b", "b": "b", "em": "i", "i": "i", "u": "u", "s": "strike", "sub": "sub", "sup": "sup"}
_RUN = {
    "b": "<w:b/>",
    "i": "<w:i/>",
    "strike": "<w:strike/>",
    "u": '<w:u w:val="single"/>',
    "sub": '<w:vertAlign w:val="subscript"/>',
    "sup": '<w:vertAlign w:val="superscript"/>',
}
_BLOCKS = {
    "p",
    "li",
    "blockquote",
    "h2",
    "h3",
    "h4",
    "tr",
    "td",
    "th",
    "pre",
    "figure",
    "table",
    "ul",
    "ol",
    "div",
    "section",
}
_STYLES = {"h2": "Heading2", "h3": "Heading3", "h4": "Heading3", "pre": CODE}
_TABLE = {"table", "tr", "td", "th"}
_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
TABLE_HEAD = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_LINES}</w:tblBorders></w:tblPr><w:tblGrid/>'
_ENDINGS = {"jpeg": "jpeg", "png": "png", "gif": "gif"}
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<w:document xmlns:w="{_MAIN}" xmlns:r="{_RELATION}" xmlns:a="{_DRAWING}/main" '
    f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:pic="{_DRAWING}/picture"><w:body>'
)
_CLOSE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1588" w:bottom="1440" w:left="1588" w:header="851" w:footer="992" w:gutter="0"/>'
    "</w:sectPr></w:body></w:document>"
)


def _style(key: str, name: str, font: str, half_points: int, more: str = "", run: str = "") -> str:
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:qFormat/>'
        f'<w:pPr>{more}</w:pPr><w:rPr>{fonts}{run}<w:sz w:val="{half_points}"/></w:rPr></w:style>'
    )


_STYLE_PART = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles xmlns:w="{_MAIN}">'
    + _style("Normal", "Normal", "宋体", 24, '<w:spacing w:after="80" w:line="360" w:lineRule="auto"/>')
    + _style(TITLE, "Title", "黑体", 36, '<w:spacing w:after="240"/><w:jc w:val="center"/>')
    + _style("Heading1", "heading 1", "黑体", 30, '<w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/>')
    + _style("Heading2", "heading 2", "黑体", 28, '<w:keepNext/><w:spacing w:before="200"/><w:outlineLvl w:val="1"/>')
    + _style("Heading3", "heading 3", "黑体", 24, '<w:keepNext/><w:spacing w:before="160"/><w:outlineLvl w:val="2"/>')
    + _style(SMALL, "Small", "宋体", 20, '<w:spacing w:before="160"/>', '<w:color w:val="5F6B66"/>')
    + _style(QUOTE, "Quote", "楷体", 22, '<w:ind w:left="420"/>', '<w:color w:val="5F6B66"/>')
    + _style(CODE, "Code", "等线", 20, '<w:ind w:left="420"/>')
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
        for part, kind in (("document", "document.main"), ("styles", "styles"))
    )
    + "</Types>"
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _relations(found: Sequence[tuple[str, str, str]]) -> str:
    lines = "".join(f'<Relationship Id="{i}" Type="{_RELATION}/{kind}" Target="{at}"/>' for i, kind, at in found)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'


class WordFile:
    """A Word file under way, complete once the `with` block ends. `path` is where its reader will find it."""

    def __init__(self, target: Path, path: str = "") -> None:
        self.path = path
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._text_file = target.with_suffix(".document")
        self._text = self._text_file.open("w", encoding="utf-8")
        self._text.write(_OPEN)
        self._pictures: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._text.write(_CLOSE)
        self._text.close()
        found = [("rId1", "styles", "styles.xml")]
        found += [(f"rId{n}", "image", f"media/{name}") for n, name in enumerate(self._pictures, start=2)]
        self._zip.writestr("[Content_Types].xml", _TYPES)
        self._zip.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "word/document.xml")]))
        self._zip.writestr("word/_rels/document.xml.rels", _relations(found))
        self._zip.writestr("word/styles.xml", _STYLE_PART)
        self._zip.write(self._text_file, "word/document.xml")
        self._zip.close()
        self._text_file.unlink()

    def title(self, text: str) -> None:
        self.paragraph(text, TITLE)

    def heading(self, text: str, level: int = 1) -> None:
        self.paragraph(text, f"Heading{level}")

    def paragraph(self, text: str, style: str = "", *, indent: int = 0) -> None:
        """Write plain text; its line breaks stay."""
        self.runs([run_xml(text, ())], style, indent=indent)

    def runs(self, runs: Sequence[str], style: str = "", *, indent: int = 0) -> None:
        """Write a paragraph of runs that are XML already."""
        about = f'<w:pStyle w:val="{style}"/>' if style else ""
        about += f'<w:ind w:left="{420 * indent}"/>' if indent else ""
        self._text.write(f"<w:p><w:pPr>{about}</w:pPr>{''.join(runs)}</w:p>")

    def html(self, html: str, picture: Picture = lambda _address: None, *, indent: int = 0) -> None:
        """Write what people wrote in the editor, without the addresses behind its links."""
        reader = _HtmlWriter(self, picture, indent)
        reader.feed(html)
        reader.close()
        reader.finish()

    def raw(self, xml: str) -> None:
        """Write a piece of WordprocessingML."""
        self._text.write(xml)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Write a table with lines; the first row is its head."""
        self.raw(f"<w:tbl>{TABLE_HEAD}")
        for number, row in enumerate(rows):
            cells = (run_xml(text, () if number else ("b",)) for text in row)
            self._text.write("<w:tr>" + "".join(f"<w:tc><w:p>{cell}</w:p></w:tc>" for cell in cells) + "</w:tr>")
        self._text.write("</w:tbl><w:p/>")

    def picture_xml(self, source: BinaryIO) -> str:
        """Take a picture in; return the run that shows it, or nothing when it cannot be read."""
        with source:
            data = source.read()
        try:
            with opened_picture(io.BytesIO(data)) as opened:
                kind, width, height = (opened.format or "").lower(), opened.width, opened.height
        except UNREADABLE:
            return ""
        if kind not in _ENDINGS or not width or not height:
            return ""
        self._pictures.append(f"image{len(self._pictures) + 1}.{_ENDINGS[kind]}")
        self._zip.writestr(f"word/media/{self._pictures[-1]}", data)
        return _picture_run(len(self._pictures), width, height)


def run_xml(text: str, marks: Sequence[str]) -> str:
    """Return text as a run; what XML cannot hold is dropped."""
    about = "".join(xml for mark, xml in _RUN.items() if mark in marks)
    clean = escape("".join(c for c in without_invisible(text) if c not in "\ufffe\uffff"))
    parts = (f'<w:t xml:space="preserve">{part}</w:t>' for part in clean.split("\n"))
    return f"<w:r><w:rPr>{about}</w:rPr>{'<w:br/>'.join(parts)}</w:r>"


def _picture_run(number: int, width: int, height: int) -> str:
    wide = min(width * EMU_PER_PIXEL, WIDEST)
    size = f'cx="{wide}" cy="{max(1, wide * height // width)}"'
    name = f'id="{number}" name="图{number}"'
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr {name}/><a:graphic><a:graphicData uri="{_DRAWING}/picture">'
        f"<pic:pic><pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="rId{number + 1}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


class _HtmlWriter(HTMLParser):
    """Turns blocks into paragraphs, marks into runs and tables into tables; list items get a sign."""

    def __init__(self, word: WordFile, picture: Picture, indent: int) -> None:
        super().__init__(convert_charrefs=True)
        self._word, self._picture, self._indent = word, picture, indent
        self._runs: list[str] = []
        self._open: list[str] = []
        self._lists: list[list[int | str]] = []
        self._table = _TableWriter(word)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_block()
        if tag in _TABLE:
            self._table.start(tag, dict(attrs).get("colspan") or "")
        elif tag in ("ul", "ol"):
            self._lists.append([tag, 0])
        elif tag == "li":
            self._start_item()
        elif tag == "br":
            self._add("\n")
        elif tag == "img":
            self._show(dict(attrs))
        if tag not in ("br", "img", "hr", "col"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_block()
        if tag in _TABLE:
            self._table.end(tag)
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag)]

    def handle_data(self, data: str) -> None:
        text = data if "pre" in self._open else " ".join(data.split("\n"))
        if text.strip() or (self._runs and text):
            self._add(text)

    def finish(self) -> None:
        """Write what is left, and close what the text left open."""
        self._table.close()
        self.end_block()

    def end_block(self) -> None:
        """Write what was gathered as one paragraph; between the cells of a table there is no place for it."""
        if not self._runs or not self._table.takes_text:
            return
        styles = [_STYLES[tag] for tag in self._open if tag in _STYLES]
        style = QUOTE if "blockquote" in self._open else styles[-1] if styles else ""
        depth = (0 if self._table.is_open else self._indent) + max(0, len(self._lists) - 1) + bool(self._lists)
        self._word.runs(self._runs, style, indent=depth)
        self._runs = []

    def _start_item(self) -> None:
        sign = "• "
        if self._lists:
            current = self._lists[-1]
            current[1] = int(current[1]) + 1
            sign = f"{current[1]}. " if current[0] == "ol" else sign
        self._add(sign)

    def _show(self, attrs: dict[str, str | None]) -> None:
        source = self._picture(attrs.get("src") or "")
        shown = self._word.picture_xml(source) if source is not None else ""
        self._runs.append(shown or run_xml(f"［图片 {attrs.get('alt') or ''}］", ()))

    def _add(self, text: str) -> None:
        marks = [_MARKS[tag] for tag in self._open if tag in _MARKS]
        self._runs.append(run_xml(text, ["b"] if "th" in self._open else marks))


class _TableWriter:
    """Opens and closes the elements of tables so that they always nest, whatever the text leaves out."""

    def __init__(self, word: WordFile) -> None:
        self._word = word
        self._open: list[str] = []

    @property
    def is_open(self) -> bool:
        return bool(self._open)

    @property
    def takes_text(self) -> bool:
        return not self._open or self._open[-1] == "tc"

    def start(self, tag: str, span: str) -> None:
        if tag == "table":
            if not self.takes_text:
                return
            self._push("tbl", TABLE_HEAD)
            return
        if not self._open:
            return
        self._close_above("tbl" if tag == "tr" else "tr")
        if self._open[-1] == "tbl":
            self._push("tr")
        if tag != "tr":
            wide = f'<w:gridSpan w:val="{span}"/>' if span.isdecimal() and 1 < int(span[:3]) <= 60 else ""
            self._push("tc", f"<w:tcPr>{wide}</w:tcPr>")

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
        self._word.raw(f"<w:{name}>{head}")

    def _pop(self) -> None:
        name = self._open.pop()
        ends = {"tc": "<w:p/></w:tc>", "tbl": "</w:tbl><w:p/>", "tr": "</w:tr>"}
        self._word.raw(ends[name])
