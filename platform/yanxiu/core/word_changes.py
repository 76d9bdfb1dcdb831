"""Tracked changes of a Word file: what somebody proposed to put in or to take out, as Word's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.html import without_invisible

TAGS = ("ins", "del")
MERGE_PARTS = ("rest", "cont")
LATEST_MS = 4_000_000_000_000


@dataclass(frozen=True)
class Change:
    """Who proposed what when; `kind` is `ins` or `del`, `at` milliseconds since 1970, 0 where nobody knows."""

    kind: str
    author: str
    at: int


def change_of(tag: str, said: Mapping[str, str | None]) -> Change:
    """Return what a tag of the HTML says."""
    moment = said.get("data-at") or ""
    at = int(moment) if moment.isascii() and moment.isdecimal() and len(moment) < 14 else 0
    return Change(tag, said.get("data-change") or "", at if at < LATEST_MS else 0)


def changed(run: str, change: Change, number: int) -> str:
    """Return a run within a change. What goes is text of another name."""
    if change.kind == "del":
        run = run.replace("<w:t xml:", "<w:delText xml:").replace("</w:t>", "</w:delText>")
    return f"<w:{change.kind} {_about(change, number)}>{run}</w:{change.kind}>"


def mark_of(change: Change, number: int) -> str:
    """Return what the end of a paragraph says that is only proposed."""
    return f"<w:rPr><w:{change.kind} {_about(change, number)}/></w:rPr>"


def row_mark(change: Change, number: int) -> str:
    """Return what a row says about itself that is only proposed."""
    return f"<w:{change.kind} {_about(change, number)}/>"


def cell_mark(change: Change, number: int) -> str:
    """Return what a cell says about itself that comes or goes with its column."""
    return f"<w:cell{change.kind.capitalize()} {_about(change, number)}/>"


def merge_mark(change: Change, part: str, number: int) -> str:
    """Return what a cell says about itself that would be one with those above or below it; `part`: `rest` is the first
    of them, `cont` another one.
    """
    return f'<w:cellMerge {_about(change, number)} w:vMerge="{part}"/>'


@dataclass(frozen=True)
class Format:
    """What a paragraph is until somebody accepts what is proposed for it: style, number and level of its list, side."""

    style: str = ""
    item: tuple[int, int] | None = None
    aligned: str = ""

    def xml(self, indent: int = 0) -> str:
        """Return it as Word says it, `indent` steps of two characters from the left."""
        about = f'<w:pStyle w:val="{self.style}"/>' if self.style else ""
        if self.item is not None:
            about += f'<w:numPr><w:ilvl w:val="{self.item[1]}"/><w:numId w:val="{self.item[0]}"/></w:numPr>'
        hanging = ' w:hanging="420"' if self.item is not None else ""
        about += f'<w:ind w:left="{420 * indent}"{hanging}/>' if indent else ""
        return about + (f'<w:jc w:val="{self.aligned}"/>' if self.aligned else "")


def format_mark(change: Change, was: Format, number: int) -> str:
    """Return what a paragraph says whose format is only proposed; `was` is the one it has until somebody accepts."""
    return f"<w:pPrChange {_about(change, number)}><w:pPr>{was.xml()}</w:pPr></w:pPrChange>"


def _about(change: Change, number: int) -> str:
    """Word writes the hours of the clock on the wall as if they were those of Greenwich."""
    author = "".join(c for c in without_invisible(change.author) if c not in "\ufffe\uffff\n") or "?"
    moment = datetime.fromtimestamp(change.at / 1000, UTC).astimezone(LOCAL_ZONE)
    at = f' w:date="{moment:%Y-%m-%dT%H:%M:%SZ}"' if change.at > 0 else ""
    return f'w:id="{number}" w:author={quoteattr(author)}{at}'
