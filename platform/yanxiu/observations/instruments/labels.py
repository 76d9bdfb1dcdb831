"""Schemes in which several codes may be true of one window, and events: which codes each window has.

COPUS reports the percentage of two-minute windows in which a code was ticked (Smith et al. 2013, CBE-Life Sciences
Education 12). A window counts once it was coded, if only to say that none of the codes fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yanxiu.observations.instruments.agreement import Agreement, agreement_of, krippendorff_alpha
from yanxiu.observations.instruments.comparison import Part
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import GAP, Code, Mode, Scheme

HOLDS, HOLDS_NOT = "yes", "no"
"""What two coders agree on where each code is looked at by itself."""

EVENT_MS = 2_000
"""How long an event is drawn."""

Windows = Mapping[int, frozenset[str]]
"""The number of a window, from 0 at the beginning of the film, and the codes it has."""


def windows_of(
    scheme: Scheme, spans: Sequence[Span], interval_ms: int, reached_ms: int = 0
) -> dict[int, frozenset[str]]:
    """Return the coded windows in order of time; of events all windows up to `reached_ms` count."""
    found: dict[int, set[str]] = {}
    if scheme.mode == Mode.EVENTS:
        found = {number: set() for number in range((reached_ms + interval_ms - 1) // interval_ms)}
    for span in spans:
        codes = found.setdefault(span.start_ms // interval_ms, set())
        if span.code != GAP:
            codes.add(span.code)
    return {number: frozenset(found[number]) for number in sorted(found)}


def drawn(scheme: Scheme, spans: Sequence[Span]) -> list[Span]:
    """Return what lanes show: an event has no length of its own."""
    if scheme.mode != Mode.EVENTS:
        return list(spans)
    return [Span(span.start_ms, span.start_ms + EVENT_MS, span.code) for span in spans]


@dataclass(frozen=True)
class CodeAgreement:
    """How far two coders agree on one code: κ of "has it" against "has it not" over the windows that both coded."""

    code: Code
    both: int
    only_first: int
    only_second: int
    agreement: Agreement
    alpha: float | None
    after: Agreement | None
    """Once what was agreed on counts for both; None where nothing was."""


@dataclass(frozen=True)
class Agreed:
    """What two coders agreed on: whether a code holds in the windows of which the middle lies in a stretch."""

    start_ms: int
    end_ms: int
    label: str
    holds: bool


@dataclass(frozen=True)
class Difference(Part):
    """A window in which two coders do not have the same codes; `decided`: which of these hold, as both agreed."""

    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    decided: Mapping[str, bool]

    @property
    def is_decided(self) -> bool:
        return all(label in self.decided for label in (*self.only_first, *self.only_second))


@dataclass(frozen=True)
class LabelComparison:
    """Two codings with several codes a window, code by code; codes that neither used are left out."""

    n: int
    same: int
    codes: tuple[CodeAgreement, ...]
    differences: tuple[Difference, ...]

    @property
    def open_differences(self) -> int:
        return sum(not one.is_decided for one in self.differences)


def compare_labels(
    scheme: Scheme, everybody: Sequence[Windows], interval_ms: int, agreed: Sequence[Agreed] = ()
) -> LabelComparison:
    """Put the first two of the codings side by side; all of them count for α. `agreed` counts for κ afterwards."""
    first, second = everybody[:2]
    common = sorted(set(first) & set(second))
    decided = {number: decided_in(agreed, number, interval_ms) for number in common}
    codes = [
        _code_agreement(code, everybody, common, {n: said for n in common if (said := decided[n])})
        for code in scheme.codes
        if any(code.code in one[number] for one in (first, second) for number in common)
    ]
    differences = [
        _difference(scheme, number, first[number], second[number], interval_ms, decided[number])
        for number in common
        if first[number] != second[number]
    ]
    return LabelComparison(len(common), len(common) - len(differences), tuple(codes), tuple(differences))


def decided_in(agreed: Sequence[Agreed], number: int, interval_ms: int) -> dict[str, bool]:
    """Return what was agreed on for a window: of each such code whether it holds."""
    middle = number * interval_ms + interval_ms // 2
    return {one.label: one.holds for one in agreed if one.start_ms <= middle < one.end_ms}


def _code_agreement(
    code: Code, everybody: Sequence[Windows], common: Sequence[int], decided: Mapping[int, Mapping[str, bool]]
) -> CodeAgreement:
    first, second = everybody[:2]
    pairs = [(code.code in first[number], code.code in second[number]) for number in common]
    settled = [
        (said[code.code],) * 2 if code.code in (said := decided.get(number, {})) else pair
        for number, pair in zip(common, pairs, strict=True)
    ]
    both, one, other = (pairs.count(kind) for kind in ((True, True), (True, False), (False, True)))
    numbers = sorted({number for windows in everybody for number in windows})
    units = [
        tuple(code.code in windows[number] if number in windows else None for windows in everybody)
        for number in numbers
    ]
    after = agreement_of(_table(settled)) if any(code.code in said for said in decided.values()) else None
    return CodeAgreement(code, both, one, other, agreement_of(_table(pairs)), krippendorff_alpha(units), after)


def _table(pairs: Sequence[tuple[bool, ...]]) -> list[list[float]]:
    """Windows by whether the first coder has a code (rows) and the second one (columns)."""
    return [[float(pairs.count((one, other))) for other in (True, False)] for one in (True, False)]


def _difference(
    scheme: Scheme,
    number: int,
    first: frozenset[str],
    second: frozenset[str],
    interval_ms: int,
    decided: Mapping[str, bool],
) -> Difference:
    order = [code.code for code in scheme.codes]
    mine, others = (tuple(sorted(codes, key=order.index)) for codes in (first - second, second - first))
    return Difference(number * interval_ms, (number + 1) * interval_ms, mine, others, decided)
