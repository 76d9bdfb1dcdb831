"""Bringing an earlier text back as a normal forward edit, so that it can be undone like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pycrdt import Doc, XmlElement, XmlFragment

from yanxiu.lessonplans.document.anchors import Place, commented_places, mark_again
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.remarks import without_comments, words_about
from yanxiu.lessonplans.document.sections import key_of
from yanxiu.lessonplans.document.ydoc import FIELD, append_node, json_from_doc, load, state_from_json


class Replacement(NamedTuple):
    """So many top-level nodes from `at` on make room for the wanted ones from `first` up to, not including, `until`."""

    at: int
    gone: int
    first: int
    until: int


def replacements(have: Sequence[Node], want: Sequence[Node]) -> list[Replacement]:
    """What turns one list of nodes into the other, in order; what is equal stays untouched."""
    if len(have) == len(want):
        return [Replacement(i, 1, i, i + 1) for i, (old, new) in enumerate(zip(have, want, strict=True)) if old != new]
    front = _equal_ends(have, want)
    back = _equal_ends(have[front:][::-1], want[front:][::-1])
    return [Replacement(front, len(have) - front - back, front, len(want) - back)]


def restoring_update(state: bytes, wanted: Node) -> bytes:
    """The update that turns the document `state` into `wanted`.

    Top-level nodes that are equal stay untouched, so carets and marks in them survive; others are replaced whole, and
    comments on words that are there again go back to them.
    """
    doc: Doc = load(state)
    before, commented = doc.get_state(), commented_places(doc)
    root = doc.get(FIELD, type=XmlFragment)
    want = wanted.get("content", [])
    with doc.transaction():
        for at, gone, first, until in replacements(json_from_doc(doc)["content"], want):
            _replace(root, at, gone, want[first:until])
    mark_again(doc, commented)
    return doc.get_update(before)


def filling_update(state: bytes, sections: Mapping[str, Sequence[Node]], added: Sequence[Node]) -> bytes:
    """The update that gives sections of the document (by key) other blocks and adds new sections at its end.

    What is equal inside of a section stays untouched, so what was written there meanwhile is not lost; comments on words
    that come again in what is replaced go back to them, and comments that the blocks bring along find their words.
    """
    doc: Doc = load(state)
    before, commented = doc.get_state(), commented_places(doc)
    root = doc.get(FIELD, type=XmlFragment)
    waiting = {key: [without_comments(node) for node in blocks] for key, blocks in sections.items()}
    with doc.transaction():
        for at, node in enumerate(json_from_doc(doc)["content"]):
            key = str(node.get("attrs", {}).get("key", ""))
            want = waiting.pop(key, None) if node["type"] == "planSection" else None
            if want is not None:
                _fill(root.children[at], node.get("content", []), want)
        for node in added:
            append_node(root, without_comments(node))
    mark_again(doc, {**commented, **_brought_places(doc, sections, added)})
    return doc.get_update(before)


def _brought_places(doc: Doc, sections: Mapping[str, Sequence[Node]], added: Sequence[Node]) -> dict[str, list[Place]]:
    """Where the comments are that came along with blocks that are in the document now."""
    if not any(words_about(blocks) for blocks in (*sections.values(), added)):
        return {}
    new = {key_of(node): node.get("content", ()) for node in added} | dict(sections)
    now = json_from_doc(doc)["content"]
    with_marks = [{**node, "content": list(new.get(key_of(node), node.get("content", ())))} for node in now]
    return commented_places(load(state_from_json({"type": "doc", "content": with_marks})))


def _fill(section: XmlElement, have: Sequence[Node], want: Sequence[Node]) -> None:
    for at, gone, first, until in replacements(have, want):
        _replace(section, at, gone, list(want[first:until]))


def _equal_ends(left: Sequence[Node], right: Sequence[Node]) -> int:
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
