"""学生投入扫视: every two minutes one looks over the class once and counts who is off task, and how (forms.md 1).

The sheet (777doc 7459685; 360doc 259096442) has ten sweeps and nine kinds of being off task. 投入率 of a sweep is the share
of the pupils who were on task: (class - off task)/class; the mean of a lesson is that of its sweeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

SWEEPS = 10
EVERY_MS = 120_000
MOST_PUPILS = 120
KINDS = {
    "1": "闲聊", "2": "打瞌睡", "3": "白日梦", "4": "四处张望", "5": "做别的事", "6": "侵扰同学", "7": "引人注意",
    "8": "削笔、上厕所", "9": "其他",
}  # fmt: skip
WIDE, HIGH = 600, 160


@dataclass(frozen=True)
class Sweep:
    """One look over the class: a word for its moment, how many pupils there are, how many were off task in which way.

    `start_ms` is its moment on the recording, None where it was counted in the classroom and has no place there.
    """

    moment: str
    pupils: int
    counts: Mapping[str, int]
    start_ms: int | None = None
    id: int | None = None

    @property
    def off_task(self) -> int:
        return sum(self.counts.values())

    @property
    def rate(self) -> float:
        """投入率, 0 to 1."""
        return (self.pupils - self.off_task) / self.pupils


@dataclass(frozen=True)
class SweepSummary:
    """What the sweeps of one observer come to; rates 0 to 1, None of nothing. `kinds`: word, count, share of all off task."""

    count: int
    mean_rate: float | None
    lowest: float | None
    kinds: tuple[tuple[str, int, float], ...]


def summary_of(sweeps: Sequence[Sweep]) -> SweepSummary:
    """Return the figures of one observer's sweeps."""
    rates = [sweep.rate for sweep in sweeps]
    counts = {kind: sum(sweep.counts.get(kind, 0) for sweep in sweeps) for kind in KINDS}
    whole = sum(counts.values())
    kinds = tuple((word, counts[kind], counts[kind] / whole if whole else 0.0) for kind, word in KINDS.items())
    return SweepSummary(len(sweeps), mean(rates) if rates else None, min(rates, default=None), kinds)


def rate_points(sweeps: Sequence[Sweep]) -> list[tuple[float, float, Sweep]]:
    """Return where the sweeps stand on the chart: evenly side by side, 投入率 upwards from 0 to 1."""
    room = max(len(sweeps), SWEEPS)
    return [
        (round(WIDE * (at + 0.5) / room, 1), round(HIGH * (1 - sweep.rate), 1), sweep)
        for at, sweep in enumerate(sweeps)
    ]
