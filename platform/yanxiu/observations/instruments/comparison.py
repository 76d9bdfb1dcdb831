"""Two codings of one lesson on a common time grid: where they differ, and what agreeing on it changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from yanxiu.observations.instruments.agreement import Agreement, agreement_of, krippendorff_alpha, table_of
from yanxiu.observations.instruments.sampling import Span, code_at, coded_spans, moments
from yanxiu.observations.instruments.schemes import Scheme

AROUND_MS = 5_000
"""What is played before and behind a stretch in which two coders differ."""


@dataclass(frozen=True)
class Window:
    """One step of the grid and what each coder says of its middle."""

    start_ms: int
    end_ms: int
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class Part:
    """A part of the film in which two coders differ, and what is played of it."""

    start_ms: int
    end_ms: int

    @property
    def plays_from(self) -> int:
        return max(0, self.start_ms - AROUND_MS)

    @property
    def plays_until(self) -> int:
        return self.end_ms + AROUND_MS


@dataclass(frozen=True)
class Stretch(Part):
    """Neighboring windows in which two coders differ in the same way; `decision` is the code agreed on, if any."""

    first: str
    second: str
    decision: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Two codings side by side; `after` is what agreeing on stretches made of it, None while nothing is agreed on."""

    windows: tuple[Window, ...]
    before: Agreement
    after: Agreement | None
    alpha: float | None
    stretches: tuple[Stretch, ...]
    table: tuple[tuple[int, ...], ...]

    @property
    def open_stretches(self) -> int:
        return sum(1 for stretch in self.stretches if stretch.decision is None)


def compare(
    scheme: Scheme,
    first: Sequence[Span],
    second: Sequence[Span],
    interval_ms: int,
    decisions: Iterable[Span] = (),
    everybody: Sequence[Sequence[Span]] = (),
) -> Comparison:
    """Put two codings side by side; `everybody` holds all codings for α, if there are more than the two."""
    decided = coded_spans(list(decisions))
    windows = windows_of(first, second, interval_ms)
    codes = [code.code for code in scheme.codes]
    table = table_of([(window.first, window.second) for window in windows], codes)
    after = table_of([settled(window, decided) for window in windows], codes)
    return Comparison(
        tuple(windows),
        agreement_of(table),
        agreement_of(after) if decided else None,
        krippendorff_alpha(units_of(everybody or (first, second), interval_ms)),
        tuple(stretches_of(windows, decided)),
        tuple(tuple(int(count) for count in row) for row in table),
    )


def windows_of(first: Sequence[Span], second: Sequence[Span], interval_ms: int) -> list[Window]:
    """Return the windows that both have coded; the grid begins at 0 for everybody."""
    one, other = coded_spans(first), coded_spans(second)
    if not one or not other:
        return []
    found = []
    for start in moments(0, max(one[-1].end_ms, other[-1].end_ms), interval_ms):
        middle = start + interval_ms // 2
        codes = code_at(one, middle), code_at(other, middle)
        if codes[0] is not None and codes[1] is not None:
            found.append(Window(start, start + interval_ms, codes[0], codes[1]))
    return found


def units_of(everybody: Sequence[Sequence[Span]], interval_ms: int) -> list[tuple[str | None, ...]]:
    """Return what each coder says of each window, None where one has not coded."""
    counted = [coded_spans(spans) for spans in everybody]
    end_ms = max((spans[-1].end_ms for spans in counted if spans), default=0)
    looks = (start + interval_ms // 2 for start in moments(0, end_ms, interval_ms))
    return [tuple(code_at(spans, middle) for spans in counted) for middle in looks]


def stretches_of(windows: Sequence[Window], decided: Sequence[Span] = ()) -> list[Stretch]:
    """Return where two coders differ, neighboring windows of the same difference as one."""
    found = []
    for (differs, first, second, _run), group in groupby(_numbered(windows), key=lambda pair: pair[1]):
        run = [window for window, _key in group]
        if differs:
            start, end = run[0].start_ms, run[-1].end_ms
            found.append(Stretch(start, end, first, second, code_at(decided, (start + end) // 2)))
    return found


def _numbered(windows: Sequence[Window]) -> list[tuple[Window, tuple[bool, str, str, int]]]:
    """Pair each window with what makes it one stretch with its neighbor; a hole in the grid begins another."""
    run, numbered = 0, []
    for at, window in enumerate(windows):
        run += at > 0 and windows[at - 1].end_ms != window.start_ms
        numbered.append((window, (window.differs, window.first, window.second, run)))
    return numbered


def settled(window: Window, decided: Sequence[Span]) -> tuple[str, str]:
    """Return what both say of a window once what was agreed on counts for both."""
    agreed = code_at(decided, (window.start_ms + window.end_ms) // 2) if window.differs else None
    return (window.first, window.second) if agreed is None else (agreed, agreed)
