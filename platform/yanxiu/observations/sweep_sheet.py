"""学生投入扫视 as an Excel workbook: a row for each sweep, 投入率 and sums as live formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence

from yanxiu.core.workbooks import column_name, new_workbook
from yanxiu.observations.instruments.sweeps import KINDS, Sweep, summary_of

HEADS = ("观察者", "次序", "时刻", "全班人数", *(f"{kind} {word}" for kind, word in KINDS.items()), "未投入", "投入率")
FIRST_KIND = 4


def sweep_workbook(observers: Sequence[tuple[str, Sequence[Sweep]]]) -> bytes:
    """Return the workbook: the sweeps of each observer, below them the mean and the sum of each kind."""
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        percent = book.add_format({"num_format": "0.0%"})
        sheet = book.add_worksheet("扫视")
        for column, words in enumerate(HEADS):
            sheet.write_string(0, column, words, bold)
        sheet.set_column(0, len(HEADS) - 1, 12)
        sheet.freeze_panes(1, 0)
        kinds = [column_name(FIRST_KIND + at) for at in range(len(KINDS))]
        off, rate = FIRST_KIND + len(KINDS), FIRST_KIND + len(KINDS) + 1
        row = 1
        for name, sweeps in observers:
            first = row + 1
            for number, sweep in enumerate(sweeps, 1):
                sheet.write_string(row, 0, name)
                sheet.write_number(row, 1, number)
                sheet.write_string(row, 2, sweep.moment)
                sheet.write_number(row, 3, sweep.pupils)
                for at, kind in enumerate(KINDS):
                    sheet.write_number(row, FIRST_KIND + at, sweep.counts.get(kind, 0))
                line = row + 1
                sheet.write_formula(row, off, f"=SUM({kinds[0]}{line}:{kinds[-1]}{line})", None, sweep.off_task)
                formula = f"=(D{line}-{column_name(off)}{line})/D{line}"
                sheet.write_formula(row, rate, formula, percent, sweep.rate)
                row += 1
            if sweeps:
                summary = summary_of(sweeps)
                sheet.write_string(row, 0, f"{name} 合计", bold)
                for at, (_word, count, _share) in enumerate(summary.kinds):
                    formula = f"=SUM({kinds[at]}{first}:{kinds[at]}{row})"
                    sheet.write_formula(row, FIRST_KIND + at, formula, None, count)
                letters = column_name(rate)
                sheet.write_formula(row, rate, f"=AVERAGE({letters}{first}:{letters}{row})", percent, summary.mean_rate)
                row += 2
    return buffer.getvalue()
