"""What any scheme gives: how often each code occurs, what its groups come to, and which code follows which.

With ITIAS and iFIAS the shares are those of the row totals of the matrix of pairs, as the public ITIAS tool counts
(observation.md 1.3 and 1.9): the string is not padded, so the last code of the string has no row of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yanxiu.observations.instruments.labels import Windows
from yanxiu.observations.instruments.schemes import Code, Mode, Scheme


@dataclass(frozen=True)
class CodeShare:
    """How often a code occurs, and its share in percent of what is counted; None of nothing."""

    code: Code
    count: int
    share: float | None


@dataclass(frozen=True)
class SumShare:
    """How often any of several codes occurs, and the share in percent."""

    label: str
    codes: tuple[str, ...]
    count: int
    share: float | None


@dataclass(frozen=True)
class Frequencies:
    """`n` is what shares are of: codes, pairs of codes, windows or events, as the scheme has it."""

    n: int
    codes: tuple[CodeShare, ...]
    sums: tuple[SumShare, ...]
    matrix: tuple[tuple[int, ...], ...] = ()
    per_ten_minutes: float | None = None

    @property
    def largest(self) -> int:
        return max((max(row) for row in self.matrix), default=0)

    @property
    def steady(self) -> float | None:
        """The share of pairs of one code with itself, in percent."""
        pairs = sum(map(sum, self.matrix))
        return _share(sum(row[at] for at, row in enumerate(self.matrix)), pairs)

    @property
    def column_totals(self) -> tuple[int, ...]:
        return tuple(map(sum, zip(*self.matrix, strict=True)))


def frequencies_of_string(scheme: Scheme, codes: Sequence[str]) -> Frequencies:
    """Return the figures of a string of codes of which one holds at a time, with the matrix of its pairs."""
    counts = Counter(codes[:-1] if scheme.by_pairs else codes)
    n = counts.total()
    shares = tuple(CodeShare(code, counts[code.code], _share(counts[code.code], n)) for code in scheme.codes)
    sums = []
    for part in scheme.parts():
        count = sum(counts[code] for code in part.codes)
        sums.append(SumShare(part.label, part.codes, count, _share(count, n)))
    return Frequencies(n, shares, tuple(sums), tuple(map(tuple, pair_matrix(scheme, codes))))


def pair_matrix(scheme: Scheme, codes: Sequence[str]) -> list[list[int]]:
    """Count the overlapping pairs of a string that is not padded: rows the first code, columns the second."""
    at = {row: number for number, row in enumerate(scheme.rows)}
    matrix = [[0] * len(at) for _ in at]
    for first, second in pairwise(codes):
        matrix[at[scheme.row_of(first)]][at[scheme.row_of(second)]] += 1
    return matrix


def frequencies_of_windows(scheme: Scheme, windows: Windows) -> Frequencies:
    """Return in how many windows each code (any code of a group) occurs; the shares may add up to more than 100."""
    n = len(windows)
    counts = Counter(code for codes in windows.values() for code in codes)
    shares = tuple(CodeShare(code, counts[code.code], _share(counts[code.code], n)) for code in scheme.codes)
    sums = []
    for part in scheme.parts():
        count = sum(1 for codes in windows.values() if codes & set(part.codes))
        sums.append(SumShare(part.label, part.codes, count, _share(count, n)))
    return Frequencies(n, shares, tuple(sums))


def frequencies_of_events(scheme: Scheme, codes: Sequence[str], reached_ms: int) -> Frequencies:
    """Return how many events of each kind there were; `per_ten_minutes` is of all, over what was watched."""
    counts = Counter(codes)
    n = counts.total()
    shares = tuple(CodeShare(code, counts[code.code], _share(counts[code.code], n)) for code in scheme.codes)
    sums = []
    for part in scheme.parts():
        count = sum(counts[code] for code in part.codes)
        sums.append(SumShare(part.label, part.codes, count, _share(count, n)))
    return Frequencies(n, shares, tuple(sums), per_ten_minutes=n * 600_000 / reached_ms if reached_ms else None)


def counted_word(scheme: Scheme) -> str:
    """Return what shares are of, for the head of the table."""
    if scheme.mode == Mode.WINDOWS:
        return "占时段"
    if scheme.mode == Mode.EVENTS:
        return "占次数"
    return "占序对" if scheme.by_pairs else "占取样"


def _share(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None
