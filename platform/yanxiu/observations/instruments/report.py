"""The figures of one coding as its page, its charts and its Excel file show them. Recomputable, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.observations.instruments.charts import Minute, minutes_of, minutes_of_windows
from yanxiu.observations.instruments.flanders import Ratio, matrix_of, ratios_of, thirds_of, totals_of
from yanxiu.observations.instruments.frequencies import (
    Frequencies,
    frequencies_of_events,
    frequencies_of_string,
    frequencies_of_windows,
)
from yanxiu.observations.instruments.labels import Windows, windows_of
from yanxiu.observations.instruments.sampling import Span, coded_ms, sampled, tallied
from yanxiu.observations.instruments.schemes import GAP, Mode, Scheme
from yanxiu.observations.instruments.student_teacher import Figures, Spread, figures_of, path_of, spread_of

VARIANTS_OF = {"st": ("classic",), "std": ("d_as_t", "d_half")}


@dataclass(frozen=True)
class StudentTeacherReport:
    """S-T figures of every variant of the scheme, their spread over the phases, and the path in minutes."""

    figures: tuple[Figures, ...]
    spreads: tuple[Spread | None, ...]
    path: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class FlandersReport:
    """The matrix of pairs, its ratios, and the shares of the "two thirds" rule."""

    matrix: tuple[tuple[int, ...], ...]
    totals: tuple[int, ...]
    ratios: tuple[Ratio, ...]
    thirds: tuple[float | None, float | None, float | None]

    @property
    def largest(self) -> int:
        return max(map(max, self.matrix))


@dataclass(frozen=True)
class Report:
    """What a coding gives at a step: the string or the windows, how much of the lesson is coded, and the figures."""

    interval_ms: int
    codes: tuple[str, ...]
    coded_ms: int
    minutes: tuple[Minute, ...]
    frequencies: Frequencies
    windows: Windows
    st: StudentTeacherReport | None = None
    fias: FlandersReport | None = None


def report_of(scheme: Scheme, spans: Sequence[Span], interval_ms: int, reached_ms: int = 0) -> Report:
    """Compute everything that is shown of a coding; events need `reached_ms`, how far it was watched."""
    if scheme.is_held:
        return _held(scheme, spans, interval_ms)
    windows = windows_of(scheme, spans, interval_ms, reached_ms)
    codes = tuple(span.code for span in spans if span.code != GAP)
    if scheme.mode == Mode.EVENTS:
        found, coded = frequencies_of_events(scheme, codes, reached_ms), reached_ms
    else:
        found, coded = frequencies_of_windows(scheme, windows), len(windows) * interval_ms
    return Report(interval_ms, codes, coded, tuple(minutes_of_windows(scheme, windows, interval_ms)), found, windows)


def _held(scheme: Scheme, spans: Sequence[Span], interval_ms: int) -> Report:
    codes = tallied(spans, interval_ms) if scheme.is_tallied else sampled(spans, interval_ms)
    return Report(
        interval_ms,
        tuple(codes),
        coded_ms(spans),
        tuple(minutes_of(spans, scheme)),
        frequencies_of_string(scheme, codes),
        {},
        _student_teacher(scheme, spans, codes, interval_ms) if scheme.slug in VARIANTS_OF else None,
        _flanders(codes) if scheme.slug == "fias" else None,
    )


def _student_teacher(
    scheme: Scheme, spans: Sequence[Span], codes: Sequence[str], interval_ms: int
) -> StudentTeacherReport:
    variants = VARIANTS_OF[scheme.slug]
    figures = tuple(found for variant in variants if (found := figures_of(codes, variant)) is not None)
    spreads = tuple(spread_of(spans, interval_ms, found.variant) for found in figures)
    return StudentTeacherReport(figures, spreads, tuple(path_of(codes, interval_ms)))


def _flanders(codes: Sequence[str]) -> FlandersReport:
    matrix = matrix_of(codes)
    totals = totals_of(matrix)
    return FlandersReport(
        tuple(tuple(row) for row in matrix),
        tuple(int(totals[number]) for number in range(1, 11)),
        tuple(ratios_of(matrix)),
        thirds_of(totals),
    )
