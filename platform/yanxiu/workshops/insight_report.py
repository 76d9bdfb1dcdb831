"""学情通报: what a leader tells the schools about a period, as text for a group chat and as a Word file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.core.clock import today
from yanxiu.workshops.figures import (
    ATTENDANCE_RATE,
    CAME,
    CAME_RATE,
    MEETINGS,
    MEMBERS,
    RECORD_RATE,
    RECORDS,
    REPLY_RATE,
    SPOKE,
    SPOKE_RATE,
    WORK_RATE,
    percent,
)
from yanxiu.workshops.models import Topic, Workshop
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.insights import BusyTopic, Insights, MemberLine, PartLine
from yanxiu.workshops.word_text import use_fonts, write_run

NAMED, SPEAKERS = 20, 5
HEADS = ("单位", "应训", "参训", "参训率", "发言", "学习率", "作业提交率", "回帖完成率", "出勤率", "话题", "回复")
DEFINITIONS = "；".join(
    f"{figure.name}：{figure.definition}"
    for figure in (
        MEMBERS,
        CAME,
        CAME_RATE,
        SPOKE,
        SPOKE_RATE,
        WORK_RATE,
        REPLY_RATE,
        MEETINGS,
        ATTENDANCE_RATE,
        RECORDS,
        RECORD_RATE,
    )
)


@dataclass(frozen=True)
class Report:
    """Everything a 通报 says."""

    workshop: Workshop
    period: Period
    whole: PartLine
    schools: Sequence[PartLine]
    speakers: Sequence[MemberLine]
    absent: Sequence[MemberLine]
    busy: Sequence[BusyTopic]
    digests: Sequence[Topic]

    @property
    def title(self) -> str:
        return f"{self.workshop.name}学情通报"

    @property
    def summary(self) -> str:
        """The one sentence with the figures."""
        whole = self.whole
        handed = f"作业应交 {whole.works_asked} 份，已交 {whole.works} 份（{percent(whole.work_rate)}）；"
        replied = f"回帖要求该做到 {whole.replies_asked} 个，做到 {whole.replies} 个（{percent(whole.reply_rate)}）；"
        met = (
            f"活动应到 {whole.meetings} 人次，实到 {whole.attended} 人次（{percent(whole.attendance_rate)}），"
            f"其中迟到 {whole.late} 人次，另有请假 {whole.excused} 人次；"
        )
        wrote = f"活动记录可写 {whole.records_asked} 人次，写过 {whole.records} 人次（{percent(whole.record_rate)}）；"
        return (
            f"{self.period.days}，应训 {whole.members} 人，参训 {whole.came} 人（{percent(whole.came_rate)}），"
            f"发言 {whole.spoke} 人（{percent(whole.spoke_rate)}）；{handed if whole.works_asked else ''}"
            f"{replied if whole.replies_asked else ''}{met if whole.meetings else ''}"
            f"{wrote if whole.records_asked else ''}发布话题 {whole.topics} 个，"
            f"回复 {whole.answers} 条，加精 {whole.digests} 个。"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """The table, the whole last."""
        return [_row(part) for part in (*self.schools, self.whole)]


def report_of(
    workshop: Workshop, period: Period, insights: Insights, busy: Sequence[BusyTopic], digests: Sequence[Topic]
) -> Report:
    """Put a report together."""
    speakers = sorted((line for line in insights.lines if line.spoke), key=lambda line: -(line.topics + line.answers))
    absent = [line for line in insights.lines if not line.came]
    schools = insights.by_school()
    return Report(workshop, period, insights.whole(), schools, speakers[:SPEAKERS], absent, busy, digests)


def _row(part: PartLine) -> tuple[str, ...]:
    counts = (
        str(part.members),
        str(part.came),
        percent(part.came_rate),
        str(part.spoke),
        percent(part.spoke_rate),
        percent(part.work_rate),
        percent(part.reply_rate),
        percent(part.attendance_rate),
    )
    return (part.name, *counts, str(part.topics), str(part.answers))


def _names(lines: Sequence[MemberLine]) -> str:
    names = "、".join(line.seat.user.name for line in lines[:NAMED])
    return names if len(lines) <= NAMED else f"{names}等 {len(lines)} 位"


def _busy(found: BusyTopic) -> str:
    return found.topic.title if found.answers is None else f"{found.topic.title}（{found.answers} 条回复）"


def paragraphs_of(report: Report) -> list[tuple[str, str]]:
    """Return heading and text of what stands below the table."""
    found = []
    if report.speakers:
        said = "、".join(f"{line.seat.user.name} {line.topics + line.answers} 条" for line in report.speakers)
        found.append(("发言较多的老师", said))
    if report.busy:
        found.append(("讨论最热的话题", "；".join(_busy(each) for each in report.busy)))
    if report.digests:
        found.append(("新加的精华", "；".join(f"{t.title}（{t.author.name}）" for t in report.digests)))
    if report.absent:
        found.append(("温馨提示", f"还没有来过的老师：{_names(report.absent)}。有空来坊里看看，大家在等您的想法。"))
    return found


def chat_text_of(report: Report) -> str:
    """Return the report as plain text that reads well in a group chat."""
    lines = [f"【学情通报】{report.workshop.name}", report.summary]
    if len(report.schools) > 1:
        lines.append("各单位参训：" + "，".join(f"{part.name} {part.came}/{part.members}" for part in report.schools))
    lines += [f"{heading}：{text}" for heading, text in paragraphs_of(report)]
    return "\n".join(lines)


def word_of(report: Report) -> bytes:
    """Return the report as a Word file: titles in 黑体, text in 宋体, a table by school."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document = Document()
    use_fonts(document.styles["Normal"], "宋体", Pt(12))
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_run(title, report.title, "黑体", Pt(18))
    document.add_paragraph(report.summary)
    _add_table(document, report.rows())
    for heading, text in paragraphs_of(report):
        write_run(document.add_paragraph(), heading, "黑体", Pt(14))
        document.add_paragraph(text)
    write_run(document.add_paragraph(), f"说明：{DEFINITIONS}。", "宋体", Pt(9))
    day = today()
    signed = document.add_paragraph(f"{report.workshop.organization.name}\n{day.year}年{day.month}月{day.day}日")
    signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_table(document: Any, rows: Sequence[tuple[str, ...]]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    table = document.add_table(rows=0, cols=len(HEADS), style="Table Grid")
    for number, values in enumerate((HEADS, *rows)):
        for column, (cell, value) in enumerate(zip(table.add_row().cells, values, strict=True)):
            write_run(cell.paragraphs[0], value, "宋体" if number else "黑体", Pt(10.5))
            if column:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
