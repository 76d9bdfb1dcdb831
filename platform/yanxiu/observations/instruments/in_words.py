"""The figures of a coding in a line, as a report of the whole lesson has room for them; all of them stand on its own page."""

from __future__ import annotations

from collections.abc import Sequence

from yanxiu.observations.instruments.report import Report, report_of
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import Mode, Scheme

RATIOS = ("TT", "PT", "SC", "ID")
"""Of Flanders' ratios those that a report names: who talks, silence, indirect over direct."""
MOST_CODES = 5
"""Of a scheme that adds nothing up the codes that occur most."""


def figures_in_words(scheme: Scheme, spans: Sequence[Span], interval_ms: int, reached_ms: int) -> str:
    """Return the figures that the scheme is known for, with the step in ms that they are taken at."""
    found = report_of(scheme, spans, interval_ms, reached_ms)
    if not found.frequencies.n:
        return "编得太短，还算不出数据"
    return f"{'，'.join(_figures(found))}（{_taken(scheme, found)}）"


def _figures(found: Report) -> list[str]:
    if found.st is not None and found.st.figures:
        one = found.st.figures[0]
        return [f"Rt {one.rt:.2f}", f"Ch {one.ch:.2f}", *([one.mode] if one.mode else [])]
    if found.fias is not None:
        named = [one for one in found.fias.ratios if one.key in RATIOS and one.value is not None]
        return [f"{one.label} {one.value:.1f}%" if one.percent else f"{one.label} {one.value:.2f}" for one in named]
    sums = [f"{one.label} {one.share or 0:.1f}%" for one in found.frequencies.sums]
    often = sorted((one for one in found.frequencies.codes if one.count), key=lambda one: -one.count)[:MOST_CODES]
    return sums or [f"{one.code.label} {one.share or 0:.1f}%" for one in often]


def _taken(scheme: Scheme, found: Report) -> str:
    """Say what the figures are of: a share means nothing without its step."""
    seconds, n = f"{found.interval_ms / 1000:g}", found.frequencies.n
    if scheme.mode == Mode.EVENTS:
        return f"共 {n} 次"
    if scheme.mode == Mode.WINDOWS:
        return f"每 {seconds} 秒一段，共 {n} 段"
    return f"每 {seconds} 秒一次，共 {len(found.codes)} 个代码"
