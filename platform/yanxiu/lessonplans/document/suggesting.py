"""Suggested changes (修订) in a document, and the document as it reads while nobody has decided on them. Pure.

What was suggested to be put in carries the mark `insertion`, what was suggested to be taken out the mark `deletion`;
a text may carry both. Both have the attributes `id` (what is decided on together), `author` (a user's number), `name`
and `at` (milliseconds since 1970). They are written by `static/src/lessonplans/suggesting/` and by nothing else. A row of
a table, the cells of a column and a picture are suggested as a whole: they have attributes of the names of the marks,
which say the same. What is suggested about a paragraph's format stands in attributes of `formats`, what about the grid
of a table in those of `regridding`, what is switched in those of `switching`.
"""

from __future__ import annotations

from yanxiu.lessonplans.document.formats import FORMATS, LINES, reformed, suggested
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.regridding import GRID, regridded, without
from yanxiu.lessonplans.document.relisting import relisted
from yanxiu.lessonplans.document.switching import SWITCHES, TICK, switch_of, ticked
from yanxiu.lessonplans.document.tables import CELLS, has_cells_left, rows_left

INSERTION, DELETION = "insertion", "deletion"
BREAK = "¶"
"""Within an insertion: a new paragraph begins here once it is accepted."""
JOIN = "\u204b"
"""Within an insertion, at the end of a paragraph: the next one joins on once it is accepted."""
TEX = "tex"
"""The mark of a text within an insertion that becomes a formula once it is accepted; an element would part the text around
it (`static/src/lessonplans/suggesting/formulas.js`)."""

_ITEMS = ("listItem", "taskItem")
_WRAPS = (*_ITEMS, "bulletList", "orderedList", "taskList", "blockquote")


WHOLE = {
    "tableRow": (INSERTION, DELETION),
    "image": (INSERTION, DELETION),
    "formula": (DELETION,),
    "paragraph": FORMATS,
    "heading": FORMATS,
    "tableCell": (INSERTION, DELETION, *GRID),
    "tableHeader": (INSERTION, DELETION, *GRID),
    "taskItem": (TICK,),
}
"""What is suggested as a whole, by the nodes' attributes that say so."""


def change_of(node: Node, kind: str) -> Node | None:
    """Who suggests something about a node as a whole: what a mark says in its attributes."""
    if kind not in WHOLE.get(str(node.get("type")), ()):
        return None
    attrs = node.get("attrs")
    is_wide = node.get("type") in CELLS and isinstance(attrs, dict) and attrs.get("colspan", 1) != 1
    if is_wide and kind in (INSERTION, DELETION):
        return None  # merged with another since: it is no cell of the column any more
    return switch_of(node, kind) if kind in SWITCHES else suggested(node, kind)


def changes_of(node: Node) -> dict[str, Node]:
    """All that is suggested about a node as a whole, by kind."""
    kinds = WHOLE.get(str(node.get("type")), ())
    return {kind: change for kind in kinds if (change := change_of(node, kind)) is not None}


def is_proposed(node: Node) -> bool:
    """Whether a row, a cell or a picture is there only if somebody accepts it."""
    return change_of(node, INSERTION) is not None


def without_change(node: Node) -> Node:
    """The node as if nothing was suggested about it as a whole."""
    attrs, kinds = node.get("attrs"), WHOLE.get(str(node.get("type")), ())
    if not isinstance(attrs, dict) or not any(kind in attrs for kind in kinds):
        return node
    kept = {key: value for key, value in attrs.items() if key not in kinds}
    rest = {key: value for key, value in node.items() if key != "attrs"}
    return {**rest, "attrs": kept} if kept else rest


def is_insertion(text: Node) -> bool:
    """Whether a text node is there only if somebody accepts it."""
    return any(mark.get("type") == INSERTION for mark in text.get("marks", ()) if isinstance(mark, dict))


def formula_of(text: Node) -> Node | None:
    """The formula that becomes of a text node once it is accepted; None if it stays a text."""
    for mark in text.get("marks", ()):
        if isinstance(mark, dict) and mark.get("type") == TEX and is_insertion(text):
            attrs = mark.get("attrs")
            display = isinstance(attrs, dict) and attrs.get("display") is True
            return {"type": "formula", "attrs": {"tex": str(text["text"]), "display": display}}
    return None


def has_suggestions(node: Node) -> bool:
    """Whether anything in a node waits for a decision."""
    if node.get("type") == "text":
        return any(_is_ours(mark) for mark in node.get("marks", ()))
    if changes_of(node):
        return True
    return any(has_suggestions(child) for child in node.get("content", ()))


def as_undecided(node: Node) -> Node:
    """Return the node as if no suggestion was accepted: insertions left out, deletions as plain text."""
    if not has_suggestions(node):
        return node
    content: list[Node] = []
    for child in _children_left(node, INSERTION):
        if child.get("type") == "text":
            if not is_insertion(child):
                add_text(content, _without_deletion(child))
        elif not is_proposed(child) and (child.get("type") != "table" or _stays(child, INSERTION)):
            content.append(as_undecided(child))
    rest = {key: value for key, value in without_change(node).items() if key != "content"}
    return {**rest, "content": content} if content else rest


def as_accepted(node: Node) -> Node:
    """Return the node as if every suggestion was accepted, as `deciding.js` does it."""
    return regridded({**node, "content": _accepted(relisted(node))}) if has_suggestions(node) else node


