"""Where the points of the charts stand, as numbers for SVG. Every chart has its figures in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from yanxiu.observations.instruments.labels import Windows
from yanxiu.observations.instruments.sampling import Span, coded_spans
from yanxiu.observations.instruments.schemes import Scheme

SIDE = 240
"""The inner side of a square chart, in units of its viewBox."""
HEATS = 5
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Axis:
    """An axis from 0 to `most` with its marks: place in units and the word there."""

    most: float
    marks: tuple[tuple[float, str], ...]


def minutes_axis(minutes: float) -> Axis:
    """Return an axis in minutes that holds the lesson, with at most six marks."""
    step = next((s for s in (0.25, 0.5, 1, 2, 5, 10, 15, 30) if minutes / s <= 6), 60)
    count = max(1, ceil(minutes / step - 1e-9))
    most = step * count
    return Axis(most, tuple((SIDE * at / count, f"{step * at:g}") for at in range(count + 1)))


def path_points(path: Sequence[tuple[float, float]], most: float) -> str:
    """Return the corners of an S-T path for a polyline; y grows upwards. Corners of straight runs are left out."""
    corners = [
        point for at, point in enumerate(path) if at in (0, len(path) - 1) or _turns(path[at - 1], point, path[at + 1])
    ]
    return " ".join(f"{x / most * SIDE:.1f},{SIDE - y / most * SIDE:.1f}" for x, y in corners)


def _turns(before: tuple[float, float], here: tuple[float, float], behind: tuple[float, float]) -> bool:
    return (here[0] - before[0]) * (behind[1] - here[1]) != (here[1] - before[1]) * (behind[0] - here[0])


def heat(count: int, most: int) -> int:
    """Return how warm a cell of the matrix is, 0 (none) to `HEATS`."""
    return 0 if not count or not most else max(1, ceil(HEATS * count / most))


@dataclass(frozen=True)
class Minute:
    """How the codes share a minute (or the rest of one): per code its share of what is coded, in percent."""

    start_ms: int
    shares: tuple[tuple[str, float], ...]


def minutes_of(spans: Sequence[Span], scheme: Scheme) -> list[Minute]:
    """Return the share of each group of codes in every minute, for the curve and its table."""
    counted = coded_spans(spans)
    if not counted:
        return []
    groups = scheme.group_keys
    found = []
    for start in range(0, counted[-1].end_ms, MINUTE_MS):
        held = dict.fromkeys(groups, 0)
        for span in counted:
            common = min(span.end_ms, start + MINUTE_MS) - max(span.start_ms, start)
            if common > 0:
                held[scheme.group(span.code)] += common
        whole = sum(held.values())
        found.append(Minute(start, tuple((group, 100 * held[group] / whole if whole else 0.0) for group in groups)))
    return found


def minutes_of_windows(scheme: Scheme, windows: Windows, interval_ms: int) -> list[Minute]:
    """Return for each window how its codes are shared among the groups, in percent of the codes it has."""
    found = []
    for number, codes in windows.items():
        held = dict.fromkeys(scheme.group_keys, 0)
        for code in codes:
            held[scheme.group(code)] += 1
        whole = sum(held.values())
        shares = tuple((group, 100 * count / whole if whole else 0.0) for group, count in held.items())
        found.append(Minute(number * interval_ms, shares))
    return found
