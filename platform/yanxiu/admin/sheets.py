"""The workbooks administrators download. Strings stay strings; numbers that identify people are text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from yanxiu.accounts.catalog import STAGES, SUBJECTS, TITLES
from yanxiu.accounts.roster import COLUMNS, REQUIRED
from yanxiu.accounts.services.imports import IssuedAccount
from yanxiu.core.workbooks import new_workbook

if TYPE_CHECKING:
    import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"name": 12, "school": 24, "subject": 14, "stage": 10, "title": 14, "phone": 16, "id_number": 24}
ROWS_WITH_CHOICES = 5_001


def template_sheet() -> bytes:
    """Return the empty list: headings, text columns, drop-down choices, and a sheet of explanations."""
    out = io.BytesIO()
    with new_workbook(out) as book:
        head = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("教师名单")
        for position, (key, label) in enumerate(COLUMNS.items()):
            sheet.set_column(position, position, WIDTHS[key], text)
            sheet.write_string(0, position, f"{label}*" if key in REQUIRED else label, head)
        for key, words in (("subject", SUBJECTS), ("stage", STAGES), ("title", TITLES)):
            position = list(COLUMNS).index(key)
            sheet.data_validation(1, position, ROWS_WITH_CHOICES, position, {"validate": "list", "source": list(words)})
        sheet.freeze_panes(1, 0)
        _explain(book)
    return out.getvalue()


def _explain(book: xlsxwriter.Workbook) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 14, wrap)
    sheet.set_column(1, 1, 80, wrap)
    lines = (
        ("姓名*", "必填，与身份证一致"),
        ("学校*", "必填，写全称或平台里登记的简称；学校要先在“管理 › 组织”里建好"),
        ("学科", "可填：" + "、".join(SUBJECTS)),
        ("学段", "可填：" + "、".join(STAGES)),
        ("职称", "可填：" + "、".join(TITLES)),
        ("手机号", "11 位，可以用来登录；手机号和身份证号至少填一项"),
        ("身份证号", "18 位，请保持单元格为文本格式，否则后几位会变成 0"),
    )
    for row, (name, advice) in enumerate(lines):
        sheet.write_string(row, 0, name, wrap)
        sheet.write_string(row, 1, advice, wrap)


def account_sheet(issued: Sequence[IssuedAccount]) -> bytes:
    """Return the list of accounts and one-time passwords to cut into slips."""
    out = io.BytesIO()
    with new_workbook(out) as book:
        head = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        cell = book.add_format({"border": 1, "num_format": "@"})
        sheet = book.add_worksheet("账号")
        for position, (label, width) in enumerate(
            (("单位", 26), ("姓名", 12), ("用户名", 14), ("手机号", 16), ("初始密码", 20))
        ):
            sheet.set_column(position, position, width)
            sheet.write_string(0, position, label, head)
        for row, account in enumerate(issued, start=1):
            values = (account.school, account.name, account.username, account.phone, account.password)
            for position, value in enumerate(values):
                sheet.write_string(row, position, value, cell)
    return out.getvalue()
