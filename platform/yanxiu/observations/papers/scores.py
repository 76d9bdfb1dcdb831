"""评分表: a rubric as it was filled in by one observer, or the scores of all side by side with their (trimmed) mean."""

from __future__ import annotations

from collections.abc import Sequence

from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.evidence import Reader, given_by_criterion
from yanxiu.observations.models import Evaluation, Lesson, RecordingVersion
from yanxiu.observations.papers.paper import about_lesson, day_and_hour, signature, word_file
from yanxiu.observations.rubrics.scoring import Criterion, Sheet, band_of, criterion_points
from yanxiu.observations.rubrics.summary import Summary

MOST_BESIDE = 5
"""More observers than this do not stand side by side on A4; then each has a line."""
TICK = "√"


def scores_word(lesson: Lesson, evaluation: Evaluation, current: RecordingVersion | None = None) -> bytes:
    """Return one observer's sheet as handed in: each level ticked, points of each criterion, bonus, total, grade, words.

    Evidence stands as times beside the `current` recording, with what the observer wrote there, without the words of comments.
    """
    sheet, total = evaluation.version.sheet, (evaluation.total or 0) / 100
    shown = Reader(lesson, current).by_criterion(evaluation)
    proofs = {key: "、".join(one.written for one in pieces) for key, pieces in shown.items()}

    def write(word: WordFile) -> None:
        word.title(evaluation.version.template.name)
        about_lesson(word, lesson, [("评课人", evaluation.observer.name)])
        columns = shares(14, 31, 10, *(35 // len(sheet.scale) for _level in sheet.scale), 10)
        word.sheet(columns, _lines(sheet, evaluation.values(), total, proofs), heads=1)
        word.sheet(
            shares(18, 82),
            [[head("最值得学的一点"), Cell(evaluation.strengths)], [head("最想建议的一点"), Cell(evaluation.advice)]],
        )
        word.paragraph(f"{day_and_hour(evaluation.submitted_at)} 提交。{_how(sheet)}", SMALL)
        write_notice(word, sheet)
        signature(word, "评课人签名")

    return word_file(write)


def _lines(sheet: Sheet, scores: dict[str, int], total: float, proofs: dict[str, str]) -> list[list[Cell]]:
    levels = [head(f"{level.label}\n{level.value}") for level in sheet.scale]
    rows = [[head("项目"), head("评价要点"), head("权重"), *levels, head("得分")]]
    for criterion in sheet.criteria:
        rows += _criterion(sheet, criterion, scores)
        if criterion.key in proofs:
            rows.append([head("证据"), Cell(proofs[criterion.key], wide=len(sheet.scale) + 3)])
    wide = len(sheet.scale)
    for bonus in sheet.bonus:
        points = Cell(str(scores.get(bonus.key, 0)), centered=True)
        rows.append(
            [head("加分"), Cell(bonus.title), Cell(f"最多 {bonus.most}", centered=True), Cell(wide=wide), points]
        )
    for snapshot in sheet.snapshots:
        noted = Cell(snapshot.said(scores) or "没有记", wide=wide + 1)
        rows.append([head("学习时间"), Cell(snapshot.title), Cell("不计分", centered=True), noted])
    band = band_of(sheet, total)
    said = f"{total:.1f}（满分 {sheet.total}）" + (f"  等级：{band}" if band else "")
    rows.append([head("总分"), Cell(said, wide=wide + 3, bold=True)])
    return rows


def _criterion(sheet: Sheet, criterion: Criterion, scores: dict[str, int]) -> list[list[Cell]]:
    """The first line of a criterion carries its name, weight and points over all of its lines; a bare name takes both columns."""
    lines = criterion.lines()
    points = criterion_points(sheet, criterion, scores)
    rows = []
    for at, line in enumerate(lines):
        ticks = [Cell(TICK if scores.get(line.key) == level.value else "", centered=True) for level in sheet.scale]
        said = (f"{line.title}：{line.hint}" if line.hint else line.title) if criterion.items else line.hint
        if at:
            rows.append([Cell(said), *ticks])
            continue
        high = len(lines)
        bare = not said
        named = head(criterion.title, wide=2 if bare else 1, high=high)
        weight = Cell(str(criterion.weight), high=high, centered=True)
        mark = Cell("" if points is None else f"{points:.1f}", high=high, centered=True)
        rows.append([named, *([] if bare else [Cell(said)]), weight, *ticks, mark])
    return rows


def summary_word(lesson: Lesson, summary: Summary, current: RecordingVersion | None = None) -> bytes:
    """Return the scores of all observers on the same version of a rubric, their mean and their words."""
    sheet = summary.evaluations[0].version.sheet
    proofs = _proofs(lesson, summary, current)

    def write(word: WordFile) -> None:
        word.title(f"{summary.name}汇总")
        about_lesson(word, lesson, [("评课人数", f"{summary.count} 人")])
        rows = _beside(sheet, summary) if summary.count <= MOST_BESIDE else _below(sheet, summary)
        many = max(1, len(rows[0]) - 2)
        columns = shares(26, 10, *(64 // many for _column in range(many))) if many > 1 else shares(60, 15, 25)
        word.sheet(columns, rows, heads=1)
        if summary.count > MOST_BESIDE:
            word.sheet(shares(30, 20, 50), _people(sheet, summary), heads=1)
        band = f"，等级 {summary.band}" if summary.band else ""
        word.paragraph(
            f"平均得分 {summary.mean:.1f}（满分 {sheet.total}）{band}。{_how(sheet)}{left_out_words(summary)}"
        )
        if len(proofs) > 1:
            word.sheet(shares(24, 16, 14, 46), proofs, heads=1)
        if sheet.snapshots:
            word.sheet(shares(40, 60), _snapshots(sheet, summary), heads=1)
        word.sheet(shares(16, 42, 42), _words(summary.evaluations), heads=1)
        write_notice(word, sheet)
        signature(word, "主持人签名")

    return word_file(write)


def _beside(sheet: Sheet, summary: Summary) -> list[list[Cell]]:
    rows = [[head("项目"), head("权重"), *(head(one.observer.name) for one in summary.evaluations), head("平均")]]
    for row in summary.rows:
        points = [_number(value) for value in (*row.points, row.mean)]
        rows.append([head(row.title), Cell(str(row.weight), centered=True), *points])
    if sheet.bonus:
        extra = [_bonus(sheet, one) for one in summary.evaluations]
        shown = [_number(value) for value in (*extra, sum(extra) / len(extra))]
        rows.append([head("加分"), Cell("另计", centered=True), *shown])
    totals = [_number((one.total or 0) / 100) for one in summary.evaluations]
    rows.append([head("总分"), Cell(str(sheet.total), centered=True), *totals, _number(summary.mean)])
    return rows


def _below(sheet: Sheet, summary: Summary) -> list[list[Cell]]:
    rows = [[head("项目"), head("权重"), head("平均")]]
    rows += [[head(row.title), Cell(str(row.weight), centered=True), _number(row.mean)] for row in summary.rows]
    rows.append([head("总分"), Cell(str(sheet.total), centered=True), _number(summary.mean)])
    return rows


def _people(sheet: Sheet, summary: Summary) -> list[list[Cell]]:
    rows = [[head("评课人"), head("总分"), head("等级")]]
    for one in summary.evaluations:
        total = (one.total or 0) / 100
        rows.append(
            [Cell(one.observer.name, centered=True), _number(total), Cell(band_of(sheet, total), centered=True)]
        )
    return rows


def _words(evaluations: Sequence[Evaluation]) -> list[list[Cell]]:
    rows = [[head("评课人"), head("最值得学的一点"), head("最想建议的一点")]]
    rows += [[Cell(one.observer.name, centered=True), Cell(one.strengths), Cell(one.advice)] for one in evaluations]
    return rows


def _proofs(lesson: Lesson, summary: Summary, current: RecordingVersion | None) -> list[list[Cell]]:
    rows = [[head("项目"), head("评课人"), head("评分"), head("证据")]]
    for title, given in given_by_criterion(Reader(lesson, current), summary.evaluations).items():
        for one in given:
            who = Cell(one.evaluation.observer.name, centered=True)
            times = "、".join(piece.written for piece in one.shown)
            rows.append([Cell(title), who, Cell(one.said, centered=True), Cell(times)])
    return rows


def _snapshots(sheet: Sheet, summary: Summary) -> list[list[Cell]]:
    rows = [[head("学习时间（不计分）"), head("各人所记")]]
    for snapshot in sheet.snapshots:
        noted = [f"{one.observer.name} {snapshot.said(one.values()) or '没有记'}" for one in summary.evaluations]
        rows.append([Cell(snapshot.title), Cell("，".join(noted))])
    return rows


def write_notice(word: WordFile, sheet: Sheet) -> None:
    """Write whose work the rubric is: a license asks for it on paper too."""
    for line in sheet.notice.splitlines():
        word.paragraph(line, SMALL)


def _bonus(sheet: Sheet, evaluation: Evaluation) -> float:
    values = evaluation.values()
    return float(sum(values.get(bonus.key, 0) for bonus in sheet.bonus))


def _number(value: float) -> Cell:
    return Cell(f"{value:.1f}", centered=True)


def _how(sheet: Sheet) -> str:
    trimmed = "三人以上时去掉一个最高分和一个最低分再平均。" if sheet.trimmed else ""
    return f"每项得分 = 权重 × 评分 ÷ 最高分{'，加分另计' if sheet.bonus else ''}。{trimmed}"


def left_out_words(summary: Summary) -> str:
    """Say that not everybody's scores are here; empty where they are."""
    return f"另有 {summary.left_out} 人用的是别的量表，没有放在一起。" if summary.left_out else ""
