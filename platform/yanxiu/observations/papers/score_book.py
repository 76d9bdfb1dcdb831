"""Scores as an Excel workbook: every line by every observer, points and totals as live formulas, and what they rest on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from yanxiu.core.workbooks import column_name, new_workbook
from yanxiu.observations.evidence import Reader, given_by_criterion
from yanxiu.observations.models import Evaluation, Lesson, RecordingVersion
from yanxiu.observations.papers.scores import left_out_words
from yanxiu.observations.rubrics.scoring import Criterion, criterion_points
from yanxiu.observations.rubrics.summary import Summary, summarize

FIRST = 3
"""The column of the first observer; before it stand criterion, line and weight."""
PROOF = ("项目", "评课人", "评分", "开始", "结束", "说明")


def score_workbook(lesson: Lesson, evaluations: Sequence[Evaluation], current: RecordingVersion | None) -> bytes:
    """Return the workbook of those evaluations that use the same version of a rubric as most, and of all the evidence."""
    buffer = io.BytesIO()
    with new_workbook(buffer) as book:
        _Scores(book, summarize(evaluations)).write()
        _write_evidence(book, lesson, evaluations, current)
    return buffer.getvalue()


class _Scores:
    """The sheet 评分; rows are counted from 0 as the library does, formulas name them from 1."""

    def __init__(self, book: Any, summary: Summary) -> None:
        self.bold = book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
        self.figure = book.add_format({"num_format": "0.0"})
        self.page = book.add_worksheet("评分")
        self.summary, self.rubric = summary, summary.evaluations[0].version.sheet
        self.values = [one.values() for one in summary.evaluations]
        self.row = 1
        self.sums: list[int] = []

    def write(self) -> None:
        names = [one.observer.name for one in self.summary.evaluations]
        for column, words in enumerate(("项目", "要点", "权重", *names, "平均")):
            self.page.write_string(0, column, words, self.bold)
        self.page.set_column(0, 1, 22)
        self.page.set_column(2, FIRST + len(names), 12)
        self.page.freeze_panes(1, FIRST)
        for criterion in self.rubric.criteria:
            self._criterion(criterion)
        for bonus in self.rubric.bonus:
            self.page.write_string(self.row, 0, "加分")
            self.page.write_string(self.row, 1, bonus.title)
            for at, values in enumerate(self.values):
                self.page.write_number(self.row, FIRST + at, values.get(bonus.key, 0))
            self._mean([values.get(bonus.key, 0) for values in self.values])
            self.sums.append(self.row)
            self.row += 1
        self._total()
        self._beside_the_scores()

    def _criterion(self, criterion: Criterion) -> None:
        lines = criterion.lines()
        first = self.row + 1
        for line in lines:
            self.page.write_string(self.row, 0, criterion.title)
            self.page.write_string(self.row, 1, line.title if criterion.items else "")
            for at, values in enumerate(self.values):
                if line.key in values:
                    self.page.write_number(self.row, FIRST + at, values[line.key])
            self.row += 1
        self.page.write_string(self.row, 0, f"{criterion.title} 得分", self.bold)
        self.page.write_number(self.row, 2, criterion.weight)
        all_points = [criterion_points(self.rubric, criterion, values) or 0.0 for values in self.values]
        for at, points in enumerate(all_points):
            column = column_name(FIRST + at)
            given = f"SUM({column}{first}:{column}{self.row})"
            formula = f"=$C{self.row + 1}*{given}/({self.rubric.highest}*{len(lines)})"
            self.page.write_formula(self.row, FIRST + at, formula, self.figure, points)
        self._mean(all_points)
        self.sums.append(self.row)
        self.row += 1

    def _mean(self, points: Sequence[float]) -> None:
        first, last = (column_name(FIRST + at) for at in (0, len(self.values) - 1))
        line = self.row + 1
        formula, mean = f"=AVERAGE({first}{line}:{last}{line})", sum(points) / len(points)
        self.page.write_formula(self.row, FIRST + len(self.values), formula, self.figure, mean)

    def _total(self) -> None:
        """The mean of the totals leaves out the highest and the lowest where the rubric says so (`mean_of`)."""
        self.page.write_string(self.row, 0, "总分", self.bold)
        self.page.write_number(self.row, 2, self.rubric.total)
        for at, one in enumerate(self.summary.evaluations):
            column = column_name(FIRST + at)
            parts = ",".join(f"{column}{row + 1}" for row in self.sums)
            self.page.write_formula(self.row, FIRST + at, f"=SUM({parts})", self.figure, (one.total or 0) / 100)
        first, last = (column_name(FIRST + at) for at in (0, len(self.values) - 1))
        cells = f"{first}{self.row + 1}:{last}{self.row + 1}"
        formula = f"=AVERAGE({cells})"
        if self.rubric.trimmed and len(self.values) > 2:
            formula = f"=(SUM({cells})-MAX({cells})-MIN({cells}))/(COUNT({cells})-2)"
        self.page.write_formula(self.row, FIRST + len(self.values), formula, self.figure, self.summary.mean)

    def _beside_the_scores(self) -> None:
        """Who is not among the scores, what was noted without points, and whose work the rubric is."""
        if self.summary.left_out:
            self.row += 1
            self.page.write_string(self.row, 0, left_out_words(self.summary))
        for snapshot in self.rubric.snapshots:
            self.row += 1
            self.page.write_string(self.row, 0, "不计分")
            self.page.write_string(self.row, 1, snapshot.title)
            for at, values in enumerate(self.values):
                self.page.write_string(self.row, FIRST + at, snapshot.said(values))
        for line in self.rubric.notice.splitlines():
            self.row += 1
            self.page.write_string(self.row, 0, line)


def _write_evidence(
    book: Any, lesson: Lesson, evaluations: Sequence[Evaluation], current: RecordingVersion | None
) -> None:
    """Times and what observers wrote there themselves; words of comments have readers of their own."""
    page, bold = book.add_worksheet("证据"), book.add_format({"bold": True, "bg_color": "#E2F0EA", "border": 1})
    for column, words in enumerate(PROOF):
        page.write_string(0, column, words, bold)
    page.set_column(0, len(PROOF) - 1, 16)
    row = 1
    for title, given in given_by_criterion(Reader(lesson, current), evaluations).items():
        for one in given:
            for piece in one.shown:
                start, _dash, end = piece.label.partition("–")
                about = "换之前的实录" if piece.is_older else piece.remark
                for column, text in enumerate((title, one.evaluation.observer.name, one.said, start, end, about)):
                    page.write_string(row, column, text)
                row += 1
