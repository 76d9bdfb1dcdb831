"""学情 as an Excel file: one sheet for members, groups and schools each, and what the figures mean."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from yanxiu.core.workbooks import new_workbook, print_across
from yanxiu.workshops.figures import LAST_ACTIVE, MEETINGS, MEMBER_FIGURES, PART_FIGURES, percent
from yanxiu.workshops.forms.teams import ROLE_NAMES
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries.insights import Insights, MemberLine, PartLine

Cell = str | int
TOTALS = {
    "works_asked": "该交作业",
    "replies_asked": "该做到的回帖",
    "points_asked": "回帖满分",
    MEETINGS.key: MEETINGS.name,
    "records_asked": "可写的活动记录",
}
PEOPLE = ("序号", "姓名", "单位", "小组", "角色", "加入日期")


def workbook_of(workshop: Workshop, period: Period, insights: Insights) -> bytes:
    """Draw the tables; strings never become formulas."""
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    title = f"{workshop.name}学情（{period.days}）"
    people = [_person(number, line) for number, line in enumerate(insights.lines, start=1)]
    heads = [*PEOPLE, *(figure.name for figure in MEMBER_FIGURES), *TOTALS.values(), LAST_ACTIVE.name]
    _draw(book, "成员", title, heads, people)
    for name, parts in (("小组", insights.by_group()), ("单位", insights.by_school())):
        rows = [_part(part) for part in (*parts, insights.whole())]
        _draw(book, name, title, [name, *(figure.name for figure in PART_FIGURES)], rows)
    meanings = [(figure.name, figure.definition) for figure in (*PART_FIGURES, *MEMBER_FIGURES, LAST_ACTIVE)]
    _draw(book, "说明", "各项数字的说明", ["数字", "说明"], list(dict(meanings).items()))
    book.close()
    return buffer.getvalue()


def _person(number: int, line: MemberLine) -> list[Cell]:
    seat = line.seat
    about = [number, seat.user.name, seat.user.organization.name, seat.group.name if seat.group else ""]
    days = [seat.joined_at.strftime("%Y-%m-%d"), line.last_active.isoformat() if line.last_active else "没有来过"]
    counted = [*(getattr(line, figure.key) for figure in MEMBER_FIGURES), *(getattr(line, key) for key in TOTALS)]
    return [*about, ROLE_NAMES[seat.role], days[0], *counted, days[1]]


def _part(part: PartLine) -> list[Cell]:
    values = [getattr(part, figure.key) for figure in PART_FIGURES]
    return [part.name, *(value if isinstance(value, int) else percent(value) for value in values)]


def _draw(book: Any, name: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    large = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E2F0EA", "align": "center"})
    cell = book.add_format({"border": 1})
    sheet.write_string(0, 0, title, large)
    for column, text in enumerate(heads):
        sheet.set_column(column, column, 24 if text == "单位" else 60 if text == "说明" else 12)
        sheet.write_string(1, column, text, head)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row):
            write = sheet.write_number if isinstance(value, int) else sheet.write_string
            write(number, column, value, cell)
    sheet.freeze_panes(2, 2 if len(heads) > 2 else 0)
    print_across(sheet, 1)
