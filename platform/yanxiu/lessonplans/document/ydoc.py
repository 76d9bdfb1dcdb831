"""Document JSON into a Y document and back, in exactly the structure the editor's binding makes.

An element is an `XmlElement` named like the node, neighboring texts are one `XmlText` with marks as attributes. Offsets
in pycrdt are UTF-8 bytes (`len(text)` counts them), so text is only ever appended here.
"""

from __future__ import annotations

from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.document.mark_names import COMMENT, stored_name
from yanxiu.lessonplans.document.nodes import Node

FIELD = "default"
MAX_DEPTH = 60

DEFAULT_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "planSection": {"key": "", "title": "", "hint": ""},
    "heading": {"level": 3},
    "orderedList": {"start": 1},
    "taskItem": {"checked": False},
    "stroke": {"color": "black", "width": 4},
    "boardText": {"color": "black"},
    "formula": {"tex": "", "display": False},
    "tableCell": {"colspan": 1, "rowspan": 1},
    "tableHeader": {"colspan": 1, "rowspan": 1},
}
"""What the editor always stores; leaving it out would make its first edit rewrite the node."""

_SUGGESTED = {"id": "", "author": 0, "name": "", "at": 0}
DEFAULT_MARK_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "link": {"rel": "noopener noreferrer nofollow"},
    "insertion": _SUGGESTED,
    "deletion": _SUGGESTED,
}


def state_from_json(document: Node) -> bytes:
    """The encoded state of a new document with this content."""
    made: Doc = Doc()
    root = made.get(FIELD, type=XmlFragment)
    with made.transaction():
        _append_all(root, document.get("content", ()))
    return made.get_update()


def load(state: bytes) -> Doc:
    loaded: Doc = Doc()
    loaded.apply_update(state)
    return loaded


def json_from_state(state: bytes) -> Node:
    return json_from_doc(load(state))


def json_from_doc(loaded: Doc, *, comments: bool = False) -> Node:
    """The document; `comments`: with the marks of comments, which may cut a text in pieces."""
    root = loaded.get(FIELD, type=XmlFragment)
    with loaded.transaction():  # one for all: else each look at a node begins and ends its own
        return {"type": "doc", "content": _read_children(root, 0, comments)}


def _append_all(parent: XmlFragment | XmlElement, nodes: Any) -> None:
    texts: list[Node] = []
    for node in nodes:
        if node["type"] == "text":
            texts.append(node)
            continue
        _append_text(parent, texts)
        texts = []
        append_node(parent, node)
    _append_text(parent, texts)


def append_node(parent: XmlFragment | XmlElement, node: Node, index: int | None = None) -> None:
    """Add an element (not a text) at `index`, by default at the end."""
    if index is None:
        index = len(parent.children)
    element = parent.children.insert(index, XmlElement(node["type"]))
    attributes = {**DEFAULT_ATTRIBUTES.get(node["type"], {}), **node.get("attrs", {})}
    for key, value in attributes.items():
        if value is not None:
            element.attributes[key] = value
    _append_all(element, node.get("content", ()))


def _append_text(parent: XmlFragment | XmlElement, texts: list[Node]) -> None:
    if not texts:
        return
    joined = parent.children.append(XmlText())
    for node in texts:
        marks = {
            _name_of(mark): {**DEFAULT_MARK_ATTRIBUTES.get(mark["type"], {}), **mark.get("attrs", {})}
            for mark in node.get("marks", ())
        }
        joined.insert(len(joined), node["text"], marks)


def _name_of(mark: Node) -> str:
    return stored_name(str(mark["attrs"]["cid"])) if mark["type"] == COMMENT else str(mark["type"])


def _read_children(parent: XmlFragment | XmlElement, depth: int, comments: bool) -> list[Node]:
    if depth > MAX_DEPTH:
        return []
    content: list[Node] = []
    for child in parent.children:
        if isinstance(child, XmlElement):
            content.append(_read_element(child, depth, comments))
        elif isinstance(child, XmlText):
            content += _read_text(child, comments)
    return content


def _read_element(element: XmlElement, depth: int, comments: bool) -> Node:
    node: Node = {"type": element.tag or ""}
    attributes = {key: plain(value) for key, value in _pairs(element)}
    if attributes:
        node["attrs"] = attributes
    content = _read_children(element, depth + 1, comments)
    if content:
        node["content"] = content
    return node


def _pairs(element: XmlElement) -> list[tuple[str, Any]]:
    """pycrdt says `Iterable` where it gives an iterator."""
    pairs: Any = element.attributes
    return [pair for pair in pairs]  # noqa: C416  (`list` would ask for the length first, which reads them all once more)


def _read_text(text: XmlText, comments: bool) -> list[Node]:
    parts: list[Node] = []
    for value, marks in text.diff():
        if not isinstance(value, str) or not value:
            continue
        node: Node = {"type": "text", "text": value}
        read = [
            _mark(name, about) for name, about in sorted((marks or {}).items())
        ]  # else equal texts read differently
        if kept := [mark for mark in read if comments or mark["type"] != COMMENT]:
            node["marks"] = kept
        if parts and parts[-1].get("marks") == node.get("marks"):  # only a comment cut it in two
            parts[-1]["text"] += value
        else:
            parts.append(node)
    return parts


def _mark(name: str, attributes: Any) -> Node:
    """Marks that may overlap are stored as `name--hash`."""
    mark: Node = {"type": name.split("--", 1)[0]}
    if isinstance(attributes, dict) and attributes:
        mark["attrs"] = {key: plain(value) for key, value in attributes.items()}
    return mark


def plain(value: Any) -> Any:
    """A value as it was put in: numbers come back as floats, so `colspan` 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
