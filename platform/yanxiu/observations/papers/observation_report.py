"""课堂观察报告 (LICC 报告) as a school files it: columns 视角 | 观察点 | 结果统计 | 评价反思 (forms.md 1), perspective by perspective."""

from __future__ import annotations

from collections import Counter

from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import Lesson
from yanxiu.observations.papers.comment_files import answers, span_words
from yanxiu.observations.papers.paper import about_lesson, signature, word_file
from yanxiu.observations.queries.recorded import Recorded
from yanxiu.observations.queries.report import Chapter, ObservationReport

ROOM = 1100
"""Where nothing was written, room for a pen."""


def report_word(lesson: Lesson, report: ObservationReport) -> bytes:
    """Return the report as its reader may read it."""

    def write(word: WordFile) -> None:
        word.title(report.title)
        people = "、".join(person.name for person in report.people)
        about_lesson(word, lesson, [("观察教师", people)], [("观察重点", lesson.focus)])
        word.heading("一、分工", 2)
        word.sheet(shares(16, 20, 34, 15, 15), _division(report), heads=1)
        word.heading("二、各视角的观察", 2)
        for chapter in report.chapters:
            _chapter(word, chapter)
        word.heading("三、总体结论", 2)
        word.sheet(
            shares(14, 86),
            [[head("结论"), Cell(report.conclusion, tall=0 if report.conclusion else ROOM * 2)]],
        )
        if report.conclusion and report.concluded_by:
            word.paragraph(f"执笔：{report.concluded_by}", SMALL)
        if not report.is_open:
            word.paragraph("议课开始以前导出，只有导出人自己的观察结果。", SMALL)
        signature(word, "主持人签名")

    return word_file(write)


def _division(report: ObservationReport) -> list[list[Cell]]:
    rows = [[head(name) for name in ("维度", "视角", "观察教师", "证据（条）", "观察结果")]]
    for one in report.chapters:
        rows.append(
            [
                Cell(one.perspective.dimension, centered=True),
                Cell(one.perspective.label, centered=True),
                Cell(_names(one) or "没有人看"),
                Cell(str(len(one.evidence)), centered=True),
                Cell("已写" if one.written else "", centered=True),
            ]
        )
    return rows


def _chapter(word: WordFile, chapter: Chapter) -> None:
    one = chapter.perspective
    word.heading(f"{one.full_name}　{_names(chapter)}".strip(), 3)
    rows = [[head("观察点"), Cell("\n".join(one.lines), wide=3)]]
    rows.append([head("结果统计"), Cell(counted(chapter), wide=3)])
    if chapter.recorded is not None:
        rows.append([head("工具记录"), Cell(recorded_words(chapter.recorded), wide=3)])
    if chapter.evidence:
        rows.append([head(text) for text in ("时间", "谁看到的", "证据", "回应")])
    for seen in chapter.evidence:
        rows.append(
            [
                Cell(span_words(seen), centered=True),
                Cell(seen.author.name, centered=True),
                Cell(f"【{seen.kind_of.label}】{seen.body}"),
                Cell(answers(seen)),
            ]
        )
    words = "\n".join(
        f"{found.author.name}：{found.body}" if len(chapter.findings) > 1 else found.body for found in chapter.findings
    )
    rows.append([head("评价反思"), Cell(words, wide=3, tall=0 if words else ROOM)])
    word.sheet(shares(15, 13, 46, 26), rows)


def counted(chapter: Chapter) -> str:
    """Say how much was noted, by kind: 证据 3 条，建议 1 条."""
    kinds = Counter(one.kind_of for one in chapter.evidence)
    return "，".join(f"{kind.label} {many} 条" for kind, many in kinds.most_common()) or "没有记录"


def recorded_words(recorded: Recorded) -> str:
    """Say with which scheme it was recorded, and each observer's figures where the reader may read them."""
    lines = [f"{person.name}：{figures}" for person, figures in recorded.told]
    if not lines:
        lines = [f"{len(recorded.finished)} 位老师记录完了" if recorded.finished else "还没有人记录完"]
    return "\n".join([f"记录工具：{recorded.scheme.name}", *lines])


def _names(chapter: Chapter) -> str:
    return "、".join(person.name for person in chapter.observers)
