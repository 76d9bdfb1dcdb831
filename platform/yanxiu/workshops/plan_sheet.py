"""Who has done what of a term's plan as an Excel file: a row for each member, a column for each item."""

from __future__ import annotations

import io
from collections.abc import Mapping

from yanxiu.core.clock import today
from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.plan_progress import Progress

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PERSON = (("序号", 6), ("姓名", 12), ("单位", 24), ("小组", 14), ("完成", 10))
NOTE = "任务看有没有交，活动看有没有到场，话题看有没有打开过，教案看有没有写过，课例看有没有点评、评课或看过实录，资源看有没有打开过；其他内容由老师自己标记，教案、课例和资源也可以自己标记。坊主、管理成员和指导教师不列。"


def progress_sheet(workshop: Workshop, progress: Progress, kinds: Mapping[str, str]) -> bytes:
    """Draw the table; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("计划完成表")
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center", "text_wrap": True})
    cell = book.add_format({"border": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    sheet.write_string(0, 0, f"{workshop.name}学期计划完成表（{today().isoformat()}）", title)
    columns = [*PERSON, *((f"{item.title}\n（{kinds.get(item.kind, '内容')}）", 14) for item in progress.items)]
    for column, (text, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, text, head)
    for row, member in enumerate(progress.people, start=2):
        sheet.write_number(row, 0, row - 1, cell)
        group = member.group.name if member.group else ""
        about = (member.user.name, member.user.organization.name, group, progress.share_of(member.user_id))
        marks = ("✓" if (item.id, member.user_id) in progress.done else "" for item in progress.items)
        for column, text in enumerate((*about, *marks), start=1):
            sheet.write_string(row, column, text, cell)
    sheet.write_string(len(progress.people) + 3, 0, NOTE)
    sheet.freeze_panes(2, 2)
    print_across(sheet, 1)
    book.close()
    return buffer.getvalue()
