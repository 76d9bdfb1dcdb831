"""What becomes of lists once paragraphs stand elsewhere in them, as somebody suggests. Pure.

Lists are laid out as rows, each with its kind and level, and built again, as `relisting.js` does it. An item is never
deeper than one level below the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from yanxiu.lessonplans.document.formats import LINES, RELIST, relist_of
from yanxiu.lessonplans.document.nodes import Node

LISTS = {"bulletList": "listItem", "orderedList": "listItem", "taskList": "taskItem"}


def relisted(node: Node, *, noted: bool = False) -> Node:
    """The node with every paragraph in the list that is suggested for it; `noted`: still saying what was suggested."""
    if not _moves(node):
        return node
    content = [relisted(child, noted=noted) if child.get("type") not in LISTS else child for child in node["content"]]
    if any(child.get("type") in (*LISTS, *LINES) and _moves(child) for child in content):
        content = _built(_rows(content, noted))
    return {**node, "content": content}


def _moves(node: Node) -> bool:
    return relist_of(node) is not None or any(map(_moves, node.get("content", ())))


@dataclass
class _Row:
    """A paragraph outside of lists (`kind` empty), the beginning of an item, or (`more`) what goes on in one."""

    kind: str
    level: int
    blocks: list[Node]
    origin: Node | None = None
    item: Node | None = None
    more: bool = False


@dataclass
class _List:
    kind: str
    origin: Node | None
    attrs: Node
    items: list[tuple[Node, list[Node | _List]]] = field(default_factory=list)


def _rows(blocks: Iterable[Node], noted: bool) -> list[_Row]:
    rows: list[_Row] = []
    for block in blocks:
        if block.get("type") in LISTS:
            _add_items(block, 0, rows, noted)
        else:
            rows.append(_moved(_Row("", 0, [block]), noted))
    return rows


def _add_items(parent: Node, level: int, rows: list[_Row], noted: bool) -> None:
    kind = str(parent["type"])
    for item in parent.get("content", ()):
        own: _Row | None = None
        for block in item.get("content", ()):
            if block.get("type") in LISTS:
                if own is None:
                    own = _Row(kind, level, [], parent, item)
                    rows.append(own)
                _add_items(block, level + 1, rows, noted)
                continue
            inner = relisted(block, noted=noted) if relist_of(block) is None else block
            if own is None:
                own = _moved(_Row(kind, level, [inner], parent, item), noted)
                rows.append(own)
            elif rows[-1] is own:
                own.blocks.append(inner)
            else:
                rows.append(_Row("", level, [inner], more=True))


def _moved(row: _Row, noted: bool) -> _Row:
    change = relist_of(row.blocks[0])
    if change is None:
        return row
    line = row.blocks[0]
    attrs = {key: value for key, value in line["attrs"].items() if noted or key != RELIST}
    rest = {key: value for key, value in line.items() if key != "attrs"}
    return _Row(change["list"], change["level"], [{**rest, "attrs": attrs} if attrs else rest], item=row.item)


def _built(rows: Iterable[_Row]) -> list[Node]:
    out: list[Node | _List] = []
    opened: list[_List] = []
    for row in rows:
        if row.more and opened:
            del opened[row.level + 1 :]
            opened[-1].items[-1][1].extend(row.blocks)
        elif row.kind:
            _add_row(row, out, opened)
        else:
            out += row.blocks
            opened = []
    return [_as_node(block) for block in out]


def _add_row(row: _Row, out: list[Node | _List], opened: list[_List]) -> None:
    level = min(row.level, len(opened))
    if level != row.level:
        row.origin = None
    del opened[level + 1 :]
    if len(opened) > level and not _goes_on(opened[level], row):
        del opened[level]
    if len(opened) == level:
        made = _List(row.kind, row.origin, (row.origin or {}).get("attrs", {}))
        (opened[-1].items[-1][1] if opened else out).append(made)
        opened.append(made)
    last = opened[level]
    last.origin = row.origin
    kind = LISTS[row.kind]  # a task stays done where it goes, as long as it is one
    item = row.item if row.item is not None and row.item.get("type") == kind else {"type": kind}
    last.items.append((item, [*row.blocks]))


def _goes_on(last: _List, row: _Row) -> bool:
    return last.kind == row.kind and (last.origin is None or row.origin is None or last.origin is row.origin)


def _as_node(block: Node | _List) -> Node:
    if not isinstance(block, _List):
        return block
    items = [{**item, "content": [_as_node(each) for each in blocks]} for item, blocks in block.items]
    return {"type": block.kind, **({"attrs": block.attrs} if block.attrs else {}), "content": items}
