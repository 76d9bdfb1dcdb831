"""A rubric as the lines a teacher types or pastes from Word, and back; what does not add up is said, not refused.

A criterion is `教学目标 10`, or `教学目标 10 要证据` where nobody may judge it without showing a moment; lines below it that begin with a dash are its items, with a description behind a colon. Levels
are `5 优`, bonus lines `创新 2`, bands `90 最佳`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from yanxiu.observations.rubrics.scoring import Sheet

_ITEM = re.compile(r"^\s*[-－—–·•*]+\s*(.+)$")
_NAME_FIRST = re.compile(r"^(.+?)[\s（(：:]+(\d{1,4})\s*[%％分]*[）)]?$")
_NUMBER_FIRST = re.compile(r"^(\d{1,4})\s*分?[\s：:=]*(.+)$")
_EVIDENCE = re.compile(r"[\s，,、]*[（(]?(?:需要|必须有|须有|要有|要|需)证据[）)]?$")
MOST_LINES = 80
MOST_NAME = 60
MOST_HINT = 200
HIGHEST = 1000


class UnreadableLineError(ValueError):
    """A line that is none of the kind; `field` is where it stands."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def body_from(texts: Mapping[str, str]) -> dict[str, Any]:
    """Read the fields `criteria`, `scale`, `bonus`, `bands`, `total` and `trimmed`; UnreadableLineError says which line."""
    levels = list(_numbered(texts, "scale", "等级", "5 优"))
    scale = [{"value": value, "label": label} for value, label in sorted(levels, reverse=True)]
    values = [value for value, _label in levels]
    if len(scale) < 2 or len(set(values)) < len(values) or max(values) == 0:
        raise UnreadableLineError("scale", "至少写两个分值不同的等级，每行一个，例如：5 优")
    steps = sorted(_numbered(texts, "bands", "等次", "90 优秀"), reverse=True)
    bonus = [
        {"key": f"bonus-{number}", "title": title, "most": most}
        for number, (title, most) in enumerate(_named(texts, "bonus", "加分项", "教学创新 2"), 1)
    ]
    total = texts.get("total", "").strip() or "100"
    if not (total.isascii() and total.isdigit() and 1 <= int(total) <= HIGHEST):
        raise UnreadableLineError("total", f"总分写 1 到 {HIGHEST} 的整数")
    return {
        "total": int(total),
        "scale": scale,
        "criteria": _criteria(texts),
        "bonus": bonus,
        "bands": [{"least": value, "label": label} for value, label in steps],
        "trimmed": bool(texts.get("trimmed")),
    }


def _criteria(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in _lines(texts, "criteria"):
        item = _ITEM.match(line)
        if item is None:
            plain = _EVIDENCE.sub("", line.rstrip())
            title, weight = _read_named(plain, "criteria", "评价项目", "教学目标 10")
            entry = {"key": f"c{len(found) + 1}", "title": title, "weight": weight, "items": []}
            found.append({**entry, "evidence": True} if plain != line.rstrip() else entry)
        elif not found:
            raise UnreadableLineError("criteria", "先写评价项目和权重，再写它下面带“-”的要点")
        else:
            title, _colon, hint = item[1].replace(":", "：").partition("：")
            key = f"{found[-1]['key']}-{len(found[-1]['items']) + 1}"
            entry = {"key": key, "title": _short(title, "criteria"), "hint": hint.strip()[:MOST_HINT]}
            found[-1]["items"].append(entry)
    if not found:
        raise UnreadableLineError("criteria", "至少写一个评价项目，例如：教学目标 10")
    return found


def _lines(texts: Mapping[str, str], field: str) -> list[str]:
    lines = [line for line in texts.get(field, "").splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise UnreadableLineError(field, f"最多 {MOST_LINES} 行")
    return lines


def _numbered(texts: Mapping[str, str], field: str, what: str, example: str) -> Iterator[tuple[int, str]]:
    for line in _lines(texts, field):
        found = _NUMBER_FIRST.match(line.strip())
        if found is None or int(found[1]) > HIGHEST:
            raise UnreadableLineError(field, f"“{line.strip()[:20]}”看不懂：每行写分数和{what}，例如：{example}")
        yield int(found[1]), _short(found[2], field)


def _named(texts: Mapping[str, str], field: str, what: str, example: str) -> Iterator[tuple[str, int]]:
    for line in _lines(texts, field):
        yield _read_named(line, field, what, example)


def _read_named(line: str, field: str, what: str, example: str) -> tuple[str, int]:
    found = _NAME_FIRST.match(line.strip())
    if found is None or not 0 < int(found[2]) <= HIGHEST:
        raise UnreadableLineError(field, f"“{line.strip()[:20]}”看不懂：每行写{what}和分值，例如：{example}")
    return _short(found[1], field), int(found[2])


def _short(text: str, field: str) -> str:
    name = text.strip()
    if not name or len(name) > MOST_NAME:
        raise UnreadableLineError(field, f"名称写 1 到 {MOST_NAME} 个字")
    return name


def kept_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a rubric is not written in lines and goes along when the lines change: whose work it is, and what is
    noted beside the scores. A license asks for the first also where the sheet was changed."""
    return {name: body[name] for name in ("snapshots", "notice") if name in body}


def texts_of(sheet: Sheet) -> dict[str, str]:
    """Return the fields that say what a sheet is; read again they give the same sheet but for its keys."""
    criteria = []
    for criterion in sheet.criteria:
        criteria.append(f"{criterion.title} {criterion.weight}{' 要证据' if criterion.needs_evidence else ''}")
        criteria += [f"- {item.title}{f'：{item.hint}' if item.hint else ''}" for item in criterion.items]
    return {
        "criteria": "\n".join(criteria),
        "scale": "\n".join(f"{level.value} {level.label}" for level in sheet.scale),
        "bonus": "\n".join(f"{bonus.title} {bonus.most}" for bonus in sheet.bonus),
        "bands": "\n".join(f"{band.least} {band.label}" for band in sheet.bands),
        "total": str(sheet.total),
        "trimmed": "1" if sheet.trimmed else "",
    }


def warnings_of(sheet: Sheet) -> list[str]:
    """Return what does not add up. Real sheets differ (one given as a hundred sums to 130), so nobody is stopped."""
    weights = sum(criterion.weight for criterion in sheet.criteria)
    found = []
    if weights != sheet.total:
        found.append(f"各项权重加起来是 {weights}，和总分 {sheet.total} 不一样。照这样也能用，最高能得 {weights} 分。")
    if sheet.bands and min(band.least for band in sheet.bands) > 0:
        found.append(f"低于 {min(band.least for band in sheet.bands)} 分的没有等次。")
    if any(band.least > max(weights, sheet.total) for band in sheet.bands):
        found.append("有的等次比能得的最高分还高。")
    return found
