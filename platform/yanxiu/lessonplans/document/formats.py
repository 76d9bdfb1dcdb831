"""Suggestions (修订) about a paragraph as a whole: which kind, on which side, in which list. Pure.

They are attributes of the paragraph: who suggests it (what a mark of a suggestion says), what comes, and what was. They
are written by `static/src/lessonplans/suggesting/formats.js` and by what reads Word files, and by nothing else.
"""

from __future__ import annotations

from yanxiu.lessonplans.document.nodes import Node

RESHAPE = "reshape"
"""What somebody would make of it: `type` (paragraph or heading), `level`."""
REALIGN = "realign"
"""On which side it would stand: `align`; `was`: where it stands."""
RELIST = "relist"
"""Of which list it would begin an item, or of none (empty): `list`, `level`; `was`: both as they are."""
FORMATS = (RESHAPE, REALIGN, RELIST)
LINES = ("paragraph", "heading")
SIDES = ("left", "center", "right", "justify")
PLACES = ("", "bulletList", "orderedList", "taskList")
_DEEPEST = 8


def suggested(node: Node, kind: str) -> Node | None:
    """Who suggests something of a kind, as an attribute of the node says it; whatever else stands there says nothing."""
    attrs = node.get("attrs")
    change = attrs.get(kind) if isinstance(attrs, dict) else None
    return change if isinstance(change, dict) and isinstance(change.get("id"), str) and change["id"] else None


def relist_of(node: Node) -> Node | None:
    """In which list somebody would put a paragraph; None where nobody would, or what is said is no place."""
    change = suggested(node, RELIST) if node.get("type") in LINES else None
    if change is None or change.get("list") not in PLACES:
        return None
    level = change.get("level")
    return change if isinstance(level, int) and 0 <= level <= _DEEPEST else None


def was_task(change: Node) -> bool:
    """Whether a paragraph that would stand in another list is a task until then."""
    was = change.get("was")
    return isinstance(was, dict) and was.get("list") == "taskList"


def reformed(node: Node) -> Node:
    """A paragraph or heading of the kind and on the side that is suggested for it."""
    if node.get("type") not in LINES:
        return node
    attrs = dict(node["attrs"]) if isinstance(node.get("attrs"), dict) else {}
    kind = node["type"]
    shape, side = suggested(node, RESHAPE), suggested(node, REALIGN)
    if shape is not None and shape.get("type") in LINES:
        kind = shape["type"]
        attrs.pop("level", None)
        attrs |= {"level": 4 if shape.get("level") == 4 else 3} if kind == "heading" else {}
    if side is not None and side.get("align") in SIDES:
        attrs.pop("textAlign", None)
        attrs |= {"textAlign": side["align"]} if side["align"] != "left" else {}
    rest = {key: value for key, value in node.items() if key != "attrs"}
    return {**rest, "type": kind, **({"attrs": attrs} if attrs else {})}
