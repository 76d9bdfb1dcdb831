"""Suggestions (修订) about what is switched where it stands: whether a cell is one of a table's headings, whether a task is
done. Pure.

They are attributes of the cell and of the task: who suggests it (what a mark of a suggestion says), and `on`, what would
be. `static/src/lessonplans/suggesting/switches.js` writes them, and nothing else.
"""

from __future__ import annotations

from yanxiu.lessonplans.document.formats import suggested
from yanxiu.lessonplans.document.nodes import Node

HEADER = "header"
"""Of a cell: whether it would be a heading."""
TICK = "tick"
"""Of a task: whether it would be done."""
SWITCHES = (HEADER, TICK)


def switch_of(node: Node, kind: str) -> Node | None:
    """Who would switch a cell or a task; None where nobody would, or what is said is neither on nor off."""
    change = suggested(node, kind)
    return change if change is not None and isinstance(change.get("on"), bool) else None


def headed(cell: Node) -> Node:
    """A cell of the kind that is suggested for it."""
    change = switch_of(cell, HEADER)
    kind = cell["type"] if change is None else "tableHeader" if change["on"] else "tableCell"
    return _without({**cell, "type": kind}, HEADER)


def ticked(item: Node) -> Node:
    """A task that is done, or not, as is suggested; everything else as it is."""
    change = switch_of(item, TICK) if item.get("type") == "taskItem" else None
    if change is None:
        return item
    return _without({**item, "attrs": {**item["attrs"], "checked": change["on"]}}, TICK)


def _without(node: Node, name: str) -> Node:
    if name not in (node.get("attrs") or {}):
        return node
    return {**node, "attrs": {key: value for key, value in node["attrs"].items() if key != name}}
