"""Two people changed the same text: what each of them did is brought together, or nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class _Edit:
    """Lines `start` to `end` (without) of the text before became `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]

    def meets(self, other: _Edit) -> bool:
        """Whether the two touch the same place; two additions at one place do not, both can stay."""
        if self.start == self.end == other.start == other.end:
            return False
        return self.start <= other.end and other.start <= self.end


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Return the text with both changes, line by line; None where both changed the same lines.

    What both added at the same place stands below one another, theirs first.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    before = _lines(base)
    my_edits, their_edits = _edits(before, _lines(mine)), _edits(before, _lines(theirs))
    if any(edit.meets(other) for edit in my_edits for other in their_edits):
        return None
    # From the end, so that places before stay where they are; of two at one place mine goes in first and theirs above it.
    placed = [(edit.start, 1, edit) for edit in my_edits] + [(edit.start, 0, edit) for edit in their_edits]
    for _start, _whose, edit in sorted(placed, key=lambda item: item[:2], reverse=True):
        before[edit.start : edit.end] = edit.lines
    return "\n".join(before)


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _edits(before: list[str], after: list[str]) -> list[_Edit]:
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [_Edit(i1, i2, tuple(after[j1:j2])) for tag, i1, i2, j1, j2 in codes if tag != "equal"]
