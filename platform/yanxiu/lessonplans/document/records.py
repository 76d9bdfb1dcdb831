"""The record of an activity as a document: what it begins with, and how it reads."""

from __future__ import annotations

from collections.abc import Iterator

from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import LEAF_WORDS, MAX_DEPTH, plain_text, render_html
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.workshops.models import Activity
from yanxiu.workshops.queries.record_outlines import HEAD, OutlineSection, head_lines, outline_of

EMPTY_ROWS, NARROW_FIRST = 3, (140,)
ONLY_A_PICTURE = "（见图片）"


def new_record(activity: Activity) -> Node:
    """The document that a record begins with."""
    return nodes.doc(*(_section(section, activity) for section in outline_of(activity)))


def _section(section: OutlineSection, activity: Activity) -> Node:
    if section.key == HEAD:
        blocks = [nodes.paragraph(line) for line in head_lines(activity)]
    elif section.columns:
        blocks = [nodes.table(section.columns, [("",) * len(section.columns)] * EMPTY_ROWS, NARROW_FIRST)]
    elif section.listed:
        blocks = [nodes.tasks((False, ""))]
    else:
        blocks = [nodes.paragraph()]
    return nodes.section(section.key, section.title, section.hint, *blocks)


def reading_html(document: Node) -> str:
    """HTML of what somebody has written in: empty sections, and the tables that wait in them, are left out."""
    return render_html({**document, "content": [node for node in document.get("content", ()) if words_of(node)]})


def sections_of(document: Node) -> Iterator[tuple[str, str, str]]:
    """Yield key, title and words of each section, in order; no words where nobody has written."""
    seen: set[str] = set()
    for node in document.get("content", ()):
        attrs = node.get("attrs") or {}
        key = str(attrs.get("key", "")).replace("\0", "")[:40]
        if node.get("type") == "planSection" and key not in seen:
            seen.add(key)
            yield key, str(attrs.get("title", "")).replace("\0", "")[:60], words_of(node).replace("\0", "")


def words_of(node: Node) -> str:
    """What was written in a section; the heads of its tables alone are nothing."""
    if not _written(node, 0):
        return ONLY_A_PICTURE if _shows(node, 0) else ""
    return "".join(plain_text(child) for child in node.get("content", ())).strip() or plain_text(node).strip()


def _written(node: Node, depth: int) -> bool:
    if node.get("type") == "text":
        return bool(str(node.get("text", "")).strip())
    if node.get("type") in LEAF_WORDS:
        return True
    if node.get("type") == "tableHeader" or depth > MAX_DEPTH:
        return False
    return any(_written(child, depth + 1) for child in node.get("content", ()))


def _shows(node: Node, depth: int) -> bool:
    if node.get("type") in {"image", "stroke"}:
        return True
    return depth < MAX_DEPTH and any(_shows(child, depth + 1) for child in node.get("content", ()))
