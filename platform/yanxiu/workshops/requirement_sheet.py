"""Who has done what a topic asks, as an Excel file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.workshops.models import Topic, WorkshopMember
from yanxiu.workshops.queries.requirements import Progress

HEADS = ("序号", "姓名", "单位", "小组", "主帖回复", "回应同伴", "得分", "完成情况")
WIDTHS = (6, 12, 26, 14, 10, 10, 8, 26)


def draw_progress(topic: Topic, people: Sequence[WorkshopMember], progress: Mapping[int, Progress]) -> bytes:
    """Draw a row for each who is asked; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    sheet = book.add_worksheet("回帖完成情况")
    sheet.write_string(0, 0, f"{topic.title}：回帖完成情况", book.add_format({"bold": True, "font_size": 14}))
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center"})
    cell = book.add_format({"border": 1})
    for column, (text, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.write_string(1, column, text, head)
        sheet.set_column(column, column, width)
    for number, seat in enumerate(people, start=1):
        _write_row(sheet, number, seat, progress[seat.user_id], cell)
    _set_up_paper(sheet)
    book.close()
    return buffer.getvalue()


def _write_row(sheet: Any, number: int, seat: WorkshopMember, own: Progress, cell: Any) -> None:
    row: list[str | int] = [number, seat.user.name, seat.user.organization.name, seat.group.name if seat.group else ""]
    row += [own.posts, own.answers, own.points, said_of(own)]
    for column, value in enumerate(row):
        write = sheet.write_number if isinstance(value, int) else sheet.write_string
        write(number + 1, column, value, cell)


def said_of(own: Progress) -> str:
    """Say what is still missing, in a teacher's words."""
    parts = [
        f"{own.missing_posts} 条主帖回复" if own.missing_posts else "",
        f"{own.missing_answers} 条回应" if own.missing_answers else "",
    ]
    missing = "、".join(part for part in parts if part)
    return f"还差 {missing}" if missing else "已完成"


def _set_up_paper(sheet: Any) -> None:
    sheet.freeze_panes(2, 2)
    print_across(sheet, 1)
