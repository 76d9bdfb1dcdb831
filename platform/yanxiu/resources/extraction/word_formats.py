"""What changes between two formats of a paragraph of a Word file, as the editor's suggestions say it. Runs in the child."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]
_BOXES = ("☑", "☐")


def changes_between(old: Block, new: Block) -> dict[str, Block]:
    """What comes in the place of what, by the names of the editor's attributes: kind, side and list of a paragraph."""
    found: dict[str, Block] = {}
    rank, before = _rank(new), _rank(old)
    if rank != before:
        found["reshape"] = {"type": "heading", "level": rank} if rank else {"type": "paragraph"}
    side, was = _side(new), _side(old)
    if side != was:
        found["realign"] = {"align": side, "was": was}
    place, stood = _place(new), _place(old)
    if place != stood:
        found["relist"] = {**place, "was": stood}
    return found


def as_task(block: Block, content: list[Block]) -> None:
    """Where somebody put a box before the words of a paragraph, or took it out, it would be a task, or one no more."""
    first = content[0] if content else {}
    marks = [mark for mark in first.get("marks", ()) if mark["type"] in ("insertion", "deletion")]
    if str(first.get("text", "")).strip() not in _BOXES or len(marks) != 1:
        return
    [mark] = marks
    attrs = block.setdefault("attrs", {})
    change = attrs.setdefault("relist", {**mark["attrs"], "list": "", "level": 0, "was": _place(block)})
    if mark["type"] == "insertion":
        del content[0]
        change.update(list="taskList", level=change["was"]["level"])
    else:
        content[0] = {**first, "marks": [each for each in first["marks"] if each is not mark]}
        change["was"] = {"list": "taskList", "level": 0}


def _rank(block: Block) -> int:
    """The rank that a heading has in a plan; 0 is a paragraph."""
    heading = int(block.get("heading", 0))
    return heading and (4 if heading > 3 else 3)


def _side(block: Block) -> str:
    return str(block.get("attrs", {}).get("textAlign", "left"))


def _place(block: Block) -> Block:
    """The list, as the editor knows it: a heading with a number is none of an item."""
    if "list" not in block or "heading" in block:
        return {"list": "", "level": 0}
    kind, level = block["list"][:2]
    return {"list": kind, "level": level}
