"""Several evaluations of one lesson side by side: means per line, per criterion and of the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from yanxiu.observations.models import Evaluation
from yanxiu.observations.rubrics.scoring import Sheet, band_of, criterion_points, mean_of


@dataclass(frozen=True)
class CriterionRow:
    """Points of one criterion: the mean and each observer's, in the order of the evaluations."""

    title: str
    weight: int
    mean: float
    points: tuple[float, ...]


@dataclass(frozen=True)
class Closeness:
    """How near the observers' judgements lie: `n` pairs of scores of one line, the share alike, the share within a level.

    For one lesson with a few lines an intraclass correlation is noise, so these are shown instead (observation.md 1.8).
    """

    n: int
    alike: float
    near: float


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
        version.template.name, mean, band_of(version.sheet, mean), rows, compared, left_out, closeness_of(compared)
    )


def closeness_of(evaluations: Sequence[Evaluation]) -> Closeness | None:
    """Compare the observers two by two, line by line; None where there is only one."""
    if len(evaluations) < 2:
        return None
    sheet = evaluations[0].version.sheet
    steps = {value: step for step, value in enumerate(sorted(level.value for level in sheet.scale))}
    apart = [
        abs(steps[one[key]] - steps[other[key]])
        for one, other in combinations([evaluation.values() for evaluation in evaluations], 2)
        for key in sheet.keys & one.keys() & other.keys()
    ]
    if not apart:
        return None
    return Closeness(len(apart), apart.count(0) / len(apart), sum(step <= 1 for step in apart) / len(apart))


def _rows(sheet: Sheet, evaluations: Sequence[Evaluation]) -> tuple[CriterionRow, ...]:
    rows = []
    values = [evaluation.values() for evaluation in evaluations]
    for criterion in sheet.criteria:
        points = tuple(criterion_points(sheet, criterion, scores) or 0.0 for scores in values)
        rows.append(CriterionRow(criterion.title, criterion.weight, sum(points) / len(points), points))
    return tuple(rows)
