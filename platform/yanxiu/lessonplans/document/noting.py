"""What of 修订 a Word file cannot hold as a change of its own: said in words, to stand there as a comment of whoever suggests
it. Pure.

Word tracks cells that are merged downwards (`w:cellMerge`), no others and none that are split; of cells below that hold
words it would hide these. It tracks the format of a paragraph for one hand (`w:pPrChange`). Of a row it tracks that it is one of
headings, of no cell; and it knows no tasks.
"""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.lessonplans.document.formats import FORMATS, LINES, REALIGN, RELIST, RESHAPE, relist_of, suggested
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.regridding import GRID, SPLIT, Group, groups_in, is_bare, without
from yanxiu.lessonplans.document.switching import HEADER, TICK, switch_of
from yanxiu.lessonplans.document.tables import CELLS

NOTES, MERGED = "notes", "merged"
"""Attributes of a node that only a file is made of: `Note`s, and `Merged`. What is stored can say neither: it is JSON."""
_SIDES = {"left": "左对齐", "center": "居中", "right": "右对齐", "justify": "两端对齐"}
_LISTS = {"bulletList": "项目列表", "orderedList": "编号列表", "taskList": "任务列表"}


@dataclass(frozen=True)
class Note:
    """What somebody suggests, in words; `at` in milliseconds since 1970, 0 where nobody knows."""

    name: str
    at: int
    text: str


@dataclass(frozen=True)
class Merged:
    """What a cell is of those that would be one: the first (`rest`, as Word calls it), or one below it (`cont`)."""

    change: Node
    part: str


def noted(node: Node) -> Node:
    """The node with notes in the place of what a file cannot hold."""
    if "content" not in node and node.get("type") not in LINES:
        return node
    made = {**node, "content": [noted(child) for child in node["content"]]} if "content" in node else node
    if made.get("type") == "taskItem":
        return _task(made)
    if made.get("type") == "table":
        return _table(made)
    return _line(made) if made.get("type") in LINES else made


def _line(line: Node) -> Node:
    """A paragraph that keeps the format that was suggested first, with all that the same hand suggests for it."""
    changes = {kind: change for kind in FORMATS if (change := _format(line, kind)) is not None}
    hands = list(dict.fromkeys(_hand(change) for change in changes.values()))
    if len(hands) < 2:
        return line
    first = _hand(min(changes.values(), key=_moment))
    notes: list[Note] = []
    for hand in hands:
        found = {kind: change for kind, change in changes.items() if _hand(change) == hand}
        if hand != first:
            words = "、".join(_format_name(kind, change) for kind, change in found.items())
            notes.append(_note(next(iter(found.values())), words))
            line = without(line, *found)
    return _with_attrs(line, {NOTES: tuple(notes)})


def _task(item: Node) -> Node:
    """A task that would be none says so by its box, which goes: what is done is a character in Word. One that would be done,
    or not, says so in a note.
    """
    tick = switch_of(item, TICK)
    item = without(item, TICK) if tick is not None else item
    line, *others = item["content"]
    if tick is not None:
        line = _with_note(line, _note(tick, "这一项任务勾选完成" if tick["on"] else "这一项任务取消勾选"))
        item = {**item, "content": [line, *others]}
    change = relist_of(line)
    if change is None or change.get("list") == "taskList":
        return item
    box = "☑ " if (item.get("attrs") or {}).get("checked") is True else "☐ "
    sign: Node = {"type": "text", "text": box, "marks": [{"type": "deletion", "attrs": change}]}
    return {**item, "content": [{**line, "content": [sign, *line.get("content", ())]}, *others]}


def _format(line: Node, kind: str) -> Node | None:
    return relist_of(line) if kind == RELIST else suggested(line, kind)


def _hand(change: Node) -> tuple[object, object]:
    return change.get("author"), change.get("name")


def _moment(change: Node) -> int:
    at = change.get("at")
    return at if isinstance(at, int) else 0


