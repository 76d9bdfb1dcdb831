"""What two codings of the same scheme say about two lessons: the share of each group of codes, as a whole and in each phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.observations.beside.alignment import Row
from yanxiu.observations.instruments.sampling import Span, coded_spans
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.models import Segment


@dataclass(frozen=True)
class GroupShares:
    """A group of codes: its share of what is coded, 0 to 1, in both lessons and in each phase of them; None: nothing coded."""

    label: str
    left: float | None
    right: float | None
    phases: tuple[tuple[float | None, float | None], ...]


def shares_of(scheme: Scheme, left: Sequence[Span], right: Sequence[Span], rows: Sequence[Row]) -> list[GroupShares]:
    """Return a line for each group of the scheme."""
    left, right = coded_spans(left), coded_spans(right)
    return [
        GroupShares(
            scheme.group_label(group),
            share_in(scheme, left, group),
            share_in(scheme, right, group),
            tuple((_in_phase(scheme, left, group, r.left), _in_phase(scheme, right, group, r.right)) for r in rows),
        )
        for group in scheme.group_keys
    ]


def _in_phase(scheme: Scheme, spans: Sequence[Span], group: str, phase: Segment | None) -> float | None:
    return None if phase is None else share_in(scheme, spans, group, phase.start_ms, phase.end_ms)


def share_in(
    scheme: Scheme, spans: Sequence[Span], group: str, start_ms: int = 0, end_ms: int | None = None
) -> float | None:
    """Return the share of a group in what is coded between two moments; None where nothing is."""
    held = whole = 0
    for span in spans:
        common = min(span.end_ms, span.end_ms if end_ms is None else end_ms) - max(span.start_ms, start_ms)
        if common > 0:
            whole += common
            held += common if scheme.group(span.code) == group else 0
    return held / whole if whole else None
