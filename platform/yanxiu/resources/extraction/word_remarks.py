"""Comments and tracked changes of pieces that are put into another Word file. Runs in the child.

What the school noted beside its own layout is not about this plan: it makes room for what was said about the plan.
"""

from __future__ import annotations

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARTS = ("comments", "commentsExtended")
_OLD = ("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people")
_MARKS = ("commentRangeStart", "commentRangeEnd", "commentReference")
_CHANGES = ("ins", "del", "pPrChange", "cellIns", "cellDel")
_FIRST_CHANGE = 900_000


class Remarks:
    """Which comments were taken over, and how many changes."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._changes = _FIRST_CHANGE

    def number(self, source: Any, copy: Any) -> None:
        """Give changes numbers of their own. A block that is printed a second time comes without its comments."""
        for kind in _CHANGES:
            for change in copy.iter(f"{W}{kind}"):
                self._changes += 1
                change.set(f"{W}id", str(self._changes))
        if id(source) in self._seen:
            leave_comments(copy)
        self._seen.add(id(source))


def leave_comments(root: Any) -> None:
    """Take the marks of comments out."""
    for kind in _MARKS:
        for mark in [*root.iter(f"{W}{kind}")]:
            parent = mark.getparent()
            if kind == "commentReference" and parent.getparent() is not None:
                parent.getparent().remove(parent)
            else:
                parent.remove(mark)


def leave_comment_parts(parts: dict[str, bytes], relations: Any, types: Any) -> None:
    """Forget the parts that hold comments, and what leads to them."""
    for each in [*relations]:
        if str(each.get("Type", "")).rpartition("/")[2] in _OLD:
            parts.pop(f"word/{each.get('Target')}", None)
            relations.remove(each)
    for each in [*types]:
        if str(each.get("PartName", "")).removeprefix("/word/").removesuffix(".xml") in _OLD:
            types.remove(each)
