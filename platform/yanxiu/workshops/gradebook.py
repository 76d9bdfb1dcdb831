"""The grade list of a workshop as an Excel file: a row for each member, a column for each task."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.workshops.models import Scale, Standing, Submission, Task, Workshop, WorkshopMember
from yanxiu.workshops.standings import mark_of, state_of

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERSON = ("序号", "姓名", "单位", "学科", "小组")
WIDTHS = (6, 12, 24, 10, 14)
TASK_WIDTH = 18
NOTE = "只列坊员；数字为得分，“退回”“待批”等为当时状态。选做任务不计入应交。"


@dataclass(frozen=True)
class Gradebook:
    """What the list is drawn from; `found` by (user id, task id)."""

    workshop: Workshop
    people: Sequence[WorkshopMember]
    tasks: Sequence[Task]
    found: Mapping[tuple[int, int], Submission]

    def drawn(self, at: datetime) -> bytes:
        """Draw the table as of a moment; strings never become formulas."""
        buffer = io.BytesIO()
        book = new_workbook(buffer)
        sheet = book.add_worksheet("任务完成表")
        formats = _formats(book)
        headings = [*PERSON, *(self._heading(task) for task in self.tasks), "已交 / 应交"]
        title = f"{self.workshop.name}任务完成表（{at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}）"
        sheet.merge_range(0, 0, 0, len(headings) - 1, title, formats["title"])
        for column, heading in enumerate(headings):
            sheet.write_string(1, column, heading, formats["head"])
            sheet.set_column(column, column, WIDTHS[column] if column < len(WIDTHS) else TASK_WIDTH)
        for row, member in enumerate(self.people, start=2):
            self._write_row(sheet, row, member, at, formats["cell"])
        sheet.write_string(len(self.people) + 3, 0, NOTE)
        _set_up_paper(sheet)
        book.close()
        return buffer.getvalue()

    def _heading(self, task: Task) -> str:
        due = task.due_at.astimezone(LOCAL_ZONE).strftime("%m-%d %H:%M")
        full = f"，满分 {task.points}" if task.scale == Scale.POINTS else ""
        return f"{task.title}\n（{'必做' if task.required else '选做'}，{due} 截止{full}）"

    def _write_row(self, sheet: Any, row: int, member: WorkshopMember, at: datetime, cell: Any) -> None:
        user = member.user
        group = member.group.name if member.group else ""
        sheet.write_number(row, 0, row - 1, cell)
        for column, text in enumerate((user.name, user.organization.name, user.subject, group), start=1):
            sheet.write_string(row, column, text, cell)
        for column, task in enumerate(self.tasks, start=len(PERSON)):
            self._write_mark(sheet, row, column, task, self.found.get((member.user_id, task.id)), at, cell)
        sheet.write_string(row, len(PERSON) + len(self.tasks), self._share(member), cell)

    def _write_mark(
        self, sheet: Any, row: int, column: int, task: Task, work: Submission | None, at: datetime, cell: Any
    ) -> None:
        if work is not None and work.standing == Standing.MARKED and work.score is not None:
            sheet.write_number(row, column, work.score, cell)
            return
        words = mark_of(task, work) or state_of(task, work, at).text
        sheet.write_string(row, column, f"{words}（迟交）" if work is not None and work.late else words, cell)

    def _share(self, member: WorkshopMember) -> str:
        """Handed in of what has to be; what was sent back counts as open."""
        required = [task for task in self.tasks if task.required]
        works = (self.found.get((member.user_id, task.id)) for task in required)
        sent = sum(1 for work in works if work is not None and work.standing != Standing.RETURNED)
        return f"{sent} / {len(required)}"


def _formats(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"}),
        "head": book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center", "valign": "top", "text_wrap": True}
        ),
        "cell": book.add_format({"border": 1}),
    }


def _set_up_paper(sheet: Any) -> None:
    sheet.set_row(0, 28)
    sheet.set_row(1, 48)
    sheet.freeze_panes(2, 2)
    print_across(sheet, 1)
