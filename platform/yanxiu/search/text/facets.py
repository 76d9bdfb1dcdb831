"""Facets named in the words of a query: 北师大版三年级下册数学 → 版本, 年级, 册, 学科. Offered, never forced on anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from yanxiu.accounts.catalog import EDITIONS, GRADES, STAGES, SUBJECTS, VOLUME_WORDS
from yanxiu.search.text.fold import fold

NUMBERS = "一二三四五六七八九"
_GRADE = re.compile(f"([{NUMBERS}1-9])年级")
_SHORT_GRADE = re.compile(f"(?<![一-鿿0-9])(?!一下)([{NUMBERS}1-9])([上下])(?=$|[^一-鿿0-9]|{'|'.join(SUBJECTS)})")
_VOLUME = re.compile(VOLUME_WORDS)
_TERM = re.compile("年级([上下])(?:学期|(?![一-鿿]))")
_SENIOR = re.compile("(初|高)([一二三])(?!年(?!级))")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_OTHER_NAMES: Mapping[str, Mapping[str, str]] = {
    "subject": {
        "道法": "道德与法治", "品德": "道德与法治", "思品": "道德与法治", "信息技术": "信息科技", "体育": "体育与健康",
        "心理": "心理健康",
    },
    "edition": {"部编": "统编版", "人教统编": "统编版"},
    "stage": {"幼儿": "幼儿园", "中职": "职教"},
}  # fmt: skip


@cache
def _names() -> tuple[tuple[str, str, str], ...]:
    """(What is written, facet, its value), the longest first."""
    found = {fold(value): ("stage", value) for value in STAGES}
    found |= {fold(value): ("subject", value) for value in SUBJECTS}
    found |= {fold(value): ("grade", value) for value in GRADES}
    for value in EDITIONS[:-1]:
        found |= {fold(value): ("edition", value), fold(value).removesuffix("版"): ("edition", value)}
    found |= {fold(name): (facet, value) for facet, names in _OTHER_NAMES.items() for name, value in names.items()}
    return tuple(sorted(((name, *said) for name, said in found.items()), key=lambda entry: (-len(entry[0]), entry)))


def facets_named(folded: str) -> dict[str, str]:
    """Facet → value for what a folded query names; of each facet what stands first among the longest names."""
    found: dict[str, str] = {}
    if grade := _grade(folded):
        found["grade"] = grade
    if volume := _volume(folded):
        found["volume"] = volume
    if year := _YEAR.search(folded):
        found["year"] = year.group(1)
    left = folded
    for name, facet, value in _names():
        if facet not in found and name in left:
            found[facet] = value
            left = left.replace(name, " " * len(name))
    return found


def _grade(folded: str) -> str:
    if match := _SENIOR.search(folded):
        number = NUMBERS.index(match.group(2))
        return f"高{match.group(2)}" if match.group(1) == "高" else f"{NUMBERS[number + 6]}年级"
    if match := _GRADE.search(folded) or _SHORT_GRADE.search(folded):
        said = match.group(1)
        return f"{NUMBERS[int(said) - 1] if said.isdigit() else said}年级"
    return ""


def _volume(folded: str) -> str:
    if match := _VOLUME.search(folded):
        return match.group().replace(" ", "")
    if match := _SHORT_GRADE.search(folded):
        return f"{match.group(2)}册"
    match = _TERM.search(folded)
    return f"{match.group(1)}册" if match else ""
