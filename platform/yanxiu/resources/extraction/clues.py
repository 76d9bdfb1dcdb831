"""What the first lines of a file say about it, each with the line that says so: proposals, never more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yanxiu.accounts.catalog import EDITIONS
from yanxiu.resources.catalog import stage_of
from yanxiu.resources.extraction.guessing import (
    EDITION_ALIASES,
    edition_in,
    grade_and_volume,
    kind_by_words,
    subject_in,
)

TITLE_LINES = 3
"""Among so many first lines the kind of a text is named; further down 反思 or 练习 is a part of it."""
LOOKED_AT = 15
SHORT = 45
"""Characters above which a line is prose, whose 科学 or 艺术 names no subject."""
QUOTED = 30
_LABEL = re.compile(r"(学\s*科|科\s*目|年\s*级|教\s*材|版\s*本|课\s*题|课\s*型|单\s*元|册\s*别)\s*[:：]?")
_LESSON = (re.compile(r"课\s*题\s*[:：]\s*《?([^《》:：，。；]{2,30})》?"), re.compile(r"《([^》]{1,40})》"))
_UNIT = re.compile(r"(第[一二三四五六七八九十\d]{1,3}单元)")
_PUBLISHERS = {"人民教育出版社": "人教版", "北京师范大学出版社": "北师大版", "江苏凤凰教育出版社": "苏教版", "外语教学与研究出版社": "外研版", "译林出版社": "译林版", "教育科学出版社": "教科版"}  # fmt: skip
_NAMELESS = re.compile(
    r"(新建|未命名|无标题|文档|演示文稿|工作簿|幻灯片|扫描件?|图片|微信|下载|microsoft|word|powerpoint|docx?|document|pptx?"
    r"|untitled|img|scan|wps|mmexport|new|[\d_\-\s.()（）])*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clue:
    """A value that a line of the text gave: `line` counts from 1, `quote` are its words, shortened."""

    value: str
    line: int
    quote: str

    @property
    def reason(self) -> str:
        """Why, in words for the person who uploads."""
        return f"正文{'第一' if self.line == 1 else f'第 {self.line} '}行有“{self.quote}”"


def clues_in(lines: Sequence[str]) -> dict[str, Clue]:
    """Return what the first lines say of kind, grade, stage, subject, edition, volume, unit and lesson."""
    found: dict[str, Clue] = {}
    for number, line in enumerate(lines[:LOOKED_AT], start=1):
        for column, value in _said(line, number):
            found.setdefault(column, clue_at(value, number, line))
    return found


def clue_at(value: str, number: int, line: str) -> Clue:
    """A clue with as much of its line as fits on a card."""
    at = max(0, line.find(value) - QUOTED // 2) if len(line) > QUOTED else 0
    quote = line[at : at + QUOTED]
    return Clue(value, number, ("…" if at else "") + quote + ("…" if at + QUOTED < len(line) else ""))


def title_clue(stem: str, lines: Sequence[str]) -> Clue | None:
    """The first line as a title, where the name of the file says nothing (新建文档、IMG_2033)."""
    if not lines or not _NAMELESS.fullmatch(stem) or not 2 <= len(lines[0]) <= SHORT:
        return None
    return clue_at(lines[0], 1, lines[0])


def _said(line: str, number: int) -> Iterator[tuple[str, str]]:
    short = len(line) <= SHORT
    labeled = bool(_LABEL.search(line))
    if short and number <= TITLE_LINES:
        yield from _named("kind", kind_by_words(line.replace(" ", "")))
    if short or labeled:
        grade, volume = grade_and_volume(re.sub(r"\s", "", line))
        yield from _named("grade", grade)
        yield from _named("stage", stage_of(grade, volume))
        yield from _named("volume", volume)
        yield from _named("edition", _edition(line))
        unit = _UNIT.search(line)
        yield from _named("unit", unit.group(1) if unit else "")
        if number <= TITLE_LINES or labeled or grade:
            yield from _named("subject", subject_in(line))
        yield from _named("lesson", next((m.group(1).strip() for p in _LESSON if (m := p.search(line))), ""))


def _edition(line: str) -> str:
    publisher = next((short for name, short in _PUBLISHERS.items() if name in line), "")
    if publisher:
        return publisher
    named = any(f"{word}版" in line or f"{word}教材" in line for word in EDITION_ALIASES)
    return edition_in(line) if named or any(e in line for e in EDITIONS if e != "其他") else ""


def _named(column: str, value: str) -> Iterator[tuple[str, str]]:
    if value:
        yield column, value
