"""Two ledgers of one lesson side by side: which questions are the same ones, and where the two coders differ.

Two people never press Q in the same instant, so a question of the one is taken for a question of the other if both noted it
within `TOLERANCE_MS`, each question at most once and in order of time. Of all such pairings that with the smallest total
distance counts, where each question left alone costs half the tolerance (else no pair at all would be the best); of equal
ones that with more pairs. That is the one in which the sum of (tolerance - distance) over the pairs is largest.

κ is Cohen's over the pairs of which both noted the field; where one did not, that is a difference but no judgment. Whether
there is a question at all has no κ: nobody counts the moments in which neither heard one. Its share is that of the questions
both noted among those at least one noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yanxiu.observations.instruments.agreement import (
    Agreement,
    agreement_of,
    krippendorff_alpha,
    table_of,
    weighted_kappa,
)
from yanxiu.observations.instruments.comparison import Part
from yanxiu.observations.instruments.labels import HOLDS, HOLDS_NOT
from yanxiu.observations.instruments.questions import (
    CALLS,
    FACETS,
    LEDGER,
    LEVELS,
    LONG_MS,
    RESPONSES,
    SHORT_MS,
    WAITS,
    Question,
)
from yanxiu.observations.instruments.schemes import GAP

TOLERANCE_MS = 3_000
MOST_COMPARED = 1_000
"""More questions than this are no lesson's; two such ledgers would take seconds to compare."""

THERE = "Q"
NOT_NOTED = "没有记"
UNANSWERED = "W0"
PRESENCE = {HOLDS: "有这一问", HOLDS_NOT: "没有这一问"}


@dataclass(frozen=True)
class Trait:
    """What is said of a question, with the values it may have; `facet` is empty for the wait, which is told by its band."""

    name: str
    facet: str
    values: Mapping[str, str]

    def of(self, question: Question) -> str:
        """Return the value, `GAP` where it was not noted."""
        if self.facet:
            return question.facets.get(self.facet, GAP)
        wait_ms = question.wait_ms
        if wait_ms is None:
            return UNANSWERED
        return f"W{1 + (wait_ms >= SHORT_MS) + (wait_ms >= LONG_MS)}"

    def words(self, value: str) -> str:
        return self.values.get(value, NOT_NOTED)


def _facet(facet: str) -> Trait:
    return Trait(FACETS[facet], facet, {code.code: code.label for code in LEDGER.codes if code.group == facet})


TRAITS = {
    "L": _facet(LEVELS),
    "C": _facet(CALLS),
    "R": _facet(RESPONSES),
    "W": Trait("候答", "", {UNANSWERED: "没有人回答", **{f"W{at}": words for at, words in enumerate(WAITS, 1)}}),
}


@dataclass(frozen=True)
class Point:
    """One thing in which two coders differ, in words and codes; `decision` is the code agreed on, if any."""

    label: str
    name: str
    first: str
    second: str
    values: Mapping[str, str]
    decision: str | None

    def words(self, value: str) -> str:
        return self.values.get(value, NOT_NOTED)

    @property
    def others(self) -> dict[str, str]:
        """What it may be besides what the two said."""
        return {code: words for code, words in self.values.items() if code not in (self.first, self.second)}


@dataclass(frozen=True)
class Disputed(Part):
    """A question in which two coders differ, from its moment to the last thing noted of it; None where one has none."""

    first: Question | None
    second: Question | None
    points: tuple[Point, ...]

    @property
    def is_decided(self) -> bool:
        return all(point.decision is not None for point in self.points)


@dataclass(frozen=True)
class TraitAgreement:
    """How far two coders agree on one trait; `after` is what agreeing on it made of it, None while nothing is agreed on.

    `said` and `settled` are what the two say of each question both noted, in order of time, before and after; α (Krippendorff)
    counts the same questions as κ: those of which both noted the trait.
    """

    trait: Trait
    before: Agreement
    after: Agreement | None
    said: tuple[tuple[str, str], ...] = ()
    settled: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return self.trait.name

    @property
    def alpha(self) -> float | None:
        return _alpha(self.said)

    @property
    def is_ordered(self) -> bool:
        """Whether its values are steps of one scale, so that a near miss is less than a far one."""
        return self.trait.facet == LEVELS

    @property
    def weighted(self) -> float | None:
        """Return κ with linear weights of what both noted, where the values are ordered."""
        both = [pair for pair in self.said if GAP not in pair]
        return weighted_kappa(table_of(both, list(self.trait.values))) if self.is_ordered else None

    @property
    def alpha_after(self) -> float | None:
        return _alpha(self.settled)


@dataclass(frozen=True)
class LedgerComparison:
    """Two ledgers side by side. `both` counts the questions that both noted, `same` those in which they do not differ."""

    both: int
    same: int
    only_first: int
    only_second: int
    traits: tuple[TraitAgreement, ...]
    disputed: tuple[Disputed, ...]
    starts: tuple[int, ...]
    """When each question that both noted was asked, in milliseconds of media time."""

    @property
    def share(self) -> float | None:
        """The questions that both noted among those at least one noted, 0 to 1."""
        return _share(self.both, self.only_first + self.only_second)

    @property
    def share_after(self) -> float | None:
        """The same once what was agreed on counts for both: what is no question counts for nobody. None while nothing was."""
        said = [point.decision for one in self.disputed for point in one.points if point.label == THERE]
        if not any(said):
            return None
        return _share(self.both + said.count(HOLDS), said.count(None))

    @property
    def open_questions(self) -> int:
        return sum(not one.is_decided for one in self.disputed)


