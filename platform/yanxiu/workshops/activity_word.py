"""The record of an activity as a Word file to be printed and filed: 四定, 三查, what was written down, the reflections."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanxiu.workshops.activity_words import KIND_NAMES, PRESENCE_NAMES, RECORD_PARTS, time_span
from yanxiu.workshops.models import Activity, ActivityReflection, RecordPart
from yanxiu.workshops.queries.attendance import Seen
from yanxiu.workshops.queries.records import Checks
from yanxiu.workshops.word_text import use_fonts, write_run

BODY, HEADING = "宋体", "黑体"
BODY_PT, HEADING_PT, TITLE_PT = 12, 14, 18


@dataclass(frozen=True)
class Sheet:
    """What is printed; `lines` and `reflections` are empty for who may not read names."""

    activity: Activity
    record: Mapping[str, RecordPart]
    checks: Checks
    lines: Sequence[Seen] = ()
    reflections: Sequence[ActivityReflection] = ()


def word_of(sheet: Sheet) -> bytes:
    """Return the file."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    use_fonts(document.styles["Normal"], BODY, Pt(BODY_PT))
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write_run(title, "研修活动记录", HEADING, Pt(TITLE_PT))
    _add_table(document, [*_fixed(sheet.activity), *_attendance(sheet), *_written(sheet.record)])
    _add_reflections(document, sheet)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _fixed(activity: Activity) -> list[tuple[str, str]]:
    """The four things fixed before."""
    rows = [
        ("工作坊", activity.workshop.name),
        ("活动名称", activity.title),
        ("活动类型", KIND_NAMES[activity.kind]),
        ("时间", time_span(activity.starts_at, activity.ends_at)),
        ("线上" if activity.is_online else "地点", activity.place),
        ("主讲人", activity.speaker),
        ("活动内容", activity.text),
    ]
    return [*rows, ("讨论", activity.about_title)] if activity.about_title else rows


def _attendance(sheet: Sheet) -> list[tuple[str, str]]:
    """The first check: how many, and who for those who may read it."""
    count = sheet.checks.attendance
    sums = (
        f"应到 {count.expected} 人，实到 {count.came} 人（迟到 {count.late} 人），"
        f"请假 {count.excused} 人，缺席 {count.absent} 人，未登记 {count.open} 人"
    )
    names = []
    for state, text in PRESENCE_NAMES.items():
        people = [line.user.name for line in sheet.lines if line.state == state]
        names += [f"{text}：{'、'.join(people)}"] if people else []
    return [("出勤", "\n".join([sums, *names]))]


def _written(record: Mapping[str, RecordPart]) -> list[tuple[str, str]]:
    """The second check: every part, those not written yet left empty for a pen."""
    return [(text, record[name].text if name in record else "") for name, text in RECORD_PARTS.items()]


def _add_table(document: Any, rows: Sequence[tuple[str, str]]) -> None:
    from docx.shared import Mm, Pt

    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for name, text in rows:
        head, body = table.add_row().cells
        head.width, body.width = Mm(28), Mm(124)
        write_run(head.paragraphs[0], name, HEADING, Pt(BODY_PT))
        write_run(body.paragraphs[0], text, BODY, Pt(BODY_PT))


def _add_reflections(document: Any, sheet: Sheet) -> None:
    """The third check."""
    from docx.shared import Pt

    came, wrote = sheet.checks.attendance.came, sheet.checks.reflections_of_came
    write_run(document.add_paragraph(), "活动反思", HEADING, Pt(HEADING_PT))
    document.add_paragraph(f"到场 {came} 人，其中 {wrote} 人交了反思")
    for item in sheet.reflections:
        line = document.add_paragraph()
        write_run(line, f"{item.author.name}（{item.author.organization.name}）", HEADING, Pt(BODY_PT))
        line.paragraph_format.keep_with_next = True
        document.add_paragraph(item.text)
