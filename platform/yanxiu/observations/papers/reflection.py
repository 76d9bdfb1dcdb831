"""课前会议与教学反思: what was written before and after the lesson, and how it went on; whoever sees the lesson reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yanxiu.core.word import WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import MEETING_KEYS, Lesson, LessonText, TextKey
from yanxiu.observations.papers.paper import about_lesson, day_and_hour, signature, word_file


def reflection_word(lesson: Lesson, texts: Mapping[str, LessonText], seconds: Sequence[Lesson]) -> bytes:
    """Return the paper; `seconds` are the lessons that repeated this one, as far as its reader sees them."""

    def write(word: WordFile) -> None:
        word.title("课前会议与教学反思")
        about_lesson(word, lesson)
        for title, keys in (("一、课前会议", MEETING_KEYS), ("二、教学反思", (TextKey.REFLECTION,))):
            word.heading(title, 2)
            word.sheet(shares(22, 78), [_line(key, texts.get(key)) for key in keys])
        if seconds:
            word.heading("三、二次上课", 2)
            rows = [[head(name) for name in ("课题", "班级", "上课时间")]]
            rows += [[Cell(one.title), Cell(one.class_name), Cell(day_and_hour(one.taught_at))] for one in seconds]
            word.sheet(shares(50, 20, 30), rows, heads=1)
        signature(word, "授课教师签名")

    return word_file(write)


def _line(key: TextKey, text: LessonText | None) -> list[Cell]:
    return [head(key.label), Cell(text.body if text is not None else "", tall=0 if text is not None else 700)]
