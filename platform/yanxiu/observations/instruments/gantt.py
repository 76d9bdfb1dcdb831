"""A coding on the scale of the film: a row for each code, as the outline of an SVG path and as figures for its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.observations.instruments.labels import drawn
from yanxiu.observations.instruments.sampling import Span, coded_spans
from yanxiu.observations.instruments.schemes import Code, Scheme


@dataclass(frozen=True)
class GanttRow:
    """One code: how often and how long it holds, in milliseconds, and its outline.

    The outline has x in milliseconds of media time and y from 0 to 1; each stretch begins with `M` and its start.
    """

    code: Code
    count: int
    total_ms: int
    longest_ms: int
    first_ms: int
    share: float
    outline: str


def gantt_of(scheme: Scheme, spans: Sequence[Span]) -> list[GanttRow]:
    """Return the rows of the codes that occur, in the order of the scheme; `share` is of what is coded, 0 to 1."""
    counted = coded_spans(drawn(scheme, spans))
    whole = sum(span.end_ms - span.start_ms for span in counted)
    by_code: dict[str, list[Span]] = {}
    for span in counted:
        by_code.setdefault(span.code, []).append(span)
    return [_row(code, by_code[code.code], whole) for code in scheme.codes if code.code in by_code]


def _row(code: Code, spans: Sequence[Span], whole: int) -> GanttRow:
    lengths = [span.end_ms - span.start_ms for span in spans]
    outline = "".join(f"M{span.start_ms} 0h{long}v1h-{long}z" for span, long in zip(spans, lengths, strict=True))
    total = sum(lengths)
    return GanttRow(code, len(spans), total, max(lengths), spans[0].start_ms, total / whole, outline)
