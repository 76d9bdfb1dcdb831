"""What changes between two formats of a paragraph of a Word file, as the editor's suggestions say it. Runs in the child."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


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
