"""微格片段表: the clips of a set with their times and questions, and room to write."""

from __future__ import annotations

from collections.abc import Sequence

from yanxiu.core.clock import media_clock, media_span
from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import ClipSet
from yanxiu.observations.papers.paper import signature, word_file
from yanxiu.observations.queries.clip_sets import ShownClip

COLUMNS = ("序号", "课例", "时间", "看的时候想一想", "我看到的")
WIDTHS = shares(8, 26, 14, 26, 26)


def clip_list_word(clip_set: ClipSet, seen: Sequence[ShownClip], address: str) -> bytes:
    """Return the paper; `seen` are the clips whose lessons its reader may watch, each at its place, `address` the page."""

    def write(word: WordFile) -> None:
        word.title(clip_set.title)
        total = sum(shown.clip.length_ms for shown in seen)
        word.paragraph(f"微格研修　{clip_set.owner.name}　{len(seen)} 段　共 {media_clock(total)}", SMALL)
        if clip_set.introduction:
            word.paragraph(clip_set.introduction)
        rows = [[head(name) for name in COLUMNS], *(_line(shown) for shown in seen)]
        word.sheet(WIDTHS, rows, heads=1)
        word.paragraph(f"在线观看：{address}", SMALL)
        signature(word, "姓名")

    return word_file(write)


def _line(shown: ShownClip) -> list[Cell]:
    lesson, clip = shown.lesson, shown.clip
    assert lesson is not None
    asked = "\n".join(text for text in (clip.task, clip.note) if text)
    return [
        Cell(str(shown.place), centered=True),
        Cell(f"{lesson.title}\n{lesson.teacher.name}"),
        Cell(media_span(clip.start_ms, clip.end_ms), centered=True),
        Cell(asked),
        Cell("", tall=1000),
    ]
