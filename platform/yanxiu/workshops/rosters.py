"""The list of members as an Excel file, ready to be printed and stamped."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.workshops.forms.teams import ROLE_NAMES
from yanxiu.workshops.models import Workshop, WorkshopMember

HEADINGS = ("序号", "姓名", "单位", "学科", "学段", "职称", "角色", "小组", "加入日期", "发布话题", "回复")
WIDTHS = (6, 12, 24, 12, 8, 12, 10, 14, 12, 10, 8)


def roster_of(workshop: Workshop, members: Sequence[WorkshopMember], written: Mapping[int, tuple[int, int]]) -> bytes:
    """Draw the table. `written` gives (topics, answers) by user; strings never become formulas."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet("成员名单")
    title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center"})
    cell = book.add_format({"border": 1})
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, f"{workshop.name}成员名单（{workshop.term}）", title)
    sheet.set_row(0, 28)
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, heading, head)
    for row, member in enumerate(members, start=2):
        for column, value in enumerate(_cells(row - 1, member, written.get(member.user_id, (0, 0)))):
            if isinstance(value, int):
                sheet.write_number(row, column, value, cell)
            else:
                sheet.write_string(row, column, value, cell)
    sheet.freeze_panes(2, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    book.close()
    return buffer.getvalue()


def _cells(number: int, member: WorkshopMember, written: tuple[int, int]) -> tuple[str | int, ...]:
    user = member.user
    return (
        number,
        user.name,
        user.organization.name,
        user.subject,
        user.stage,
        user.title,
        ROLE_NAMES[member.role],
        member.group.name if member.group else "",
        member.joined_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d"),
        *written,
    )
