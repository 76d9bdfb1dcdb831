"""What every form about a lesson has: its head, and how a Word file comes to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.word import WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import Lesson

HEAD_COLUMNS = shares(14, 36, 14, 36)


def word_file(write: Callable[[WordFile], None]) -> bytes:
    """Return the bytes of what `write` puts into a new Word file."""
    with scratch_folder() as folder:
        target = folder / "paper.docx"
        with WordFile(target) as word:
            write(word)
        return target.read_bytes()


def about_lesson(
    word: WordFile,
    lesson: Lesson,
    more: Sequence[tuple[str, str]] = (),
    below: Sequence[tuple[str, str]] = (),
) -> None:
    """Write the head of a form: the lesson, then `more` names with what is filled in, two on a line.

    An odd last one takes the whole line, and so does each of `below` that is filled in.
    """
    pairs = [
        ("学校", lesson.organization.name if lesson.organization else lesson.teacher.organization.name),
        ("授课教师", lesson.teacher.name),
        ("班级", lesson.class_name or lesson.grade),
        ("学科", lesson.subject),
        ("课型", lesson.lesson_type),
        ("上课时间", day_and_hour(lesson.taught_at)),
        ("地点", lesson.place),
        *more,
    ]
    rows = [[head("课题"), Cell(lesson.title, wide=3)]]
    for at in range(0, len(pairs) - 1, 2):
        (name, text), (other, value) = pairs[at : at + 2]
        rows.append([head(name), Cell(text), head(other), Cell(value)])
    if len(pairs) % 2:
        name, text = pairs[-1]
        rows.append([head(name), Cell(text, wide=3)])
    rows += [[head(name), Cell(text, wide=3)] for name, text in below if text]
    word.sheet(HEAD_COLUMNS, rows)


def day_and_hour(moment: datetime | None) -> str:
    """Return 2026年3月15日 09:10 where the teachers are; empty where nobody noted it."""
    if moment is None:
        return ""
    local = moment.astimezone(LOCAL_ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def signature(word: WordFile, *names: str) -> None:
    """Write the line where people sign by hand."""
    word.paragraph("    ".join(f"{name}：____________" for name in (*names, "日期")))
