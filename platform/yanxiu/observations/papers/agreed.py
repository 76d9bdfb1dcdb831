"""一致性与议定: how far two coders agree, where they differ, what was agreed on and by whom, as a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from yanxiu.core.clock import media_clock, media_span
from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.instruments.agreement import Agreement
from yanxiu.observations.instruments.comparison import Comparison, compare
from yanxiu.observations.instruments.labels import HOLDS, Agreed, LabelComparison, compare_labels, windows_of
from yanxiu.observations.instruments.question_agreement import LedgerComparison
from yanxiu.observations.instruments.questions import LEDGER
from yanxiu.observations.instruments.sampling import Span
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.models import Adjudication, CodingSession, Lesson
from yanxiu.observations.papers.paper import about_lesson, day_and_hour, signature, word_file
from yanxiu.observations.queries.codings import adjudications_among, compared_ledgers

HEADS = ("比较的", "n", "一致率", "κ", "议定后一致率", "议定后 κ")
DIFFERENCES = ("时间", "分歧的是", "甲", "乙", "议定", "谁定的")
NOTE = "κ 是除去偶然一致以后的一致程度（Cohen 1960）；“—”表示算不出来。议定不改两人原来的编码，只另记一处。"


@dataclass(frozen=True)
class Pair:
    """Two finished codings of one scheme side by side, with what was agreed on."""

    scheme: Scheme
    first: CodingSession
    second: CodingSession
    said: Sequence[Adjudication]

    @property
    def names(self) -> str:
        return f"{self.first.coder.name}、{self.second.coder.name}"

    @property
    def interval_ms(self) -> int:
        return self.first.interval_ms

    def compared(self) -> Comparison | None:
        """Return the two on their common grid; None where a window may have several codes, or of ledgers."""
        if not self.scheme.is_held or self.scheme.slug == LEDGER.slug:
            return None
        decided = [Span(one.start_ms, one.end_ms, one.code) for one in self.said]
        return compare(self.scheme, self.first.spans(), self.second.spans(), self.interval_ms, decided)

    def agreed(self) -> list[Agreed]:
        return [Agreed(one.start_ms, one.end_ms, one.label, one.code == HOLDS) for one in self.said]

    def by_label(self) -> LabelComparison:
        """Return the two code by code."""
        windows = [
            windows_of(self.scheme, one.spans(), self.interval_ms, one.reached_ms) for one in (self.first, self.second)
        ]
        return compare_labels(self.scheme, windows, self.interval_ms, self.agreed())


def pairs_of(scheme: Scheme, finished: Sequence[CodingSession]) -> list[Pair]:
    """Return the pairs of coders that agreed on something; where none did, the first two are compared."""
    agreed = adjudications_among([one.id for one in finished])
    pairs = combinations(sorted(finished, key=lambda each: each.id), 2)
    found = [Pair(scheme, one, other, agreed.get((one.id, other.id), [])) for one, other in pairs]
    return [one for one in found if one.said] or found[:1]


def agreement_word(lesson: Lesson, pairs: Sequence[Pair]) -> bytes:
    """Return the paper about these pairs."""

    def write(word: WordFile) -> None:
        word.title("编码一致性与议定记录")
        about_lesson(word, lesson)
        for pair in pairs:
            _pair(word, pair)
        word.paragraph(NOTE, SMALL)
        signature(word, "议定人签名")

    return word_file(write)


def _pair(word: WordFile, pair: Pair) -> None:
    word.heading(f"{pair.scheme.name}：{pair.names}", 2)
    written = _written(pair)
    if written is None:
        word.paragraph("记的提问太多，没有逐问比较。")
        return
    figures, differences = written
    word.sheet(shares(24, 10, 16, 14, 20, 16), [[head(name) for name in HEADS], *figures], heads=1)
    names = {"甲": f"甲 {pair.first.coder.name}", "乙": f"乙 {pair.second.coder.name}"}
    rows = [[head(names.get(name, name)) for name in DIFFERENCES], *differences]
    if not differences:
        rows.append([Cell("没有分歧", wide=len(DIFFERENCES), centered=True)])
    word.sheet(shares(15, 17, 17, 17, 14, 20), rows, heads=1)


def _written(pair: Pair) -> tuple[list[list[Cell]], list[list[Cell]]] | None:
    """Return the lines of figures and those of differences; None of ledgers with too many questions to compare."""
    by_place = {(one.start_ms, one.label): one for one in pair.said}
    if pair.scheme.slug == LEDGER.slug:
        ledgers = compared_ledgers(pair.first, pair.second, pair.said)
        return None if ledgers is None else (_ledger_figures(ledgers), _ledger_differences(ledgers, by_place))
    comparison = pair.compared()
    if comparison is not None:
        return [_figures("逐格编码", comparison.before, comparison.after)], _held(pair, comparison)
    labels = pair.by_label()
    return [_figures(one.code.label, one.agreement, one.after) for one in labels.codes], _labels(pair, labels, by_place)


def _figures(name: str, before: Agreement, after: Agreement | None) -> list[Cell]:
    told = [str(before.n), _share(before.observed), _kappa(before.kappa)]
    told += ["", ""] if after is None else [_share(after.observed), _kappa(after.kappa)]
    return [Cell(name), *(Cell(one, centered=True) for one in told)]


def _ledger_figures(ledgers: LedgerComparison) -> list[list[Cell]]:
    asked = ledgers.both + ledgers.only_first + ledgers.only_second
    share, after = _share(ledgers.share), "" if ledgers.share_after is None else _share(ledgers.share_after)
    there = [Cell("都记了的提问"), *(Cell(one, centered=True) for one in (str(asked), share, "", after, ""))]
    return [there, *(_figures(one.name, one.before, one.after) for one in ledgers.traits)]


def _held(pair: Pair, comparison: Comparison) -> list[list[Cell]]:
    rows = []
    for one in comparison.stretches:
        decided = next((each for each in pair.said if each.start_ms <= one.start_ms < each.end_ms), None)
        codes = [_code(pair.scheme, code) for code in (one.first, one.second)]
        agreed = "" if one.decision is None else _code(pair.scheme, one.decision)
        rows.append(_row(media_span(one.start_ms, one.end_ms), "编码", codes, agreed, decided))
    return rows


def _labels(pair: Pair, labels: LabelComparison, said: Mapping[tuple[int, str], Adjudication]) -> list[list[Cell]]:
    rows = []
    for one in labels.differences:
        for label in (*one.only_first, *one.only_second):
            holds = one.decided.get(label)
            marks = ["有" if label in mine else "没有" for mine in (one.only_first, one.only_second)]
            agreed = "" if holds is None else "有" if holds else "没有"
            time, name = media_span(one.start_ms, one.end_ms), _code(pair.scheme, label)
            rows.append(_row(time, name, marks, agreed, said.get((one.start_ms, label))))
    return rows


def _ledger_differences(ledgers: LedgerComparison, said: Mapping[tuple[int, str], Adjudication]) -> list[list[Cell]]:
    rows = []
    for one in ledgers.disputed:
        for point in one.points:
            agreed = "" if point.decision is None else point.words(point.decision)
            both = [point.words(point.first), point.words(point.second)]
            rows.append(
                _row(media_clock(one.start_ms), point.name, both, agreed, said.get((one.start_ms, point.label)))
            )
    return rows


def _row(time: str, what: str, both: Sequence[str], agreed: str, said: Adjudication | None) -> list[Cell]:
    who = "" if said is None else f"{said.decided_by.name}\n{day_and_hour(said.decided_at)}"
    return [Cell(time, centered=True), Cell(what), *map(Cell, both), Cell(agreed or "未议定"), Cell(who)]


def _code(scheme: Scheme, code: str) -> str:
    return f"{code} {scheme.label(code)}".strip()


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _kappa(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
