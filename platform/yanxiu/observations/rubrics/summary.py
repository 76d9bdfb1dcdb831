"""Several evaluations of one lesson side by side: means per line, per criterion and of the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from yanxiu.observations.instruments.agreement import (
    Intraclass,
    band_of,
    interval,
    intraclass,
    krippendorff_alpha,
    table_of,
    weighted_kappa,
)
from yanxiu.observations.models import Evaluation
from yanxiu.observations.rubrics.scoring import Sheet, criterion_points, mean_of
from yanxiu.observations.rubrics.scoring import band_of as band_of_total

LEAST_LINES = 10
"""An intraclass correlation over fewer lines is noise (observation.md 1.8)."""


@dataclass(frozen=True)
class CriterionRow:
    """Points of one criterion: the mean and each observer's, in the order of the evaluations."""

    title: str
    weight: int
    mean: float
    points: tuple[float, ...]


@dataclass(frozen=True)
class Closeness:
    """How near the observers' judgements lie, on the levels of the scale: `n` pairs of scores of one line, the share alike, the
    share within a level; and what is left of it beyond chance.

    `weighted` is κ with linear weights, of more than two observers the mean over their pairs (Light 1971); `alpha` that of
    Krippendorff with the distance of an interval scale, over `lines` lines. None: not defined, as where all gave one level.
    `icc` asks for `LEAST_LINES` lines: for one lesson with a few of them it is noise (observation.md 1.8).
    """

    n: int
    alike: float
    near: float
    lines: int
    weighted: float | None
    alpha: float | None
    icc: Intraclass | None

    @property
    def weighted_band(self) -> str:
        return band_of(self.weighted)


@dataclass(frozen=True)
class Summary:
    """What a group of observers made of a lesson; only evaluations on the same version of a rubric are compared."""

    name: str
    mean: float
    band: str
    rows: tuple[CriterionRow, ...]
    evaluations: tuple[Evaluation, ...]
    left_out: int
    closeness: Closeness | None = None

    @property
    def count(self) -> int:
        return len(self.evaluations)


def summarize(evaluations: Sequence[Evaluation]) -> Summary:
    """Return means over the submitted evaluations that use the rubric version most of them use."""
    used = [evaluation.version_id for evaluation in evaluations]
    common = max(dict.fromkeys(used), key=used.count)
    compared = tuple(evaluation for evaluation in evaluations if evaluation.version_id == common)
    version = compared[0].version
    mean = mean_of(version.sheet, [(evaluation.total or 0) / 100 for evaluation in compared])
    rows = _rows(version.sheet, compared)
    left_out = len(evaluations) - len(compared)
    return Summary(
        version.template.name,
        mean,
        band_of_total(version.sheet, mean),
        rows,
        compared,
        left_out,
        closeness_of(compared),
    )


def closeness_of(evaluations: Sequence[Evaluation]) -> Closeness | None:
    """Compare the observers two by two, line by line; None where there is only one."""
    if len(evaluations) < 2:
        return None
    sheet = evaluations[0].version.sheet
    steps = {value: step for step, value in enumerate(sorted(level.value for level in sheet.scale))}
    given = [{key: steps[value] for key, value in one.values().items() if key in sheet.keys} for one in evaluations]
    lines = sorted(set.intersection(*(set(one) for one in given)))
    if not lines:
        return None
    table = [[one[key] for one in given] for key in lines]
    pairs = [(row[i], row[j]) for row in table for i, j in combinations(range(len(given)), 2)]
    apart = [abs(one - other) for one, other in pairs]
    return Closeness(
        len(pairs),
        apart.count(0) / len(pairs),
        sum(step <= 1 for step in apart) / len(pairs),
        len(lines),
        _mean_weighted(table, len(steps)),
        krippendorff_alpha(table, interval),
        intraclass(table) if len(lines) >= LEAST_LINES else None,
    )


def _mean_weighted(table: Sequence[Sequence[int]], levels: int) -> float | None:
    """Return the mean of weighted κ over the pairs of observers (columns) for which it is defined."""
    found = [
        weighted_kappa(table_of([(row[i], row[j]) for row in table], range(levels)))
        for i, j in combinations(range(len(table[0])), 2)
    ]
    known = [one for one in found if one is not None]
    return sum(known) / len(known) if known else None


def _rows(sheet: Sheet, evaluations: Sequence[Evaluation]) -> tuple[CriterionRow, ...]:
    rows = []
    values = [evaluation.values() for evaluation in evaluations]
    for criterion in sheet.criteria:
        points = tuple(criterion_points(sheet, criterion, scores) or 0.0 for scores in values)
        rows.append(CriterionRow(criterion.title, criterion.weight, sum(points) / len(points), points))
    return tuple(rows)
