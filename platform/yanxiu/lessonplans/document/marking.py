"""Passages marked in a text, so that one can see where something comes from. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from yanxiu.lessonplans.document.mark_names import COMMENT
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.sections import words_of

HIGHLIGHT: Node = {"type": "highlight"}


def says(node: Node | None, passage: str) -> bool:
    """Whether a section says this, however it is broken into lines."""
    return _joined(passage) in _joined(words_of(node))


def _joined(text: str) -> str:
    return "".join(text.split())


def with_passages(node: Node, passages: Sequence[str]) -> Node:
    """The node with these passages highlighted, as far as they stand in one piece."""
    if "content" not in node:
        return node
    content: list[Node] = []
    for child in node["content"]:
        content += _marked(child, passages) if child.get("type") == "text" else [with_passages(child, passages)]
    return {**node, "content": content}


def with_anchors(node: Node, anchors: Collection[str]) -> Node:
    """The node with the words that these comments are about highlighted; the marks of all comments are taken out."""
    if "content" not in node:
        return node
    content: list[Node] = []
    for child in node["content"]:
        made = _without_comments(child, anchors) if child.get("type") == "text" else with_anchors(child, anchors)
        last = content[-1] if content else None
        if last is not None and made.get("type") == last.get("type") == "text" and _marks(made) == _marks(last):
            content[-1] = {**last, "text": last["text"] + made["text"]}
        else:
            content.append(made)
    return {**node, "content": content}


def _without_comments(text: Node, anchors: Collection[str]) -> Node:
    about = {_anchor_of(mark) for mark in _marks(text)}
    others = [mark for mark in _marks(text) if mark["type"] != COMMENT]
    marks = [*others, HIGHLIGHT] if about & set(anchors) and HIGHLIGHT not in others else others
    return {**text, "marks": marks}


def _anchor_of(mark: Node) -> str:
    """The number of a comment's mark. What a mark says comes from browsers and may be anything."""
    attrs = mark.get("attrs") if mark.get("type") == COMMENT else None
    cid = attrs.get("cid") if isinstance(attrs, dict) else None
    return cid if isinstance(cid, str) else ""


def _marks(text: Node) -> list[Node]:
    return list(text.get("marks", ()))


def _marked(text: Node, passages: Sequence[str]) -> list[Node]:
    for passage in passages:
        before, found, after = str(text.get("text", "")).partition(passage) if passage else ("", "", "")
        if found:
            marks = [*text.get("marks", ()), HIGHLIGHT]
            pieces = ({**text, "text": before}, {**text, "text": found, "marks": marks}, {**text, "text": after})
            rest = [other for other in passages if other != passage]
            return [
                part
                for i, piece in enumerate(pieces)
                if piece["text"]
                for part in ([piece] if i == 1 else _marked(piece, rest))
            ]
    return [text]
