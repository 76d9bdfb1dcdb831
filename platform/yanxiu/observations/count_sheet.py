"""听课节数 as a workbook: the figures, and behind each the lessons it is counted from."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from yanxiu.accounts.models import User
from yanxiu.core.workbooks import new_workbook
from yanxiu.observations.queries.counts import NOTES_NEEDED, Count, Observed

RULE = (
    f"听别人的课，交了评课、或写了至少 {NOTES_NEEDED} 条点评（含现场随记，撤回的、私密的和回复不算）、或由带课的老师记了到场，"
    "这节课就算 1 节；一节课只算一次，按上课日期归到学期。"
)
HIDDEN = "（您看不到的课例）"


def count_book(term: str, counts: Sequence[Count], rows: Sequence[Observed]) -> bytes:
    """Return the workbook; the figures are formulas over the rows, and carry the value that was counted."""
    out = io.BytesIO()
    names: Mapping[int, User] = {count.person.id: count.person for count in counts}
    with new_workbook(out) as book:
        bold = book.add_format({"bold": True})
        figures, behind = book.add_worksheet("听课节数"), book.add_worksheet("明细")
        figures.write_string(0, 0, f"{term}听课节数", bold)
        figures.write_string(1, 0, RULE)
        figures.write_row(3, 0, ("编号", "姓名", "单位", "听课节数"), bold)
        for line, count in enumerate(counts, 4):
            person = count.person
            figures.write_row(line, 0, (person.id, person.name, person.organization.name))
            figures.write_formula(line, 3, f"=COUNTIF(明细!A:A,A{line + 1})", None, count.lessons)
        behind.write_row(0, 0, ("编号", "姓名", "上课日期", "课题", "授课教师", "依据"), bold)
        for line, row in enumerate(rows, 1):
            words = (row.title or HIDDEN, row.teacher, "、".join(row.how))
            behind.write_row(line, 0, (row.user_id, names[row.user_id].name, row.day.isoformat(), *words))
        for sheet, widths in ((figures, (8, 14, 28, 12)), (behind, (8, 14, 14, 36, 14, 28))):
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
    return out.getvalue()
