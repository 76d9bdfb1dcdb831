"""Flanders interaction analysis: the matrix of pairs and the ratios of observation.md 1.2.

A 10 is put before and behind the string where there is none, so that row and column totals are equal; pairs overlap (row =
first, column = second). Norms are those of American classrooms (Flanders 1970) and a reference, never a pass mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

CATEGORIES = tuple(str(number) for number in range(1, 11))
SILENCE = "10"
Totals = Mapping[int, float]


@dataclass(frozen=True)
class Ratio:
    """One ratio: its short name, the words, the value (None where nothing can be divided), its formula, what it is compared to."""

    key: str
    label: str
    value: float | None
    formula: str
    percent: bool = True
    norm: str = ""


def padded(codes: Sequence[str]) -> list[str]:
    """Begin and end with a 10."""
    if not codes:
        return []
    before = [] if codes[0] == SILENCE else [SILENCE]
    behind = [] if codes[-1] == SILENCE else [SILENCE]
    return [*before, *codes, *behind]


def matrix_of(codes: Sequence[str]) -> list[list[int]]:
    """Count the overlapping pairs of the padded string."""
    matrix = [[0] * 10 for _ in CATEGORIES]
    for first, second in pairwise(padded(codes)):
        matrix[int(first) - 1][int(second) - 1] += 1
    return matrix


def totals_of(matrix: Sequence[Sequence[int]]) -> dict[int, float]:
    """Return the column totals, which say how often a category occurs."""
    return {column + 1: float(sum(row[column] for row in matrix)) for column in range(10)}


def ratios_of(matrix: Sequence[Sequence[int]]) -> list[Ratio]:
    """Return every ratio of a matrix."""
    return [*shares_of(totals_of(matrix)), *_cells(matrix)]


def shares_of(totals: Totals) -> list[Ratio]:
    """Return the ratios that need only the totals of the ten categories."""

    def c(*numbers: int) -> float:
        return sum(totals.get(number, 0) for number in numbers)

    n = c(*range(1, 11))
    return [
        Ratio("TT", "教师言语", _share(c(1, 2, 3, 4, 5, 6, 7), n), "(1..7) ÷ 总数", norm="68"),
        Ratio("PT", "学生言语", _share(c(8, 9), n), "(8+9) ÷ 总数", norm="20"),
        Ratio("SC", "沉寂或混乱", _share(c(10), n), "10 ÷ 总数", norm="11–12"),
        Ratio("ID", "间接与直接影响之比", _divided(c(1, 2, 3, 4), c(5, 6, 7)), "(1+2+3+4) ÷ (5+6+7)", percent=False),
        Ratio("ITT", "间接影响占教师言语", _share(c(1, 2, 3, 4), c(1, 2, 3, 4, 5, 6, 7)), "(1+2+3+4) ÷ (1..7)"),
        Ratio("id", "积极与消极强化之比", _divided(c(1, 2, 3), c(6, 7)), "(1+2+3) ÷ (6+7)", percent=False),
        Ratio("TRR", "教师反应比", _share(c(1, 2, 3), c(1, 2, 3, 6, 7)), "(1+2+3) ÷ (1+2+3+6+7)"),
        Ratio("TQR", "教师提问比", _share(c(4), c(4, 5)), "4 ÷ (4+5)"),
        Ratio("PIR", "学生自发比", _share(c(9), c(8, 9)), "9 ÷ (8+9)"),
    ]


def _cells(matrix: Sequence[Sequence[int]]) -> list[Ratio]:
    """Return the ratios that need single cells of the matrix."""
    totals = totals_of(matrix)
    n = sum(totals.values())
    after = {column + 1: matrix[7][column] + matrix[8][column] for column in range(10)}
    crossed = sum(matrix[i][j] for i in range(10) for j in range(10) if i in (3, 4) or j in (3, 4))
    steady = sum(matrix[i][i] for i in range(10))
    answered, asked = after[1] + after[2] + after[3], after[4]
    return [
        Ratio("TRR89", "学生说完后的教师反应比", _share(answered, answered + after[6] + after[7]), "只看第 8、9 行"),
        Ratio("TQR89", "学生说完后的教师提问比", _share(asked, asked + after[5]), "只看第 8、9 行"),
        Ratio("CCR", "内容十字区", _share(crossed, n), "第 4、5 行与列（各格计一次）÷ 总数"),
        Ratio("SSR", "稳态比", _share(steady, n), "对角线 ÷ 总数"),
        Ratio("PSSR", "学生稳态比", _share(matrix[7][7] + matrix[8][8], totals[8] + totals[9]), "(8,8)+(9,9) ÷ (8+9)"),
    ]


def thirds_of(totals: Totals) -> tuple[float | None, float | None, float | None]:
    """Return the three shares of the "two thirds" rule: talk in all, the teacher's in talk, direct in the teacher's."""
    teacher = sum(totals.get(number, 0) for number in range(1, 8))
    talk = teacher + totals.get(8, 0) + totals.get(9, 0)
    direct = sum(totals.get(number, 0) for number in (5, 6, 7))
    return _share(talk, talk + totals.get(10, 0)), _share(teacher, talk), _share(direct, teacher)


def pairs_of(codes: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Return the pairs that the matrix counts."""
    return pairwise(padded(codes))


def _divided(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _share(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None
