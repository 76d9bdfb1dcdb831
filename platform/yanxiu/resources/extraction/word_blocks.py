"""A Word document as plain blocks: paragraphs, headings, tables, pictures, formulas. Runs in the child.

What comes back has the shape of the editor's documents; items of lists are paragraphs that say `list` (kind and level).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from yanxiu.resources.extraction.archives import guard_office
from yanxiu.resources.extraction.checking import MAIN_PARTS
from yanxiu.resources.extraction.formats import UnsuitableFileError
from yanxiu.resources.extraction.images import shrink
from yanxiu.resources.extraction.word_decided import BREAK as BREAK_IN_LINE
from yanxiu.resources.extraction.word_decided import MERGED_COLUMN, Decided
from yanxiu.resources.extraction.word_formats import as_task, changes_between
from yanxiu.resources.extraction.word_formulas import tex_of
from yanxiu.resources.extraction.word_merges import Merges
from yanxiu.resources.extraction.word_voices import BREAK, JOIN, KINDS, Proposals, comments_of, joined

Block = dict[str, Any]

IMAGE_SIDE = 1600
MAX_IMAGES = 60
MAX_DEPTH = 12
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_VML = "{urn:schemas-microsoft-com:vml}"
_MARKS = {"b": "bold", "i": "italic", "u": "underline", "strike": "strike", "highlight": "highlight"}
_OFF = {"0", "false", "off", "none"}
_SKIPPED = {f"{_MC}Fallback", f"{_W}rPr", f"{_W}pPr"}
"""What says how something looks, and second copies for old programs."""
_CHANGED = {f"{_W}{kind}" for kind in KINDS}
_COMMENTED = {f"{_W}commentRangeStart": True, f"{_W}commentRangeEnd": False}
_ALIGNED = {"center": "center", "right": "right", "end": "right", "both": "justify"}


def read_blocks(path: str, out: str) -> dict[str, Any]:
    """The document's blocks in order; pictures lie in `out` and are named `/p/<number>`.

    What is only proposed carries the editor's marks, words that were commented on the mark `comment` with the number of
    one of the `comments`. `decided`: of what kinds, and how many, are the changes that are read as they stand.
    """
    guard_office(path, MAIN_PARTS[".docx"])
    import docx

    document = docx.Document(path)
    comments, left = comments_of(document)
    reader = _Reader(document, out, {each["id"] for each in comments if not each["parent"]})
    blocks = list(reader.blocks(document.element.body, 0))
    reader.decided.structure(document.element.body, reader.merges.taken)
    told = {"comments": comments, "comments_left": left, "decided": reader.decided.told()}
    return {"blocks": blocks, "images": reader.names, **told}


class _Reader:
    def __init__(self, document: Any, out: str, comments: set[str]) -> None:
        self.document, self.out = document, out
        self.names: list[str] = []
        self._tables = 0
        self.decided = Decided()
        self._proposals = Proposals()
        self.merges = Merges(self._proposals)
        self._comments, self._open = comments, dict[str, None]()
        self._styles = {style.style_id: (style.name or "").lower() for style in document.styles}
        self._lists = _list_kinds(document)

    def blocks(self, parent: Any, depth: int) -> Iterator[Block]:
        return joined(self._blocks(parent, depth), self._proposals, self.decided)

    def _blocks(self, parent: Any, depth: int) -> Iterator[Block]:
        for child in parent if depth < MAX_DEPTH else ():
            if child.tag == f"{_W}p":
                yield from self._paragraph(child, depth)
            elif child.tag in _COMMENTED:
                self._comment(child)
            elif child.tag in _CHANGED:
                before = self._proposals.enter(child)
                yield from self._blocks(child, depth + 1)
                self._proposals.marks = before
            elif child.tag == f"{_W}tbl":
                yield self._table(child, depth)
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                yield from self._blocks(child, depth + 1)

    def _comment(self, mark: Any) -> None:
        """The words of a comment begin or end here."""
        number = str(mark.get(f"{_W}id") or "")
        if _COMMENTED[mark.tag] and number in self._comments:
            self._open[number] = None
        else:
            self._open.pop(number, None)

    def _paragraph(self, paragraph: Any, depth: int) -> Iterator[Block]:
        content: list[Block] = []
        after: list[Block] = []
        self._inline(paragraph, content, after, depth)
        block = self._shape(paragraph.find(f"{_W}pPr"))
        block = self._as_before(paragraph, block)
        as_task(block, content)
        joining = self._proposals.joining(paragraph.find(f"{_W}pPr"), content)
        content += [joining] if joining is not None else []
        broken = self._proposals.broken(paragraph.find(f"{_W}pPr"))
        if broken is None:
            self._proposals.interrupt()
        else:
            block["broken"] = broken
        if content or not after:
            yield {**block, "content": content}
        yield from after

    def _shape(self, about: Any) -> Block:
        block: Block = {"type": "paragraph"}
        if about is None:
            return block
        style = self._styles.get(_value(about, "pStyle"), "")
        aligned = _ALIGNED.get(_value(about, "jc"))
        if aligned:
            block["attrs"] = {"textAlign": aligned}
        if style in ("title", "标题"):
            block["title"] = True
        elif style.startswith(("heading", "标题")) and style[-1:].isdigit():
            block["heading"] = int(style[-1])
        number = about.find(f"{_W}numPr")
        if number is not None and _value(number, "numId") not in ("", "0"):
            level = _value(number, "ilvl")
            level = level if level.isdecimal() else "0"
            kind, start = self._lists.get((_value(number, "numId"), level), ("bulletList", 1))
            block["list"] = [kind, min(int(level), 8), _value(number, "numId"), start]
        return block

    def _as_before(self, paragraph: Any, block: Block) -> Block:
        """Where somebody changed the kind, the side or the list of a paragraph: it is what it was, and says what comes."""
        change = paragraph.find(f"{_W}pPr/{_W}pPrChange")
        was = change.find(f"{_W}pPr") if change is not None else None
        if was is None:
            return block
        old = self._shape(was)
        comes = {} if "title" in block or "title" in old else changes_between(old, block)
        self.decided.paragraph(change.getparent(), was, bool(comes))
        if not comes:
            return block
        attrs = self._proposals.reshaping(change)
        old.setdefault("attrs", {}).update({kind: {**attrs, **what} for kind, what in comes.items()})
        return old

    def _inline(self, parent: Any, content: list[Block], after: list[Block], depth: int) -> None:
        for child in parent if depth < 4 * MAX_DEPTH else ():
            if child.tag in _SKIPPED or not isinstance(child.tag, str):
                continue
            if child.tag == f"{_W}r":
                self._run(child, content, after, depth)
            elif child.tag in _COMMENTED:
                self._comment(child)
            elif child.tag in _CHANGED:
                before = self._proposals.enter(child)
                self._inline(child, content, after, depth + 1)
                self._proposals.marks = before
            elif child.tag == f"{_M}oMath":
                content.append({"type": "formula", "attrs": {"tex": tex_of(child), "display": False}})
                self.decided.formula(child, self._proposals.marks)
            elif child.tag == f"{_W}txbxContent":
                after += self.blocks(child, depth + 1)
            elif child.tag in (f"{_A}blip", f"{_VML}imagedata"):
                picture = self._picture(child)
                proposed = {mark["type"]: mark["attrs"] for mark in self._proposals.marks}
                if picture and picture["type"] == "image":
                    picture["attrs"].update(proposed)
                after += [picture] if picture else []
            else:
                self._inline(child, content, after, depth + 1)

    def _run(self, run: Any, content: list[Block], after: list[Block], depth: int) -> None:
        comments = [{"type": "comment", "attrs": {"cid": number}} for number in self._open]
        if self._another_look(run, content, comments):
            return
        self.decided.look(run)
        marks = [*_marks(run.find(f"{_W}rPr")), *self._proposals.marks, *comments]
        if run.find(f"{_W}t") is not None:
            self._proposals.interrupt()
        for child in run:
            if child.tag in (f"{_W}t", f"{_W}delText"):
                _say(content, self._words(child), marks)
            elif child.tag == f"{_W}tab":
                _say(content, "　", marks)
            elif child.tag in (f"{_W}br", f"{_W}cr"):
                if child.get(f"{_W}type") != "page":
                    content.append({"type": "hardBreak"})
                    self.decided.note(BREAK_IN_LINE, int(bool(self._proposals.marks)))
            elif child.tag == f"{_W}ruby":
                text, over = (_words(child.find(f"{_W}{name}")) for name in ("rubyBase", "rt"))
                _say(content, text, [*marks, {"type": "pinyin", "attrs": {"text": over[:40]}}] if over else marks)
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                self._inline([child], content, after, depth + 1)

    def _another_look(self, run: Any, content: list[Block], comments: list[Block]) -> bool:
        """Words of which somebody changed the look: as they were, which go, and as they are, which come."""
        change = run.find(f"{_W}rPr/{_W}rPrChange")
        words = "".join((each.text or "") for each in run.iterchildren(f"{_W}t"))
        only_words = all(child.tag in (f"{_W}t", f"{_W}rPr") for child in run)
        if change is None or self._proposals.marks or not words or not only_words:
            return False
        old, new = _marks(change.find(f"{_W}rPr")), _marks(run.find(f"{_W}rPr"))
        if old == new:
            return False
        goes, comes = self._proposals.looks(change)
        _say(content, words, [*old, goes, *comments])
        _say(content, words.replace(BREAK, "↵").replace(JOIN, "↵"), [*new, comes, *comments])
        return True

    def _words(self, text: Any) -> str:
        """Within a change the signs that stand for breaks are none."""
        words = text.text or ""
        return words.replace(BREAK, "↵").replace(JOIN, "↵") if self._proposals.marks else words

    def _picture(self, blip: Any) -> Block | None:
        part = self.document.part.related_parts.get(blip.get(f"{_R}embed") or blip.get(f"{_R}id"))
        lost = {"type": "paragraph", "content": [{"type": "text", "text": "［这张图片没能带过来］"}]}
        if part is None or len(self.names) >= MAX_IMAGES:
            return lost
        number = len(self.names) + 1
        try:
            written = shrink(io.BytesIO(part.blob), f"{self.out}/image-{number}", IMAGE_SIDE)
        except (UnsuitableFileError, OSError, ValueError):
            return lost
        self.names.append(written.rsplit("/", 1)[-1])
        return {"type": "image", "attrs": {"src": f"/p/{number}", "alt": ""}}

    def _table(self, table: Any, depth: int) -> Block:
        rows: list[Block] = []
        open_cells: dict[int, Block] = {}
        self._tables += 1
        number = self._tables
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue
            head = row.find(f"{_W}trPr/{_W}tblHeader") is not None
            with self._proposals.row(row) as proposed:
                cells = self._cells(row, head, open_cells, (number, depth))
            rows.append({"type": "tableRow", "content": cells} | ({"attrs": proposed} if proposed else {}))
        return {"type": "table", "content": [row for row in rows if row["content"]]}

    def _cells(self, row: Any, head: bool, open_cells: dict[int, Block], table: tuple[int, int]) -> list[Block]:
        """Cells that go on from the row above lengthen the one they belong to; `table`: its number, and how deep it is."""
        number, depth = table
        cells: list[Block] = []
        column = 0
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            about = cell.find(f"{_W}tcPr")
            said = _value(about, "gridSpan")
            wide = int(said) if said.isdecimal() and 0 < int(said) <= 60 else 1
            merged = about.find(f"{_W}vMerge") if about is not None else None
            goes_on = merged is not None and merged.get(f"{_W}val") != "restart"
            if goes_on and column in open_cells:
                open_cells[column]["attrs"]["rowspan"] += 1
            else:
                if wide > 1:
                    self.decided.note(MERGED_COLUMN, len([*about.iterchildren(f"{_W}cellIns", f"{_W}cellDel")]))
                with self._proposals.cell(about if wide == 1 else None, (number, column)) as proposed:
                    content = [*self.blocks(cell, depth + 1)] or [{"type": "paragraph", "content": []}]
                made: Block = {"type": "tableHeader" if head else "tableCell", "content": content}
                made["attrs"] = {"colspan": wide, "rowspan": 1, **proposed}
                cells.append(made)
                self.merges.note(about, made, (number, column, wide), row)
                open_cells.pop(column, None)
                if merged is not None:
                    open_cells[column] = made
            column += wide
        return cells


def _value(about: Any, name: str) -> str:
    found = about.find(f"{_W}{name}") if about is not None else None
    return str(found.get(f"{_W}val") or "") if found is not None else ""


def _marks(about: Any) -> list[Block]:
    if about is None:
        return []
    found = ((about.find(f"{_W}{name}"), mark) for name, mark in _MARKS.items())
    return [{"type": mark} for each, mark in found if each is not None and each.get(f"{_W}val") not in _OFF]


def _say(content: list[Block], text: str, marks: list[Block]) -> None:
    if not text:
        return
    if content and content[-1]["type"] == "text" and content[-1].get("marks", []) == marks:
        content[-1]["text"] += text
        return
    content.append({"type": "text", "text": text, **({"marks": marks} if marks else {})})


def _words(element: Any) -> str:
    return "".join(each.text or "" for each in element.iter(f"{_W}t", f"{_W}delText")) if element is not None else ""


def _list_kinds(document: Any) -> dict[tuple[str, str], tuple[str, int]]:
    """Which levels of which lists count, and from where."""
    try:
        part = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    kinds: dict[tuple[str, str], tuple[str, int]] = {}
    shapes = {each.get(f"{_W}abstractNumId"): each for each in part.iter(f"{_W}abstractNum")}
    for number in part.iter(f"{_W}num"):
        shape = shapes.get(_value(number, "abstractNumId"))
        for level in shape.iter(f"{_W}lvl") if shape is not None else ():
            at = level.get(f"{_W}ilvl")
            starts = number.findall(f"{_W}lvlOverride[@{_W}ilvl='{at}']/{_W}startOverride")
            said = starts[0].get(f"{_W}val") if starts else _value(level, "start")
            start = int(said) if said and said.isdecimal() and len(said) < 5 else 1
            kind = "bulletList" if _value(level, "numFmt") in ("bullet", "none") else "orderedList"
            kinds[str(number.get(f"{_W}numId")), str(at)] = (kind, start)
    return kinds
