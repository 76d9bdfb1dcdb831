"""How far coders agree, beyond what chance gives. Written here, because the libraries are heavy or under the GPL.

Cohen 1960 (κ) and 1968 (weighted κ), Fleiss 1971, Krippendorff 2011 (α), Shrout and Fleiss 1979 (ICC). Where a figure is not
defined (both coders used one single code) it is None and shown as —. Percent agreement and n belong beside every one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import permutations

Table = Sequence[Sequence[float]]
BANDS = ((0.2, "极低"), (0.4, "一般"), (0.6, "中等"), (0.8, "较高"), (1.01, "很高"))
"""Landis and Koch 1977."""


@dataclass(frozen=True)
class Agreement:
    """n windows, the share coded alike, the share that chance would give, and κ."""

    n: int
    observed: float | None
    expected: float | None
    kappa: float | None

    @property
    def band(self) -> str:
        return band_of(self.kappa)


def band_of(value: float | None) -> str:
    """Return the word of Landis and Koch for a coefficient, none for one that is not defined."""
    return "" if value is None else next(word for limit, word in BANDS if value < limit)


def table_of(pairs: Sequence[tuple[Hashable, Hashable]], categories: Sequence[Hashable]) -> list[list[float]]:
    """Count pairs of codes: rows the first coder, columns the second."""
    counts = Counter(pairs)
    return [[float(counts[first, second]) for second in categories] for first in categories]


def agreement_of(table: Table) -> Agreement:
    """Return percent agreement and Cohen's κ = (po - pe)/(1 - pe)."""
    n = sum(map(sum, table))
    if not n:
        return Agreement(0, None, None, None)
    observed = sum(table[i][i] for i in range(len(table))) / n
    expected = sum(_row(table, i) * _column(table, i) for i in range(len(table))) / n**2
    kappa = None if expected >= 1 - 1e-12 else (observed - expected) / (1 - expected)
    return Agreement(round(n), observed, expected, kappa)


def linear(i: int, j: int) -> float:
    return abs(i - j)


def squared(i: int, j: int) -> float:
    return (i - j) ** 2


def weighted_kappa(table: Table, weight: Callable[[int, int], float] = linear) -> float | None:
    """Return 1 - Σw·o/Σw·e, where w says how bad a disagreement is (0 for none)."""
    n, size = sum(map(sum, table)), range(len(table))
    met = sum(weight(i, j) * table[i][j] for i in size for j in size)
    by_chance = sum(weight(i, j) * _row(table, i) * _column(table, j) for i in size for j in size)
    return None if not n or not by_chance else 1 - met * n / by_chance


def fleiss_kappa(counts: Table) -> float | None:
    """Return κ of a fixed panel; a row holds how many raters gave each category to one unit."""
    raters = sum(counts[0]) if counts else 0
    if raters < 2:
        return None
    agreed = [sum(k * (k - 1) for k in row) / (raters * (raters - 1)) for row in counts]
    shares = [_column(counts, j) / (len(counts) * raters) for j in range(len(counts[0]))]
    expected = sum(share**2 for share in shares)
    return None if expected >= 1 - 1e-12 else (sum(agreed) / len(agreed) - expected) / (1 - expected)


def nominal(a: Hashable, b: Hashable) -> float:
    return float(a != b)


def interval(a: float, b: float) -> float:
    return (a - b) ** 2


def krippendorff_alpha(
    units: Sequence[Sequence[Hashable | None]], distance: Callable[..., float] = nominal
) -> float | None:
    """Return α = 1 - Do/De for any number of coders; None in a unit is a gap, units with one value do not count."""
    counted = [[value for value in unit if value is not None] for unit in units]
    counted = [unit for unit in counted if len(unit) > 1]
    values = Counter(value for unit in counted for value in unit)
    n = sum(values.values())
    if n < 2:
        return None
    met = sum(sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in counted) / n
    by_chance = sum(values[a] * values[b] * distance(a, b) for a in values for b in values) / (n * (n - 1))
    return None if not by_chance else 1 - met / by_chance


@dataclass(frozen=True)
class Intraclass:
    """The coefficients of Shrout and Fleiss: one rater (1,1) (2,1) (3,1), and the mean of the panel (2,k)."""

    icc11: float
    icc21: float
    icc31: float
    icc2k: float


def intraclass(scores: Table) -> Intraclass | None:
    """Return the ICC of n targets (rows) by k raters (columns); None below two of either, or where nothing varies."""
    n, k = len(scores), len(scores[0]) if scores else 0
    if n < 2 or k < 2:
        return None
    mean = sum(map(sum, scores)) / (n * k)
    total = sum((value - mean) ** 2 for row in scores for value in row)
    between_rows = k * sum((sum(row) / k - mean) ** 2 for row in scores)
    between_columns = n * sum((_column(scores, j) / n - mean) ** 2 for j in range(k))
    bms, wms = between_rows / (n - 1), (total - between_rows) / (n * (k - 1))
    jms = between_columns / (k - 1)
    ems = (total - between_rows - between_columns) / ((n - 1) * (k - 1))
    if not total:
        return None
    return Intraclass(
        _quotient(bms - wms, bms + (k - 1) * wms),
        _quotient(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        _quotient(bms - ems, bms + (k - 1) * ems),
        _quotient(bms - ems, bms + (jms - ems) / n),
    )


def _quotient(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _row(table: Table, i: int) -> float:
    return sum(table[i])


def _column(table: Table, j: int) -> float:
    return sum(row[j] for row in table)