def _table(table: Node) -> Node:
    """A table whose cells say what Word holds about them, and the first of others what it does not."""
    said: dict[tuple[int, int], Node] = {}
    rows = table["content"]
    for group in groups_in(table):
        if _is_words_own(rows, group):
            said |= {place: {MERGED: Merged(group.change, "cont")} for place in group.cells[1:]}
            said[group.cells[0]] = {MERGED: Merged(group.change, "rest")}
        else:
            shape = f"{group.rect.high} 行 {group.rect.wide} 列"
            said[group.cells[0]] = {NOTES: (_note(group.change, f"从这一格起，把 {shape}的格子合并成一格"),)}
    headings = _headings(rows)
    made = []
    for at, row in enumerate(rows):
        cells = [
            _with_note(_cell(cell, said.get((at, n), {})), headings.get((at, n)))
            for n, cell in enumerate(row.get("content", ()))
        ]
        made.append({**row, "content": cells})
    return {**table, "content": made}


def _cell(cell: Node, said: Node) -> Node:
    split = suggested(cell, SPLIT) if cell.get("type") in CELLS else None
    if split is not None:
        attrs = cell.get("attrs") or {}
        count = int(attrs.get("colspan", 1)) * int(attrs.get("rowspan", 1))
        said = {**said, NOTES: (*said.get(NOTES, ()), _note(split, f"把这一格拆成 {count} 格"))}
    return _with_attrs(without(cell, *GRID), said) if said or split else without(cell, *GRID)


def _headings(rows: list[Node]) -> dict[tuple[int, int], Note]:
    """What stands at the first cell of those that would be headings, or would be none any more."""
    found: dict[str, list[tuple[int, int, Node]]] = {}
    for at, row in enumerate(rows):
        for n, cell in enumerate(row.get("content", ())):
            change = switch_of(cell, HEADER) if cell.get("type") in CELLS else None
            if change is not None:
                found.setdefault(change["id"], []).append((at, n, change))
    return {
        (at, n): _note(change, f"从这一格起，{len(cells)} 格{'作表头' if change['on'] else '不作表头'}")
        for cells in found.values()
        for at, n, change in cells[:1]
    }


def _is_words_own(rows: list[Node], group: Group) -> bool:
    """Whether Word can take the merge of cells of one column, one in a row, the lower ones empty."""
    cells = [rows[at]["content"][n] for at, n in group.cells]
    attrs = [cell.get("attrs") or {} for cell in cells]
    plain = [each.get("rowspan", 1) == 1 and not each.get("insertion") and not each.get("deletion") for each in attrs]
    in_rows = [at for at, _n in group.cells] == list(range(group.rect.top, group.rect.bottom))
    return group.is_whole and in_rows and len(cells) > 1 and all(plain) and all(map(is_bare, cells[1:]))


def _with_attrs(node: Node, attrs: Node) -> Node:
    return {**node, "attrs": {**(node.get("attrs") or {}), **attrs}}


def _with_note(node: Node, note: Note | None) -> Node:
    """The node with one more note, if there is one."""
    return node if note is None else _with_attrs(node, {NOTES: (*(node.get("attrs") or {}).get(NOTES, ()), note)})


def _note(change: Node, words: str) -> Note:
    text = f"修订建议：{words}。（Word 记不下这一处修订，写成批注）"
    return Note(str(change.get("name", "")), _moment(change), text)


def _format_name(kind: str, change: Node) -> str:
    """What a suggestion makes of a paragraph, in words, as `formats.js` says it."""
    if kind == RESHAPE:
        heading = "改成四级标题" if change.get("level") == 4 else "改成小标题"
        return heading if change.get("type") == "heading" else "改成正文"
    if kind == REALIGN:
        return _SIDES.get(str(change.get("align")), "")
    old = change.get("was")
    was = old if isinstance(old, dict) else {}
    if not change.get("list"):
        return "不列成列表"
    words = [] if change["list"] == was.get("list") else [_LISTS[change["list"]]]
    level, stood = change["level"], was.get("level")
    if was.get("list") and isinstance(stood, int) and level != stood:
        words.append("缩进一级" if level > stood else "退回一级")
    return "、".join(words)
