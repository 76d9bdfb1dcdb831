"""Our cleaned HTML as paragraphs of a Word file: headings, lists, quotations, pictures and what is bold in them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

PictureSource = Callable[[str], bytes | None]
"""Gives the bytes of a picture by the address in the text; None for one that is not ours."""
_BREAKING = frozenset({"p", "h2", "h3", "h4", "li", "blockquote", "tr", "figcaption", "caption", "pre"})
_MARKS = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "u": "underline", "s": "strike"}


@dataclass
class Piece:
    """Some text with its marks, or a picture."""

    text: str = ""
    marks: frozenset[str] = frozenset()
    picture: str = ""


@dataclass
class Block:
    """One paragraph: what it is (`p`, `h3`, `li`, `blockquote`), what stands before it (• or 1.), how deep it lies."""

    kind: str = "p"
    lead: str = ""
    depth: int = 0
    pieces: list[Piece] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(piece.picture or piece.text.strip() for piece in self.pieces)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = [Block()]
        self.marks: list[str] = []
        self.lists: list[int] = []
        self.quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else -1)
        elif tag == "blockquote":
            self.quotes += 1
            self._begin("blockquote")
        elif tag in _BREAKING:
            self._begin(tag)
        elif tag in _MARKS:
            self.marks.append(_MARKS[tag])
        elif tag == "br":
            self._say("\n")
        elif tag == "img":
            self.blocks[-1].pieces.append(Piece(picture=dict(attrs).get("src") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        elif tag in _MARKS and _MARKS[tag] in self.marks:
            self.marks.remove(_MARKS[tag])
        if tag in _BREAKING:
            self._begin("p")

    def handle_data(self, data: str) -> None:
        self._say(" ".join(data.split("\n")))

    def _say(self, text: str) -> None:
        self.blocks[-1].pieces.append(Piece(text, frozenset(self.marks)))

    def _begin(self, tag: str) -> None:
        """Begin a paragraph; one inside an item of a list or a quotation goes on as that."""
        last = self.blocks[-1]
        if last.is_empty and tag == "p" and last.kind in ("li", "blockquote"):
            return
        if last.is_empty:
            self.blocks.pop()
        kind = "blockquote" if tag == "p" and self.quotes else tag
        block = Block(kind, depth=len(self.lists))
        if tag == "li" and self.lists:
            self.lists[-1] += self.lists[-1] >= 0
            block.lead = f"{self.lists[-1]}. " if self.lists[-1] > 0 else "• "
        self.blocks.append(block)


def blocks_of(html: str) -> list[Block]:
    """Return the paragraphs of cleaned HTML that hold something."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [block for block in reader.blocks if not block.is_empty]


def fit_picture(content: bytes) -> tuple[io.BytesIO, int, int] | None:
    """Return a picture in a form that Word reads with its size in pixels; None where it is none."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.format in ("JPEG", "PNG", "GIF"):
                return io.BytesIO(content), *picture.size
            drawn = io.BytesIO()
            picture.convert("RGB").save(drawn, "PNG")
            return io.BytesIO(drawn.getvalue()), *picture.size
    except (OSError, ValueError):
        return None


def use_fonts(owner: Any, name: str, size: Any) -> None:
    """Chinese characters take their font from `eastAsia`, which python-docx does not set."""
    from docx.oxml.ns import qn

    owner.font.name, owner.font.size = name, size
    owner.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def write_run(paragraph: Any, text: str, font: str, size: Any, marks: frozenset[str] = frozenset()) -> Any:
    """Add text in a font; `marks` are bold, italic, underline and strike."""
    run = paragraph.add_run(text)
    use_fonts(run, font, size)
    run.bold, run.italic, run.underline = ("bold" in marks) or None, ("italic" in marks) or None, "underline" in marks
    run.font.strike = "strike" in marks or None
    return run
