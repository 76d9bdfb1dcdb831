"""The HTML people wrote as paragraphs of a Word file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from yanxiu.core.word_changes import LATEST_MS, MERGE_PARTS, TAGS, Change, Format, change_of
from yanxiu.core.word_comments import Ranges, Thread, Voice
from yanxiu.core.word_lists import BULLETS
from yanxiu.core.word_math import MathReader
from yanxiu.core.word_runs import CELL, CODE, QUOTE, WIDEST, ruby_xml, run_xml
from yanxiu.core.word_tables import TableWriter

if TYPE_CHECKING:
    from yanxiu.core.word import Picture, WordFile

_PARTS = {"image-half": 2, "image-small": 4}
"""Which part of the width a picture takes; in a table a third of it."""

_MARKS = {
    "strong": "b", "b": "b", "em": "i", "i": "i", "u": "u", "s": "strike", "sub": "sub", "sup": "sup", "mark": "mark",
}  # fmt: skip
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
_NOTED = ("p", "h3", "h4", "td", "th")
_ALIGNED = {"align-center": "center", "align-right": "right", "align-justify": "both"}
"""Classes of a paragraph, and what Word calls them."""
_BOXES = {"true": "☑ ", "false": "☐ "}
"""Signs of what is done and what is to be done; Word marks them by a character, as a pen would."""


class HtmlWriter(HTMLParser):
    """Turns blocks into paragraphs, marks into runs, lists into lists and tables into tables."""

    def __init__(
        self, word: WordFile, picture: Picture, indent: int, ranges: Ranges, widths: Sequence[Sequence[float]] = ()
    ) -> None:
        """`widths`: what each column takes of each table that does not lie in another, in their order."""
        super().__init__(convert_charrefs=True)
        self._widths = list(widths)[::-1]
        self._ranges = ranges
        self._word, self._picture, self._indent = word, picture, indent
        self._runs: list[str] = []
        self._open: list[str] = []
        self._lists: list[int] = []
        self._item: tuple[int, int] | None = None
        self._ruby: list[str] | None = None
        self._signs = 0
        self._aligned = ""
        self._changes: list[Change] = []
        self._joined: Change | None = None
        self._reformed: tuple[Change, Format] | None = None
        self._counted_before = 0
        self._notes: list[tuple[str, str]] = []
        self._math: MathReader | None = None
        self._table = TableWriter(word.raw)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "math" and self._math is None:
            self._math = MathReader()
        elif self._math is not None:
            self._math.start(tag, said)
            return
        if tag in _BLOCKS:
            if tag not in ("p", "div") or len(self._runs) > self._signs:
                self.end_block()
            self._aligned = _ALIGNED.get(said.get("class") or "", "")
            self._reformed = self._was(said)
        if said.get("data-notes"):
            self._note(said["data-notes"] or "")
        if tag in _TABLE:
            proposed = self._whole(tag, said)
            first = tag == "table" and "table" not in self._open and self._widths
            shares = self._widths.pop() if first else ()
            self._table.start(tag, said.get("colspan") or "", said.get("rowspan") or "", proposed, shares)
        elif tag in ("ul", "ol"):
            self._start_list(tag, said)
        elif tag == "li" and self._lists and self._lists[-1]:
            self._item = (self._lists[-1], min(len(self._lists), 9) - 1)
        elif tag == "ruby":
            self._ruby = ["", ""]
        elif tag == "span":
            self._runs += self._ranges.begin(said.get("data-comments") or "")
        elif tag in TAGS and "data-change" in said:
            self._changes.append(change_of(tag, said))
        elif tag == "wbr" and "data-joins" in said:
            self._joined = replace(self._changes[-1], kind="del") if self._changes else None
        elif tag == "wbr":
            self._break_up()
        elif tag == "br":
            self._add("\n")
        elif tag == "img":
            self._show(said)
        if said.get("data-done") in _BOXES:
            self._sign(_BOXES[said["data-done"] or "false"])
        if tag not in ("br", "wbr", "img", "hr", "col", "math"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._math is not None:
            self._math.end(tag)
            if tag == "math":
                self._end_math()
            return
        if self._notes and not self._runs and tag in _NOTED:
            self._runs = [""]  # what is said about nothing has a paragraph still
        if tag in _BLOCKS:
            self.end_block()
        if tag == "ruby":
            self._end_ruby()
        if tag == "span":
            self._runs += self._ranges.end()
        if tag in TAGS and self._changes:
            self._changes.pop()
        if tag in _TABLE:
            self._table.end(tag)
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag)]

    def _end_math(self) -> None:
        if self._math is not None:
            self._runs.append(self._word.changed(self._math.xml(), self._changes))
            self._math = None

    def _end_ruby(self) -> None:
        if self._ruby is not None:
            text, over = self._ruby
            self._runs.append(self._word.changed(ruby_xml(text, over, self._marks()), self._changes))
            self._ruby = None

    def handle_data(self, data: str) -> None:
        if self._math is not None:
            self._math.data(data)
            return
        if self._ruby is not None:
            if "rp" not in self._open:
                self._ruby["rt" in self._open] += data
            return
        text = data if "pre" in self._open else " ".join(data.split("\n"))
        if text.strip() or (self._runs and text):
            self._add(text)

    def finish(self) -> None:
        """Write what is left, and close what the text left open."""
        self._end_math()
        self._end_ruby()
        self._table.close()
        self.end_block()

    def _break_up(self) -> None:
        """Somebody proposed that a new paragraph begins here; in a list it is a new item."""
        item = (self._lists[-1], min(len(self._lists), 9) - 1) if self._lists and self._lists[-1] else None
        self.end_block(self._changes[-1] if self._changes else None)
        self._item = item

    def end_block(self, broken: Change | None = None) -> None:
        """Write what was gathered as one paragraph; between the cells of a table there is no place for it."""
        if not (self._runs or self._item or broken or self._joined) or not self._table.takes_text:
            return
        for before, after in self._notes:
            self._runs = [before, *self._runs, after]
        self._notes = []
        broken, self._joined = broken or self._joined, None
        styles = [_STYLES[tag] for tag in self._open if tag in _STYLES]
        plain = CELL if self._table.is_open else ""
        style = QUOTE if "blockquote" in self._open else styles[-1] if styles else plain
        depth = (0 if self._table.is_open else self._indent) + max(0, len(self._lists) - 1) + bool(self._lists)
        was, self._reformed = self._reformed, None
        self._word.runs(
            self._runs, style, indent=depth, aligned=self._aligned, item=self._item, broken=broken, reformed=was
        )
        self._table.note_text()
        self._runs, self._signs, self._item = [], 0, None

    def _was(self, said: dict[str, str | None]) -> tuple[Change, Format] | None:
        """How a paragraph looks until somebody accepts what is proposed; in the list it is in, or was in."""
        was = said.get("data-was")
        if not was or "data-change" not in said:
            return None
        kind, _, level = (said.get("data-was-list") or "").partition(" ")
        item = self._item
        if "data-list-changed" in said:
            item = (self._old_list(kind), int(level)) if level.isascii() and level.isdecimal() else None
        aligned = _ALIGNED.get(f"align-{said.get('data-was-align') or ''}", "")
        return change_of("ins", said), Format(_STYLES.get(was, ""), item, aligned)

    def _note(self, said: str) -> None:
        """Let the paragraph that comes carry comments of those who suggest what no change can hold."""
        for author, at, text in json.loads(said):
            voice = Voice(author, datetime.fromtimestamp(min(max(at, 0), LATEST_MS) / 1000, UTC), text)
            self._notes.append(self._word.comment(Thread([voice], is_done=False)))

    def _whole(self, tag: str, said: dict[str, str | None]) -> str:
        """What somebody proposed to do with a row, a cell of a column, or one that is merged with others."""
        if said.get("data-merge") in MERGE_PARTS:
            return self._word.merge_change(change_of("ins", said), said["data-merge"] or "")
        kind = said.get("data-row" if tag == "tr" else "data-cell")
        if kind not in TAGS or "data-change" not in said:
            return ""
        return self._word.whole_change(change_of(kind, said), is_cell=tag != "tr")

    def _old_list(self, kind: str) -> int:
        """The number of a list in which something was. What counted does not count on: its numbers are not known."""
        if kind != "orderedList":
            return BULLETS
        self._counted_before = self._counted_before or self._word.numbered_list(0, 1)
        return self._counted_before

    def _start_list(self, tag: str, said: dict[str, str | None]) -> None:
        """The items of a list of tasks have boxes, not signs: its number is 0."""
        start = said.get("start") or ""
        first = int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 1
        number = BULLETS
        if tag == "ol":
            number = self._word.numbered_list(min(len(self._lists), 8), first)
        elif said.get("class") == "task-list":
            number = 0
        self._lists.append(number)

    def _sign(self, sign: str) -> None:
        """What stands before the words of an item, in the same paragraph even where those have one of their own."""
        self._add(sign)
        self._signs = len(self._runs)

    def _show(self, attrs: dict[str, str | None]) -> None:
        source = self._picture(attrs.get("src") or "")
        parts = 3 if self._table.is_open else _PARTS.get(attrs.get("class") or "", 1)
        shown = self._word.picture_xml(source, WIDEST // parts) if source is not None else ""
        run = shown or run_xml(f"［图片 {attrs.get('alt') or ''}］", ())
        self._runs.append(self._word.changed(run, self._changes))

    def _add(self, text: str) -> None:
        self._runs.append(self._word.changed(run_xml(text, self._marks()), self._changes))

    def _marks(self) -> list[str]:
        return ["b"] if "th" in self._open else [_MARKS[tag] for tag in self._open if tag in _MARKS]
