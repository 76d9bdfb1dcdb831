"""What two sequences have in common, in bounded time. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

Step = tuple[str, int, int, int, int]

MOST_UNITS = 3000
"""Of more, only what both begin and end with is told."""
MOST_MEETINGS = 300_000
"""The same for pairs of equal units: all of them are looked at, and a text of one word repeated has its square."""


def steps_between(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    """How `old` becomes `new`, as `SequenceMatcher.get_opcodes` says it."""
    if max(len(old), len(new)) > MOST_UNITS or _meetings(old, new) > MOST_MEETINGS:
        return _middle_replaced(old, new)
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _meetings(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(count * counts[unit] for unit, count in Counter(old).items())


def _middle_replaced(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    i, j = len(old) - tail, len(new) - tail
    tag = "replace" if head < i and head < j else "delete" if head < i else "insert"
    steps = [("equal", 0, head, 0, head), (tag, head, i, head, j), ("equal", i, len(old), j, len(new))]
    return [step for step in steps if step[1] < step[2] or step[3] < step[4]]