Decisions = Mapping[tuple[int, str], str]
"""By the beginning of a disputed question in milliseconds and what was disputed (`THERE` or a key of `TRAITS`)."""


def compare_ledgers(
    first: Sequence[Question], second: Sequence[Question], decisions: Decisions | None = None
) -> LedgerComparison | None:
    """Put two ledgers side by side; None where one has more than `MOST_COMPARED` questions.

    Always hand them over in the same order: of two equally good pairings the order decides.
    """
    one, other = _distinct(first), _distinct(second)
    if max(len(one), len(other)) > MOST_COMPARED:
        return None
    said = decisions or {}
    pairs = pairs_of([each.asked_ms for each in one], [each.asked_ms for each in other])
    both = [(one[i], other[j]) for i, j in pairs]
    alone = [(each, None) for i, each in enumerate(one) if i not in {pair[0] for pair in pairs}]
    missing = [(None, each) for j, each in enumerate(other) if j not in {pair[1] for pair in pairs}]
    disputed = [found for pair in (*both, *alone, *missing) if (found := _disputed(pair, said)).points]
    return LedgerComparison(
        len(both),
        len(both) + len(alone) + len(missing) - len(disputed),
        len(alone),
        len(missing),
        tuple(_agreement(label, both, said) for label in TRAITS),
        tuple(sorted(disputed, key=lambda found: found.start_ms)),
        tuple(min(first.asked_ms, second.asked_ms) for first, second in both),
    )


def pairs_of(first: Sequence[int], second: Sequence[int], tolerance_ms: int = TOLERANCE_MS) -> list[tuple[int, int]]:
    """Return which moments of two ascending lists belong together, as pairs of their places (see the module)."""
    found = []
    for one, other in _islands(first, second, tolerance_ms):
        found += _best(first, second, one, other, tolerance_ms)
    return found


def _islands(first: Sequence[int], second: Sequence[int], tolerance_ms: int) -> Iterator[tuple[list[int], list[int]]]:
    """Cut where nothing within the tolerance reaches across; what is on both sides does not touch each other."""
    moments = sorted([(ms, 0, at) for at, ms in enumerate(first)] + [(ms, 1, at) for at, ms in enumerate(second)])
    island: tuple[list[int], list[int]] = ([], [])
    before = 0
    for ms, side, at in moments:
        if ms - before > tolerance_ms:
            yield island
            island = ([], [])
        island[side].append(at)
        before = ms
    yield island


def _best(
    first: Sequence[int], second: Sequence[int], one: Sequence[int], other: Sequence[int], tolerance_ms: int
) -> list[tuple[int, int]]:
    """Return the best pairing of an island: `worth[i][j]` is (gain, pairs) of what lies behind its i-th and j-th moment."""
    worth = [[(0, 0)] * (len(other) + 1) for _ in range(len(one) + 1)]

    def paired(i: int, j: int) -> tuple[int, int] | None:
        gain = tolerance_ms - abs(first[one[i]] - second[other[j]])
        rest, count = worth[i + 1][j + 1]
        return (rest + gain, count + 1) if gain >= 0 else None

    for i in reversed(range(len(one))):
        for j in reversed(range(len(other))):
            worth[i][j] = max(worth[i + 1][j], worth[i][j + 1], paired(i, j) or (0, 0))
    i = j = 0
    found = []
    while i < len(one) and j < len(other):
        if worth[i][j] == paired(i, j):
            found.append((one[i], other[j]))
            i, j = i + 1, j + 1
        elif worth[i][j] == worth[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _distinct(questions: Sequence[Question]) -> list[Question]:
    """Leave out what one key pressed twice in the same moment left behind: the later holds everything."""
    return list({one.asked_ms: one for one in questions}.values())


def _disputed(pair: tuple[Question | None, Question | None], said: Decisions) -> Disputed:
    first, second = pair
    noted = [one for one in pair if one is not None]
    start_ms = min(one.asked_ms for one in noted)
    end_ms = max(ms for one in noted for ms in _moments(one))
    if first is None or second is None:
        mine, others = (HOLDS if one is not None else HOLDS_NOT for one in pair)
        points = [Point(THERE, "这一问", mine, others, PRESENCE, said.get((start_ms, THERE)))]
    else:
        points = [
            Point(label, trait.name, mine, others, trait.values, said.get((start_ms, label)))
            for label, trait in TRAITS.items()
            if (mine := trait.of(first)) != (others := trait.of(second))
        ]
    return Disputed(start_ms, max(end_ms, start_ms + 1), first, second, tuple(points))


def _moments(question: Question) -> list[int]:
    noted = (question.answering_ms, question.answered_ms, question.responded_ms)
    return [question.asked_ms, *(ms for ms in noted if ms is not None)]


def _agreement(label: str, both: Sequence[tuple[Question, Question]], said: Decisions) -> TraitAgreement:
    trait = TRAITS[label]
    pairs = [(trait.of(first), trait.of(second)) for first, second in both]
    starts = [min(first.asked_ms, second.asked_ms) for first, second in both]
    agreed = {at: said[start, label] for at, start in enumerate(starts) if (start, label) in said}
    settled = [(agreed[at],) * 2 if at in agreed and pair[0] != pair[1] else pair for at, pair in enumerate(pairs)]
    before, after = (agreement_of(table_of(each, list(trait.values))) for each in (pairs, settled))
    return TraitAgreement(trait, before, after if agreed else None, tuple(pairs), tuple(settled))


def _alpha(pairs: Sequence[tuple[str, str]]) -> float | None:
    return krippendorff_alpha([[None if value == GAP else value for value in pair] for pair in pairs])


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
