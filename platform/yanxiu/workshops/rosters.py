"""The list of members, and who came to an activity, as Excel files ready to be printed and stamped."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.workshops.activity_words import PRESENCE_NAMES, time_span
from yanxiu.workshops.forms.teams import ROLE_NAMES
from yanxiu.workshops.models import Activity, Workshop, WorkshopMember
from yanxiu.workshops.queries.attendance import Count, Seen

HEADINGS = ("序号", "姓名", "单位", "学科", "学段", "职称", "角色", "小组", "加入日期", "发布话题", "回复")
ATTENDANCE_COLUMNS = (
    ("序号", 6), ("姓名", 12), ("单位", 26), ("出勤", 10), ("签到时间", 14), ("方式", 12), ("签名", 16),
)  # fmt: skip
WIDTHS = (6, 12, 24, 12, 8, 12, 10, 14, 12, 10, 8)


def roster_of(workshop: Workshop, members: Sequence[WorkshopMember], written: Mapping[int, tuple[int, int]]) -> bytes:
    """Draw the list of members. `written` gives (topics, answers) by user."""
    rows = [_cells(n, member, written.get(member.user_id, (0, 0))) for n, member in enumerate(members, start=1)]
    return _drawn(
        "成员名单", f"{workshop.name}成员名单（{workshop.term}）", tuple(zip(HEADINGS, WIDTHS, strict=True)), rows
    )


def attendance_table(activity: Activity, lines: Sequence[Seen], count: Count) -> bytes:
    """Draw who came to an activity, with the sums in the title."""
    sums = f"应到 {count.expected} 实到 {count.came} 迟到 {count.late} 请假 {count.excused} 缺席 {count.absent}"
    when = time_span(activity.starts_at, activity.ends_at)
    rows = [_line(n, line) for n, line in enumerate(lines, start=1)]
    return _drawn("出勤登记", f"{activity.title}出勤登记表（{when}；{sums}）", ATTENDANCE_COLUMNS, rows)


def _drawn(name: str, heading: str, columns: Sequence[tuple[str, int]], rows: Sequence[tuple[str | int, ...]]) -> bytes:
    """Draw a table for printing; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet(name)
    title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter", "text_wrap": True})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center"})
    cell = book.add_format({"border": 1})
    sheet.merge_range(0, 0, 0, len(columns) - 1, heading, title)
    sheet.set_row(0, 28 if len(heading) < 40 else 44)
    for column, (text, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, text, head)
    for row, values in enumerate(rows, start=2):
        for column, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(row, column, value, cell)
            else:
                sheet.write_string(row, column, value, cell)
    sheet.freeze_panes(2, 2)
    print_across(sheet, 1)
    book.close()
    return buffer.getvalue()


def _line(number: int, line: Seen) -> tuple[str | int, ...]:
    note, user = line.note, line.user
    arrived = note.arrived_at.astimezone(LOCAL_ZONE).strftime("%m-%d %H:%M") if note and note.arrived_at else ""
    by_itself = note is not None and note.arrived_at is not None and note.marked_by_id is None
    how = "签到码" if note and note.signed_at else "在线" if by_itself else "主持人登记" if line.state else ""
    return (number, user.name, user.organization.name, PRESENCE_NAMES.get(line.state, "未登记"), arrived, how, "")


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