def _accepted(node: Node) -> list[Node]:
    """What is in a node once everything is accepted. What was emptied goes, unless it was the last in its place."""
    children = [
        without(child, INSERTION, DELETION) if child.get("type") in CELLS else without_change(ticked(reformed(child)))
        for child in _children_left(node, DELETION)
        if change_of(child, DELETION) is None and (child.get("type") != "table" or _stays(child, DELETION))
    ]
    made: list[Node] = []
    for before, child in zip((None, *children), children, strict=False):
        parts = _parts(child)
        if made and parts and before is not None and _joins(before) and (one := _one(made[-1], parts[0])) is not None:
            made[-1:], parts = [one], parts[1:]
        made += parts
    if not children and node.get("type") in CELLS:
        return [{"type": "paragraph"}]
    if made or not children or node.get("type") in (*_WRAPS, "table", "tableRow"):
        return made
    return [{key: value for key, value in _innermost(children[0]).items() if key != "content"}]


def _stays(table: Node, going: str) -> bool:
    """Whether a table has anything left once what goes is gone."""
    return has_cells_left(table, lambda part: change_of(part, going) is not None)


def _children_left(node: Node, going: str) -> list[Node]:
    """What a node consists of; of a table without the rows that go."""
    if node.get("type") != "table":
        return list(node.get("content", ()))
    return rows_left(node, lambda part: change_of(part, going) is not None)


def _parts(node: Node) -> list[Node]:
    """What becomes of a node: nothing, itself, or several where a new paragraph was proposed."""
    if not has_suggestions(node):
        return [node]
    if "content" not in node:
        return [without_change(node)]
    if any(child.get("type") in ("text", "formula") for child in node["content"]):
        return _lines(node)
    if node.get("type") in _ITEMS:
        return _items(node)
    content = _accepted(node)
    return [{**node, "content": content}] if content else []


def _items(item: Node) -> list[Node]:
    """An item; a new one begins where a new paragraph was proposed."""
    groups: list[list[Node]] = [[]]
    for child in item["content"]:
        for number, part in enumerate(_parts(child)):
            if number and child.get("type") in LINES:
                groups.append([])
            groups[-1].append(part)
    return [{**item, "content": group} for group in groups if group]


def _joins(node: Node) -> bool:
    """Whether the next paragraph, or item, is proposed to join on."""
    last = (node.get("content") or [{}])[-1]
    if node.get("type") in _ITEMS:
        return _joins(last)
    return last.get("type") == "text" and is_insertion(last) and str(last["text"]).endswith(JOIN)


def _one(first: Node, second: Node) -> Node | None:
    """Two paragraphs or items as one; None where they are no such pair."""
    if first.get("type") in LINES and second.get("type") in LINES:
        content = list(first.get("content", ()))
        for child in second.get("content", ()):
            if child.get("type") == "text":
                add_text(content, child)
            else:
                content.append(child)
        return {**first, "content": content}
    if first.get("type") in _ITEMS and first.get("type") == second.get("type"):
        line = _one(first["content"][-1], second["content"][0])
        return line and {**first, "content": [*first["content"][:-1], line, *second["content"][1:]]}
    return None


def _lines(block: Node) -> list[Node]:
    """A paragraph, broken where that was proposed; behind a heading's break goes on a paragraph."""
    lines: list[list[Node]] = [[]]
    for child in block["content"]:
        if child.get("type") != "text":
            lines[-1] += [] if change_of(child, DELETION) is not None else [without_change(child)]
        elif (formula := formula_of(child)) is not None:
            lines[-1] += [] if _is_deletion(child) else [formula]
        elif not _is_deletion(child):
            pieces = str(child["text"]).replace(JOIN, "").split(BREAK) if is_insertion(child) else [child["text"]]
            for number, piece in enumerate(pieces):
                if number:
                    lines.append([])
                if piece:
                    add_text(lines[-1], _without_deletion({**child, "text": piece}))
    if lines == [[]] and not _joins(block):
        return []
    kept = {key: value for key, value in block.items() if key != "content"}
    later = {"type": "paragraph"} if block.get("type") == "heading" else kept
    shapes = [kept, *(later for _line in lines[1:])]
    return [{**shape, "content": line} for shape, line in zip(shapes, lines, strict=True)]


def _innermost(node: Node) -> Node:
    while node.get("type") in _WRAPS and node.get("content"):
        node = node["content"][0]
    return node


def _is_deletion(text: Node) -> bool:
    return any(mark.get("type") == DELETION for mark in text.get("marks", ()) if isinstance(mark, dict))


def _is_ours(mark: object) -> bool:
    return isinstance(mark, dict) and mark.get("type") in (INSERTION, DELETION)


def _without_deletion(text: Node) -> Node:
    marks = [mark for mark in text.get("marks", ()) if not _is_ours(mark)]
    rest = {key: value for key, value in text.items() if key != "marks"}
    return {**rest, "marks": marks} if marks else rest


def add_text(content: list[Node], text: Node) -> None:
    """Add a text to the one before where they look the same: nothing tells any more that they were two."""
    last = content[-1] if content else None
    if last is not None and last.get("type") == "text" and last.get("marks") == text.get("marks"):
        content[-1] = {**last, "text": f"{last['text']}{text['text']}"}
    else:
        content.append(text)
