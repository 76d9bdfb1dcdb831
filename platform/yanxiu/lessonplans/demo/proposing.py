"""修订 in the sample plan 《景阳冈》: what a colleague proposes and nobody has decided on yet."""

from __future__ import annotations

from datetime import datetime

from yanxiu.accounts.models import User
from yanxiu.lessonplans.document.formats import REALIGN, RELIST
from yanxiu.lessonplans.document.nodes import Node, paragraph
from yanxiu.lessonplans.document.regridding import MERGE
from yanxiu.lessonplans.document.sections import sections_of, with_section
from yanxiu.lessonplans.document.suggesting import DELETION, INSERTION
from yanxiu.lessonplans.document.switching import HEADER
from yanxiu.lessonplans.document.templates import process_table

_OLD, _NEW = "讲到三分钟左右", "讲两分钟，听的人能复述一个细节"
_GOES = "小结延伸"
_STEP = (
    "互评互学",
    "每组推一位上台讲，其余学生对照评价表说一条优点、一条建议。",
    "听讲、打星，用“我听到了……，如果……会更好”发言。",
    "让听的人也有任务，评价表用到实处。",
    "5 分钟",
)
_COLUMN = ("评价要点", "排对顺序", "动作词找全", "讲清一个细节", "会听、会评", "话有依据", "")
"""What would stand beside each row of the table, the one that would come included."""


def proposed(document: Node, user: User, at: datetime) -> Node:
    """The plan with other words in a goal, a row and a column that would come, a row that would go, two cells that would be
    one, a column that would be headings, paragraphs that would be a list and one that would stand in the middle, each to
    be decided on.
    """

    def change(number: int) -> Node:
        return {"id": f"demo-{number}", "author": user.id, "name": user.name, "at": int(at.timestamp()) * 1000}

    have = sections_of(document)
    goals = _reworded(have["goals"], change(1))
    table = next(block for block in have["process"]["content"] if block["type"] == "table")
    row = process_table(_STEP)["content"][1]
    rows = [_going(each, change(3)) for each in table["content"]]
    rows[1:] = [_with_heading(each, {**change(8), "on": True}) for each in rows[1:]]
    rows.insert(4, {**row, "attrs": {INSERTION: change(2)}})
    rows = [_with_cell(each, words, change(6)) for each, words in zip(rows, _COLUMN, strict=True)]
    rows[1:3] = [_with_merged(each, change(7)) for each in rows[1:3]]
    process = {**have["process"], "content": [{**table, "content": rows}]}
    counted = {RELIST: {**change(4), "list": "orderedList", "level": 0, "was": {"list": "", "level": 0}}}
    centered = {REALIGN: {**change(5), "align": "center", "was": "left"}}
    changed = {
        "goals": goals,
        "process": process,
        "learners": _with_attrs(have["learners"], counted),
        "basics": _with_attrs(have["basics"], centered),
    }
    for key, section in changed.items():
        document = with_section(document, key, section)
    return document


def _with_attrs(section: Node, attrs: Node) -> Node:
    content = [{**block, "attrs": {**block.get("attrs", {}), **attrs}} for block in section["content"]]
    return {**section, "content": content}


def _with_cell(row: Node, words: str, change: Node) -> Node:
    """The row with another cell before its last one."""
    *cells, last = row["content"]
    attrs = {"colspan": 1, "rowspan": 1, INSERTION: change}
    made = {"type": last["type"], "attrs": attrs, "content": [paragraph(words)]}
    return {**row, "content": [*cells, made, last]}


def _with_merged(row: Node, change: Node) -> Node:
    """The row, the cell beside the new column's to be one with those of other rows."""
    *cells, cell, new, last = row["content"]
    return {**row, "content": [*cells, {**cell, "attrs": {**cell["attrs"], MERGE: change}}, new, last]}


def _with_heading(row: Node, change: Node) -> Node:
    """The row, its first cell to be a heading."""
    first, *cells = row["content"]
    return {**row, "content": [{**first, "attrs": {**first["attrs"], HEADER: change}}, *cells]}


def _reworded(node: Node, change: Node) -> Node:
    content: list[Node] = []
    for child in node.get("content", ()):
        before, found, after = str(child.get("text", "")).partition(_OLD)
        if not found:
            content.append(_reworded(child, change) if "content" in child else child)
            continue
        parts = ((before, ()), (_OLD, (DELETION,)), (_NEW, (INSERTION,)), (after, ()))
        content += [_text(words, change, kinds) for words, kinds in parts if words]
    return {**node, "content": content}


def _text(words: str, change: Node, kinds: tuple[str, ...]) -> Node:
    marks = [{"type": kind, "attrs": change} for kind in kinds]
    return {"type": "text", "text": words, **({"marks": marks} if marks else {})}


def _going(row: Node, change: Node) -> Node:
    first = row["content"][0]["content"][0].get("content") or [{}]
    return {**row, "attrs": {DELETION: change}} if first[0].get("text") == _GOES else row
