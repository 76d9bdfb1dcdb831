"""S-T analysis: how much of a lesson the teacher acts, how often teacher and pupils change, and what kind of lesson that is.

Rt = Nt/N and Ch = (g - 1)/N with g the number of runs, after 刘云, 苟琳 2013 (observation.md 1.1). g - 1 ≤ 2·min(Nt, Ns), so
every point lies in the triangle (0,0) (0.5,1) (1,0). The kinds are told apart by Rt first, Ch second, as three independent
public programs do: with Rt ≤ 0.3 or ≥ 0.7 a Ch of up to 0.6 is possible too, and the order of the questions decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from yanxiu.observations.instruments.sampling import Span, sampled

T, S, D = "T", "S", "D"
PHASE_STEP_MS = 1_000
VARIANTS = {
    "classic": "经典算法",
    "d_as_t": "互动计入教师（侯岩等 2021）",
    "d_half": "互动各计一半（刘立新等 2014 之后）",
}
MODES = ("练习型", "讲授型", "对话型", "混合型")


@dataclass(frozen=True)
class Figures:
    """What a string of codes gives. `mode` is None where the variant has no published regions."""

    variant: str
    n: int
    nt: float
    ns: float
    runs: int
    rt: float
    ch: float
    mode: str | None


@dataclass(frozen=True)
class Spread:
    """The least and the greatest of Rt and Ch over all phases of the step, and the kinds of lesson met among them."""

    rt: tuple[float, float]
    ch: tuple[float, float]
    modes: tuple[str, ...]


def figures_of(codes: Sequence[str], variant: str = "classic") -> Figures | None:
    """Return the figures of a string of T, S (and D); None for an empty one.

    `d_as_t` counts D as T. `d_half` is Rt = (Nt + Nd/2)/N and Ch = (number of changes among T, S, D)/N.
    """
    if not codes:
        return None
    if variant == "d_half":
        return _with_halves(codes)
    plain = [T if code == D else code for code in codes]
    n, nt = len(plain), plain.count(T)
    runs = sum(1 for _ in groupby(plain))
    rt, ch = nt / n, (runs - 1) / n
    return Figures(variant, n, nt, n - nt, runs, rt, ch, mode_of(rt, ch))


def _with_halves(codes: Sequence[str]) -> Figures:
    n, half = len(codes), codes.count(D) / 2
    nt = codes.count(T) + half
    changes = sum(1 for before, after in pairwise(codes) if before != after)
    return Figures("d_half", n, nt, n - nt, changes + 1, nt / n, changes / n, None)


def mode_of(rt: float, ch: float) -> str:
    """Return the kind of lesson; Rt is asked first."""
    if rt <= 0.3:
        return "练习型"
    if rt >= 0.7:
        return "讲授型"
    return "对话型" if ch >= 0.4 else "混合型"


def is_possible(rt: float, ch: float) -> bool:
    """Tell whether a point lies in the triangle; a point outside of it is a mistake of the program."""
    return 0 <= rt <= 1 and 0 <= ch <= 2 * min(rt, 1 - rt) + 1e-9


def path_of(codes: Sequence[str], interval_ms: int) -> list[tuple[float, float]]:
    """Return the corners of the S-T path in minutes: T one step to the right, S one step up, D half of each."""
    step, x, y = interval_ms / 60_000, 0.0, 0.0
    points = [(x, y)]
    for code in codes:
        x += step * {T: 1, D: 0.5}.get(code, 0)
        y += step * {S: 1, D: 0.5}.get(code, 0)
        points.append((x, y))
    return points


def spread_of(spans: Sequence[Span], interval_ms: int, variant: str = "classic") -> Spread | None:
    """Return how far the figures move when one begins to look up to a whole step later."""
    phases = range(0, interval_ms, PHASE_STEP_MS)
    found = [f for phase in phases if (f := figures_of(sampled(spans, interval_ms, phase), variant)) is not None]
    if not found:
        return None
    rts, chs = [f.rt for f in found], [f.ch for f in found]
    met = tuple(mode for mode in MODES if any(f.mode == mode for f in found))
    return Spread((min(rts), max(rts)), (min(chs), max(chs)), met)
