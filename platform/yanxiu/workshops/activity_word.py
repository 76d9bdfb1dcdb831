"""The record of an activity as a Word file to be printed and filed: 四定, 三查, what was written down, the reflections."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.word import SMALL, Picture, WordFile
from yanxiu.workshops.activity_words import KIND_NAMES, PRESENCE_NAMES, time_span
from yanxiu.workshops.models import Activity, ActivityReflection
from yanxiu.workshops.queries.attendance import Seen
from yanxiu.workshops.queries.record_outlines import HEAD, outline_of
from yanxiu.workshops.queries.record_pictures import record_pictures
from yanxiu.workshops.queries.records import Checks, record_of
from yanxiu.workshops.queries.text_pictures import pictures_of

LINES_FOR_A_PEN = 3


@dataclass(frozen=True)
class Sheet:
    """What is printed; `lines` and `reflections` are empty for who may not read names."""

    activity: Activity
    checks: Checks
    lines: Sequence[Seen] = ()
    reflections: Sequence[ActivityReflection] = ()


def word_of(sheet: Sheet, viewer: Viewer) -> bytes:
    """Return the file, with the pictures that the viewer sees."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "record.docx"
        with WordFile(target) as word:
            word.title("研修活动记录")
            word.form([*_fixed(sheet.activity), *_attendance(sheet)])
            if not write_record(word, sheet.activity):
                _leave_room(word, sheet.activity)
            _write_reflections(word, sheet, viewer)
        return target.read_bytes()


class Paper(Protocol):
    """What a record is written on: a Word file, or Word and PDF at once."""

    def heading(self, text: str, level: int = 1) -> None: ...

    def paragraph(self, text: str, style: str = "", *, indent: int = 0) -> None: ...

    def html(self, html: str, picture: Picture = ..., *, indent: int = 0) -> None: ...


def write_record(paper: Paper, activity: Activity) -> bool:
    """The second check: what was written, with its headings, lists, tables and pictures; False if nothing was."""
    record = record_of(activity.id)
    if record is None:
        return False
    paper.heading("活动记录")
    paper.html(record.html, record_pictures(activity.id))
    paper.paragraph(f"一起写的人：{'、'.join(person.name for person in record.writers)}", SMALL)
    return True


def _leave_room(word: WordFile, activity: Activity) -> None:
    """Before the first word: the titles, with room for a pen."""
    word.heading("活动记录")
    for section in outline_of(activity):
        if section.key != HEAD:
            word.heading(section.title, 2)
            for _line in range(LINES_FOR_A_PEN):
                word.paragraph("")


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


def _write_reflections(word: WordFile, sheet: Sheet, viewer: Viewer) -> None:
    """The third check."""
    came, wrote = sheet.checks.attendance.came, sheet.checks.reflections_of_came
    word.heading("活动反思")
    word.paragraph(f"到场 {came} 人，其中 {wrote} 人交了反思")
    pictures = pictures_of(sheet.activity.workshop_id, viewer)
    for item in sheet.reflections:
        word.heading(f"{item.author.name}（{item.author.organization.name}）", 3)
        word.html(item.html, pictures)
