"""Bringing an earlier text back as a normal forward edit, so that it can be undone like any other."""

from __future__ import annotations

from pycrdt import Doc, XmlElement, XmlFragment

from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.ydoc import FIELD, append_node, json_from_doc, load


def restoring_update(state: bytes, wanted: Node) -> bytes:
    """The update that turns the document `state` into `wanted`.

    Top-level nodes that are equal stay untouched, so carets and marks in them survive; others are replaced whole.
    """
    doc: Doc = load(state)
    before = doc.get_state()
    root = doc.get(FIELD, type=XmlFragment)
    have, want = json_from_doc(doc)["content"], wanted.get("content", [])
    keep_front = _equal_ends(have, want)
    keep_back = _equal_ends(have[keep_front:][::-1], want[keep_front:][::-1])
    with doc.transaction():
        if len(have) == len(want):
            for index, (old, new) in enumerate(zip(have, want, strict=True)):
                if old != new:
                    _replace(root, index, 1, [new])
        else:
            middle = want[keep_front : len(want) - keep_back]
            _replace(root, keep_front, len(have) - keep_front - keep_back, middle)
    return doc.get_update(before)


def _equal_ends(left: list[Node], right: list[Node]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _replace(root: XmlFragment | XmlElement, index: int, count: int, nodes: list[Node]) -> None:
    for _ in range(count):
        del root.children[index]
    for offset, node in enumerate(nodes):
        append_node(root, node, index + offset)
