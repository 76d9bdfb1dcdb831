"""Small builders of document JSON (the editor's own shape), for templates, imports and sample data.

A node is `{"type", "attrs"?, "content"?}`, a text `{"type": "text", "text", "marks"?}`. Marks inside running text are
written as in a note: `**bold**`, `==highlighted==`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

Node = dict[str, Any]

_MARKED = re.compile(r"\*\*(.+?)\*\*|==(.+?)==")


def doc(*sections: Node) -> Node:
    return {"type": "doc", "content": list(sections)}


def section(key: str, title: str, hint: str, *blocks: Node) -> Node:
    content = list(blocks) or [paragraph()]
    return {"type": "planSection", "attrs": {"key": key, "title": title, "hint": hint}, "content": content}


def paragraph(text: str = "", **attrs: Any) -> Node:
    node: Node = {"type": "paragraph", "content": inline(text)}
    return {**node, "attrs": attrs} if attrs else node


def heading(text: str, level: int = 3) -> Node:
    return {"type": "heading", "attrs": {"level": level}, "content": inline(text)}


def bullets(*items: str) -> Node:
    return {"type": "bulletList", "content": [_item(text) for text in items]}


def numbered(*items: str) -> Node:
    return {"type": "orderedList", "attrs": {"start": 1}, "content": [_item(text) for text in items]}


def tasks(*items: tuple[bool, str]) -> Node:
    return {
        "type": "taskList",
        "content": [
            {"type": "taskItem", "attrs": {"checked": done}, "content": [paragraph(text)]} for done, text in items
        ],
    }


def table(
    header: Sequence[str], rows: Iterable[Sequence[str | Sequence[Node]]], widths: Sequence[int | None] = ()
) -> Node:
    """A table with a heading row. A cell is text (lines become paragraphs) or ready blocks."""
    cells = [_cell("tableHeader", text, _width(widths, i)) for i, text in enumerate(header)]
    body = [
        {"type": "tableRow", "content": [_cell("tableCell", cell, _width(widths, i)) for i, cell in enumerate(row)]}
        for row in rows
    ]
    return {"type": "table", "content": [{"type": "tableRow", "content": cells}, *body]}


def inline(text: str) -> list[Node]:
    """Running text with its marks."""
    parts: list[Node] = []
    at = 0
    for match in _MARKED.finditer(text):
        if match.start() > at:
            parts.append({"type": "text", "text": text[at : match.start()]})
        mark = "bold" if match.group(1) else "highlight"
        parts.append({"type": "text", "text": match.group(1) or match.group(2), "marks": [{"type": mark}]})
        at = match.end()
    if at < len(text):
        parts.append({"type": "text", "text": text[at:]})
    return parts


def _item(text: str) -> Node:
    return {"type": "listItem", "content": [paragraph(text)]}


def _width(widths: Sequence[int | None], index: int) -> int | None:
    return widths[index] if index < len(widths) else None


def _cell(kind: str, content: str | Sequence[Node], width: int | None) -> Node:
    blocks = [paragraph(line) for line in content.split("\n")] if isinstance(content, str) else list(content)
    attrs: Node = {"colspan": 1, "rowspan": 1}
    if width is not None:
        attrs["colwidth"] = [width]
    return {"type": kind, "attrs": attrs, "content": blocks}
