"""Columns of printed tables: what was drawn holds, what is short leaves its room to what is long."""

import pytest

from yanxiu.core.column_widths import column_shares
from yanxiu.core.pdf_text import grids_in, plain_grid

pytestmark = pytest.mark.once

PROCESS = [
    ["环节", "教师活动", "学生活动", "设计意图", "时间"],
    ["导入", "出示插图，" * 30, "看图说话，" * 10, "联系生活，" * 10, "5 分钟"],
    ["小结", "板书", "齐读", "", "3 分钟"],
]


def html_of(rows, columns=""):
    cells = ("".join(f"<td><p>{text}</p></td>" for text in row) for row in rows)
    return f"<table>{columns}<tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"


def test_short_columns_take_what_they_need_and_long_ones_the_rest():
    step, teacher, pupils, reasons, minutes = shares = column_shares(plain_grid(PROCESS))
    assert sum(shares) == pytest.approx(1)
    assert step < 0.1
    assert minutes < 0.13
    assert teacher / pupils == pytest.approx(3**0.5, rel=0.05)
    assert pupils == pytest.approx(reasons, rel=0.05)


def test_columns_that_are_all_short_share_what_is_left_alike():
    first, second = column_shares(plain_grid([["借箭", "知天文地"]]))
    assert second - first == pytest.approx(2 / 42)
    assert column_shares(plain_grid([["", "", ""]])) == pytest.approx([1 / 3] * 3)


def test_widths_drawn_in_the_editor_hold_also_when_only_some_were():
    columns = '<colgroup><col width="96"><col><col><col><col width="84"></colgroup>'
    [grid] = grids_in(html_of(PROCESS, columns))
    shares = column_shares(grid)
    assert (shares[0], shares[4]) == pytest.approx((96 / 720, 84 / 720), rel=0.01)
    assert shares[1] > shares[2] > 0.15
    [grid] = grids_in(html_of([["一", "长" * 90]], '<colgroup><col width="300"><col width="100"></colgroup>'))
    assert column_shares(grid) == pytest.approx([0.75, 0.25])


def test_no_column_vanishes_and_no_table_breaks():
    many = column_shares(plain_grid([["字" * 40 for _ in range(40)]]))
    assert min(many) == pytest.approx(max(many))
    assert sum(many) == pytest.approx(1)
    [grid] = grids_in(html_of([["一", "二"]], '<colgroup><col width="2900"><col width="1"></colgroup>'))
    assert min(column_shares(grid)) > 0.05
    spanned, broken, empty = grids_in(
        "<table><tr><td colspan=2>甲</td></tr></table><table><col width='x'><td>乙<td>丙</table><table></table>"
    )
    assert column_shares(spanned) == pytest.approx([0.5, 0.5])
    assert sum(column_shares(broken)) == pytest.approx(1)
    assert column_shares(empty) == []
