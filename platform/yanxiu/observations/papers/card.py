"""课例卡: a lesson on one or two pages, for those who find it in a library without having been there.

It may travel further than the lesson: what was said stands in it without names, and nothing that was not said to everybody;
no scores and no private notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yanxiu.core.clock import media_clock, media_span
from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import Lesson, Segment, TimedComment
from yanxiu.observations.papers.comment_files import span_words
from yanxiu.observations.papers.paper import about_lesson, word_file

MOST_REMARKS = 8
"""Of each kind: the card is to stay a card."""
LONGEST_REMARK = 160


@dataclass(frozen=True)
class CardText:
    """What stands on a card besides the lesson: its place in the book, its phases, remarks by kind, the reflection."""

    book: str
    duration_ms: int
    segments: Sequence[Segment]
    highlights: Sequence[TimedComment]
    advice: Sequence[TimedComment]
    reflection: str


def card_word(lesson: Lesson, text: CardText, links: Sequence[tuple[str, str]]) -> bytes:
    """Return the card; `links` are names and addresses of what it leads to, where rights are asked for again."""

    def write(word: WordFile) -> None:
        word.title("课例卡")
        about_lesson(
            word, lesson, [("教材", text.book), ("实录时长", media_clock(text.duration_ms) if text.duration_ms else "")]
        )
        if lesson.focus:
            word.sheet(shares(14, 86), [[head("重点看"), Cell(lesson.focus)]])
        _phases(word, text.segments)
        _remarks(word, "亮点", text.highlights)
        _remarks(word, "建议", text.advice)
        if text.reflection:
            word.heading("教学反思", 2)
            word.paragraph(text.reflection)
        word.heading("看实录", 2)
        for name, address in links:
            word.paragraph(f"{name}：{address}", SMALL)
        word.paragraph("谁能看实录和教案，由授课教师决定。", SMALL)

    return word_file(write)


def _phases(word: WordFile, segments: Sequence[Segment]) -> None:
    if not segments:
        return
    word.heading("教学环节", 2)
    rows = [[head(name) for name in ("时间", "环节", "类型", "用时")]]
    for phase in segments:
        times = media_span(phase.start_ms, phase.end_ms)
        lasts = media_clock(phase.end_ms - phase.start_ms)
        kind = phase.kind_of.label
        rows.append(
            [Cell(times, centered=True), Cell(phase.label), Cell(kind, centered=True), Cell(lasts, centered=True)]
        )
    word.sheet(shares(24, 44, 16, 16), rows, heads=1)


def _remarks(word: WordFile, title: str, threads: Sequence[TimedComment]) -> None:
    """With its moment, so that it can be looked up in the recording; live notes without one have none."""
    if not threads:
        return
    word.heading(title, 2)
    rows = []
    for one in threads[:MOST_REMARKS]:
        said = " ".join(one.body.split())
        cut = said if len(said) <= LONGEST_REMARK else f"{said[:LONGEST_REMARK]}……"
        rows.append([Cell(span_words(one) if one.is_placed else "课堂上", centered=True), Cell(cut)])
    word.sheet(shares(22, 78), rows)
