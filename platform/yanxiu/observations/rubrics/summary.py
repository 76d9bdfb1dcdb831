"""Several evaluations of one lesson side by side: means per line, per criterion and of the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.observations.models import Evaluation
from yanxiu.observations.rubrics.scoring import Sheet, band_of, criterion_points


@dataclass(frozen=True)
class CriterionRow:
    """Points of one criterion: the mean and each observer's, in the order of the evaluations."""

    title: str
    weight: int
    mean: float
    points: tuple[float, ...]


@dataclass(frozen=True)
class Summary:
    """What a group of observers made of a lesson; only evaluations on the same version of a rubric are compared."""

    name: str
    mean: float
    band: str
    rows: tuple[CriterionRow, ...]
    evaluations: tuple[Evaluation, ...]
    left_out: int

    @property
    def count(self) -> int:
        return len(self.evaluations)


def summarize(evaluations: Sequence[Evaluation]) -> Summary:
    """Return means over the submitted evaluations that use the rubric version most of them use."""
    used = [evaluation.version_id for evaluation in evaluations]
    common = max(dict.fromkeys(used), key=used.count)
    compared = tuple(evaluation for evaluation in evaluations if evaluation.version_id == common)
    version = compared[0].version
    mean = sum(evaluation.total or 0 for evaluation in compared) / len(compared) / 100
    rows = _rows(version.sheet, compared)
    left_out = len(evaluations) - len(compared)
    return Summary(version.template.name, mean, band_of(version.sheet, mean), rows, compared, left_out)


def _rows(sheet: Sheet, evaluations: Sequence[Evaluation]) -> tuple[CriterionRow, ...]:
    rows = []
    values = [evaluation.values() for evaluation in evaluations]
    for criterion in sheet.criteria:
        points = tuple(criterion_points(sheet, criterion, scores) or 0.0 for scores in values)
        rows.append(CriterionRow(criterion.title, criterion.weight, sum(points) / len(points), points))
    return tuple(rows)
