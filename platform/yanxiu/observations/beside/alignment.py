"""Which moments of two lessons belong together. Pure; all times are milliseconds of media time.

An anchor says that a phase begins here in one lesson and there in the other. Between anchors both films run side by side, so
the offset is constant by pieces (observation.md 3d); where the phase of the following film is the shorter one, it waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.core.titles import bare
from yanxiu.observations.models import PhaseKind, Segment

SAME_NAME, SAME_KIND = 3, 1
"""Two phases of the same name belong together rather than two of the same kind, and three pairs of a kind as much as one name."""


@dataclass(frozen=True)
class Anchor:
    """What begins at `left_ms` of one lesson and at `right_ms` of the other."""

    left_ms: int
    right_ms: int
    label: str

    @property
    def turned(self) -> Anchor:
        return Anchor(self.right_ms, self.left_ms, self.label)


@dataclass(frozen=True)
class Row:
    """A phase of one lesson or of both."""

    left: Segment | None
    right: Segment | None

    @property
    def label(self) -> str:
        names = dict.fromkeys(one.label for one in (self.left, self.right) if one is not None)
        return " / ".join(names)

    @property
    def left_ms(self) -> int:
        return length_of(self.left)

    @property
    def right_ms(self) -> int:
        return length_of(self.right)

    @property
    def difference_ms(self) -> int | None:
        """How much longer the phase is in the second lesson; None where only one has it."""
        return None if self.left is None or self.right is None else self.right_ms - self.left_ms


def length_of(segment: Segment | None) -> int:
    """Return how long a phase is."""
    return 0 if segment is None else segment.end_ms - segment.start_ms


def proposed(left: Sequence[Segment], right: Sequence[Segment]) -> list[Anchor]:
    """Return anchors where phases of both lessons have the same name, else the same kind, in the order of both.

    The heaviest common subsequence, by the usual table (Wagner, Fischer 1974); without any, both begin together.
    """
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in reversed(range(len(left))):
        for j in reversed(range(len(right))):
            paired = _likeness(left[i], right[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired and paired + best[i + 1][j + 1])
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        paired = _likeness(left[i], right[j])
        if paired and best[i][j] == paired + best[i + 1][j + 1]:
            found.append(Anchor(left[i].start_ms, right[j].start_ms, left[i].label))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found or [Anchor(0, 0, "开头")]


def _likeness(one: Segment, other: Segment) -> int:
    if bare(one.label) == bare(other.label):
        return SAME_NAME
    return SAME_KIND if one.kind == other.kind and one.kind != PhaseKind.OTHER else 0


def compared(left: Sequence[Segment], right: Sequence[Segment], anchors: Sequence[Anchor]) -> list[Row]:
    """Return the phases of both lessons in order, those together that an anchor joins."""
    rows, i, j = [], 0, 0
    for anchor in anchors:
        at, beside = _at(left, anchor.left_ms), _at(right, anchor.right_ms)
        if at is None or beside is None or at < i or beside < j:
            continue
        rows += [Row(one, None) for one in left[i:at]] + [Row(None, one) for one in right[j:beside]]
        rows.append(Row(left[at], right[beside]))
        i, j = at + 1, beside + 1
    return rows + [Row(one, None) for one in left[i:]] + [Row(None, one) for one in right[j:]]


def _at(segments: Sequence[Segment], moment: int) -> int | None:
    found = (number for number, one in enumerate(segments) if one.start_ms <= moment < one.end_ms)
    return next(found, None)
