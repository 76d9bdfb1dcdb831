"""Radar and dot plot of several evaluations, as numbers for SVG; their figures stand in the table of the same page.

Both show shares of the points a criterion can bring, 0 to 1, so that criteria of different weight can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from yanxiu.observations.rubrics.summary import CriterionRow, Summary

RADIUS = 100
CENTER_X, CENTER_Y = 190, 150
"""The viewBox is 380 by 300, so that names of criteria have room beside the circle."""
RINGS = (0.25, 0.5, 0.75, 1.0)
FEWEST_AXES, MOST_AXES = 3, 12
"""Two axes make no surface; more than twelve cannot be read."""
MOST_TOLD_APART = 6
LABEL_LENGTH = 8
DOT, ROW, LEFT, WIDTH = 7, 34, 115, 260
"""Of the dot plot: distance of dots of the same value, height of a row, where the scale begins, and how long it is."""


@dataclass(frozen=True)
class Spoke:
    """An axis: its end, and where the name of its criterion stands (`anchor` as SVG has it)."""

    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    name: str


@dataclass(frozen=True)
class Radar:
    """Rings and surfaces as the `points` of polygons; `people` in the order of the evaluations."""

    rings: tuple[str, ...]
    spokes: tuple[Spoke, ...]
    mean: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Dot:
    """One observer's judgement of one criterion; `number` counts observers from 1, 0 where they are too many to tell apart."""

    x: float
    y: float
    number: int
    words: str


@dataclass(frozen=True)
class DotRow:
    """A criterion: its line, the mean, and a dot for each observer."""

    name: str
    full_name: str
    y: float
    mean_x: float
    dots: tuple[Dot, ...]


def radar_of(summary: Summary) -> Radar | None:
    """Return the radar; None where there are too few or too many criteria for one."""
    rows = _weighted(summary)
    count = len(rows)
    if not FEWEST_AXES <= count <= MOST_AXES:
        return None
    told = range(min(summary.count, MOST_TOLD_APART))
    return Radar(
        tuple(_polygon([ring] * count) for ring in RINGS),
        tuple(_spoke(at, count, row.title) for at, row in enumerate(rows)),
        _polygon([row.mean / row.weight for row in rows]),
        tuple(_polygon([row.points[person] / row.weight for row in rows]) for person in told),
    )


def dots_of(summary: Summary) -> list[DotRow]:
    """Return the rows of the dot plot; dots of the same value stand above one another, so that none hides another."""
    names = [evaluation.observer.name for evaluation in summary.evaluations]
    apart = summary.count <= MOST_TOLD_APART
    return [_dot_row(at, row, names, apart=apart) for at, row in enumerate(_weighted(summary))]


def _weighted(summary: Summary) -> list[CriterionRow]:
    """A criterion without weight brings no points: it has no share."""
    return [row for row in summary.rows if row.weight > 0]


def _at(share: float, at: int, count: int) -> tuple[float, float]:
    """The first axis points upwards, the others follow clockwise."""
    angle = 2 * pi * at / count - pi / 2
    return CENTER_X + RADIUS * share * cos(angle), CENTER_Y + RADIUS * share * sin(angle)


def _polygon(shares: Sequence[float]) -> str:
    corners = (_at(share, at, len(shares)) for at, share in enumerate(shares))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def _spoke(at: int, count: int, title: str) -> Spoke:
    x, y = _at(1, at, count)
    label_x, label_y = _at(1.12, at, count)
    aside = label_x - CENTER_X
    anchor = "middle" if abs(aside) < RADIUS / 10 else ("start" if aside > 0 else "end")
    return Spoke(round(x, 1), round(y, 1), round(label_x, 1), round(label_y + 4, 1), anchor, _short(title))


def _dot_row(at: int, row: CriterionRow, names: Sequence[str], *, apart: bool) -> DotRow:
    middle = ROW * (at + 0.5)
    seen: dict[float, int] = {}
    dots = []
    for number, (name, points) in enumerate(zip(names, row.points, strict=True), 1):
        x = round(LEFT + WIDTH * points / row.weight, 1)
        seen[x] = seen.get(x, 0) + 1
        # Up and down in turn: 0, -1, +1, -2, … and closer once a row is full.
        step = (seen[x] // 2) * (1 if seen[x] % 2 else -1)
        y = middle + max(-ROW / 2 + 4, min(ROW / 2 - 4, step * DOT))
        dots.append(Dot(x, y, number if apart else 0, f"{name}：{row.title} {points:.1f} / {row.weight}"))
    mean_x = round(LEFT + WIDTH * row.mean / row.weight, 1)
    return DotRow(_short(row.title), row.title, middle, mean_x, tuple(dots))


def _short(title: str) -> str:
    return title if len(title) <= LABEL_LENGTH else f"{title[: LABEL_LENGTH - 1]}…"
