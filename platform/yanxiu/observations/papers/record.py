"""听课记录表: one observer's record of a lesson, as a school files it.

The columns are those of school forms (observation.md 4.5): 时间 | 教学环节 | 师生活动 | 随记与评析. What an observer noted
as evidence is what was seen, so it stands under 师生活动; the other kinds are what the observer thinks of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.core.clock import media_span
from yanxiu.core.word import WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import CommentKind, Evaluation, Lesson, Segment, TimedComment
from yanxiu.observations.papers.comment_files import drawn_on, span_words
from yanxiu.observations.papers.paper import about_lesson, signature, word_file
from yanxiu.observations.rubrics.scoring import band_of

ROOM = 1100
"""Where nothing was written, room for a pen."""


@dataclass(frozen=True)
class Stretch:
    """A phase of the lesson, or a stretch outside of all phases, and what was noted in it."""

    start_ms: int
    end_ms: int | None
    label: str
    threads: tuple[TimedComment, ...]


def record_word(
    lesson: Lesson,
    observer: User,
    segments: Sequence[Segment],
    threads: Sequence[TimedComment],
    evaluation: Evaluation | None,
) -> bytes:
    """Return the record; `threads` are the observer's, `evaluation` the one handed in, None where it is not to be seen."""

    def write(word: WordFile) -> None:
        word.title("听课记录表")
        about_lesson(word, lesson, [("听课人", observer.name)])
        word.sheet(shares(15, 15, 32, 38), _process(segments, threads), heads=1)
        word.sheet(shares(14, 86), _remarks(evaluation))
        signature(word, "听课人签名")

    return word_file(write)


def _process(segments: Sequence[Segment], threads: Sequence[TimedComment]) -> list[list[Cell]]:
    rows = [[head(name) for name in ("时间", "教学环节", "师生活动", "随记与评析")]]
    for stretch in stretches(segments, threads):
        seen = [one for one in stretch.threads if one.kind == CommentKind.EVIDENCE]
        thought = [one for one in stretch.threads if one.kind != CommentKind.EVIDENCE]
        if stretch.end_ms is None:
            times = span_words(stretch.threads[0])
        else:
            times = media_span(stretch.start_ms, stretch.end_ms)
        rows.append(
            [Cell(times, centered=True), Cell(stretch.label), Cell(_notes(seen)), Cell(_notes(thought, kinds=True))]
        )
    if len(rows) == 1:
        rows.append([Cell(tall=ROOM * 4), Cell(), Cell(), Cell()])
    return rows


def _notes(threads: Sequence[TimedComment], *, kinds: bool = False) -> str:
    lines = []
    for thread in threads:
        kind = f"【{thread.kind_of.label}】" if kinds else ""
        lines.append(f"{span_words(thread)} {kind}{' '.join(thread.body.split())}{drawn_on(thread)}")
    return "\n".join(lines)


def stretches(segments: Sequence[Segment], threads: Sequence[TimedComment]) -> list[Stretch]:
    """Deal notes to the phases they begin in; notes outside of every phase get a row of their own, in order of time."""
    found = [
        Stretch(
            phase.start_ms,
            phase.end_ms,
            phase.label,
            tuple(one for one in threads if one.is_placed and phase.start_ms <= one.start_ms < phase.end_ms),
        )
        for phase in segments
    ]
    dealt = {one.id for stretch in found for one in stretch.threads}
    found += [Stretch(one.start_ms, None, "", (one,)) for one in threads if one.id not in dealt]
    return sorted(found, key=lambda stretch: (_is_by_clock(stretch), stretch.start_ms))


def _is_by_clock(stretch: Stretch) -> bool:
    """Live notes without a place on the recording come last, as they were taken."""
    return stretch.end_ms is None and not stretch.threads[0].is_placed


def _remarks(evaluation: Evaluation | None) -> list[list[Cell]]:
    if evaluation is None or evaluation.total is None:
        blank = Cell(tall=ROOM)
        return [[head("亮点"), blank], [head("建议"), blank], [head("总评等级"), Cell(tall=500)]]
    points = evaluation.total / 100
    band = band_of(evaluation.version.sheet, points)
    said = f"{points:.1f} 分{f'（{band}）' if band else ''}，{evaluation.version.template.name}"
    return [
        [head("亮点"), Cell(evaluation.strengths, tall=0 if evaluation.strengths else ROOM)],
        [head("建议"), Cell(evaluation.advice, tall=0 if evaluation.advice else ROOM)],
        [head("总评等级"), Cell(said)],
    ]
