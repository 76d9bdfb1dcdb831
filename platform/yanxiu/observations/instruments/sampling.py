"""From stretches of time to a string of codes. What is stored are stretches; the string depends on the step and its phase.

A share of changes such as Ch is not free of the step, and at 30 s even the phase moves Rt by 0.15 (observation.md 1.1,
measured on one coded lesson), so every figure names its step, and figures of all phases are shown beside those of phase 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.observations.instruments.schemes import GAP


@dataclass(frozen=True)
class Span:
    """A stretch of media time in which one code holds; `end_ms` is outside."""

    start_ms: int
    end_ms: int
    code: str


def coded_spans(spans: Sequence[Span]) -> list[Span]:
    """Return the stretches that count, in order: no gaps, none without length."""
    found = [span for span in spans if span.code != GAP and span.end_ms > span.start_ms]
    return sorted(found, key=lambda span: span.start_ms)


def code_at(spans: Sequence[Span], moment: int) -> str | None:
    """Return the code that holds at a moment; `spans` in order and without overlaps, as `coded_spans` gives them."""
    at = bisect_right(spans, moment, key=lambda span: span.start_ms) - 1
    return spans[at].code if at >= 0 and moment < spans[at].end_ms else None


def moments(start_ms: int, end_ms: int, interval_ms: int, phase_ms: int = 0) -> range:
    """Return when one looks: every `interval_ms` from `start_ms + phase_ms`, before `end_ms`."""
    return range(start_ms + phase_ms, end_ms, interval_ms)


def sampled(spans: Sequence[Span], interval_ms: int, phase_ms: int = 0) -> list[str]:
    """Return the code that holds at each look, from the first stretch to the last; looks into a gap are left out."""
    counted = coded_spans(spans)
    if not counted:
        return []
    looks = moments(counted[0].start_ms, counted[-1].end_ms, interval_ms, phase_ms)
    return [code for moment in looks if (code := code_at(counted, moment)) is not None]


def tallied(spans: Sequence[Span], interval_ms: int) -> list[str]:
    """Return the codes window by window: all that begin in a window, or the one that goes on in it (Flanders' rule)."""
    counted = coded_spans(spans)
    if not counted:
        return []
    codes: list[str] = []
    begun = 0
    for moment in moments(counted[0].start_ms, counted[-1].end_ms, interval_ms):
        first = begun
        while begun < len(counted) and counted[begun].start_ms < moment + interval_ms:
            codes.append(counted[begun].code)
            begun += 1
        if begun == first and (goes_on := code_at(counted, moment)) is not None:
            codes.append(goes_on)
    return codes


def coded_ms(spans: Sequence[Span]) -> int:
    """Return how much of the lesson is coded."""
    return sum(span.end_ms - span.start_ms for span in coded_spans(spans))
