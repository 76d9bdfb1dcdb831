"""A scheme of codes as the lines a teacher types or pastes, and as the data that is kept.

A group is a line `教师行为（绿）`; lines below it that begin with a dash are its codes: a key if one wants to choose it, the
name, perhaps a color of its own, a description behind a colon: `- 1 讲授（蓝）：讲事实、讲看法`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from yanxiu.observations.instruments.schemes import KEYS, Code, Mode, Scheme

COLORS = {
    "绿": "c1", "蓝": "c2", "橙": "c3", "紫": "c4", "红": "c5",
    "青": "c6", "灰": "c7", "黄": "c8", "棕": "c9", "粉": "c10",
}  # fmt: skip
"""The colors by name; the style sheet has them as `code-c1` and so on."""
NAMES = {look: name for name, look in COLORS.items()}
SHIPPED_COLORS = {
    "teacher": "绿", "direct": "绿", "indirect": "青", "student": "橙", "both": "紫", "silence": "灰", "technology": "蓝",
}  # fmt: skip
MOST_GROUPS = 10
MOST_NAME = 20
MOST_HINT = 100
LONGEST_S = 600
_DASH = re.compile(r"^\s*[-－—–·•*]+\s*(.+)$")
_KEY = re.compile(rf"^([{KEYS}{KEYS.upper()}])[\s.、．]+(.+)$")
_COLOR = re.compile(r"^(.*?)\s*[（(\[【]\s*(\S+?)色?\s*[）)\]】]$")


class UnreadableSchemeError(ValueError):
    """A line that is none of the kind; `field` is where it stands."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def body_of_lines(lines: str, mode: str, seconds: str, rules: str) -> dict[str, Any]:
    """Read what a form says; UnreadableSchemeError names what cannot be read."""
    if mode not in {one.value for one in Mode}:
        raise UnreadableSchemeError("mode", "请选择怎么记")
    if not (seconds.isascii() and seconds.isdigit() and 1 <= int(seconds) <= LONGEST_S):
        raise UnreadableSchemeError("seconds", f"写 1 到 {LONGEST_S} 的整数")
    groups, codes = _read(lines)
    return {
        "mode": mode,
        "interval_ms": int(seconds) * 1000,
        "groups": groups,
        "codes": codes,
        "rules": [line.strip() for line in rules.splitlines() if line.strip()],
    }


def _read(lines: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    groups: list[dict[str, str]] = []
    codes: list[dict[str, str]] = []
    for line in lines.splitlines():
        found = _DASH.match(line)
        if found is not None:
            if not groups:
                raise UnreadableSchemeError("codes", "先写一类的名称，再写它下面带“-”的代码")
            codes.append(_code(found[1], groups[-1]["key"]))
        elif line.strip():
            groups.append(_group(line, groups))
    used = {code["group"] for code in codes}
    empty = next((group["label"] for group in groups if group["key"] not in used), None)
    if empty is not None:
        raise UnreadableSchemeError("codes", f"“{empty}”下面还没有代码；代码每行一个，以“-”开头")
    if not 2 <= len(codes) <= len(KEYS):
        raise UnreadableSchemeError("codes", f"代码写 2 到 {len(KEYS)} 个，每行一个，以“-”开头")
    if len(groups) > MOST_GROUPS:
        raise UnreadableSchemeError("codes", f"最多分 {MOST_GROUPS} 类")
    return groups, _with_keys(codes)


def _group(line: str, before: list[dict[str, str]]) -> dict[str, str]:
    label, color = _colored(line)
    taken = {group["color"] for group in before}
    free = next((look for look in COLORS.values() if look not in taken), "c7")
    return {"key": f"g{len(before) + 1}", "label": _name(label), "color": color or free}


def _code(text: str, group: str) -> dict[str, str]:
    head, _colon, hint = text.replace(":", "：").partition("：")
    keyed = _KEY.match(head.strip())
    key, rest = (keyed[1].lower(), keyed[2]) if keyed is not None else ("", head)
    label, color = _colored(rest)
    if len(hint.strip()) > MOST_HINT:
        raise UnreadableSchemeError("codes", f"“{label[:10]}”的说明最多 {MOST_HINT} 个字")
    return {"key": key, "label": _name(label), "color": color, "group": group, "hint": hint.strip()}


def _colored(text: str) -> tuple[str, str]:
    """Return the name and the color in brackets behind it; brackets that name no color belong to the name."""
    found = _COLOR.match(text.strip())
    if found is None or found[2] not in COLORS:
        return text.strip(), ""
    return found[1], COLORS[found[2]]


def _name(text: str) -> str:
    name = text.strip(" ：:")
    if not name or len(name) > MOST_NAME:
        raise UnreadableSchemeError("codes", f"“{name[:12]}”：名称写 1 到 {MOST_NAME} 个字")
    return name


def _with_keys(codes: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give a key to each code that has none; number the codes."""
    chosen = [code["key"] for code in codes if code["key"]]
    twice = next((key for key in chosen if chosen.count(key) > 1), None)
    if twice is not None:
        raise UnreadableSchemeError("codes", f"两个代码用了同一个键 {twice.upper()}")
    free = iter(key for key in KEYS if key not in chosen)
    return [{**code, "code": str(number), "key": code["key"] or next(free)} for number, code in enumerate(codes, 1)]


def scheme_from(body: Mapping[str, Any], slug: str, name: str, number: int, definition_id: int | None) -> Scheme:
    """Return the scheme that kept data describes."""
    codes = tuple(
        Code(one["code"], one["key"], one["label"], one["group"], one["hint"], color=one["color"])
        for one in body["codes"]
    )
    interval = int(body["interval_ms"])
    return Scheme(
        slug,
        name,
        number,
        codes,
        (interval,),
        interval,
        tuple(body["rules"]),
        mode=Mode(body["mode"]),
        groups={one["key"]: one["label"] for one in body["groups"]},
        colors={one["key"]: one["color"] for one in body["groups"]},
        definition_id=definition_id,
    )


def lines_of(scheme: Scheme) -> str:
    """Return the lines that say what a scheme is; read again they give the same codes."""
    lines: list[str] = []
    for group in scheme.group_keys:
        color = NAMES.get(scheme.group_look(group), SHIPPED_COLORS.get(group, ""))
        lines.append(scheme.group_label(group) + (f"（{color}）" if color else ""))
        for code in scheme.codes:
            if code.group == group:
                own = f"（{NAMES[code.color]}）" if code.color in NAMES else ""
                lines.append(f"- {code.key.upper()} {code.label}{own}{f'：{code.hint}' if code.hint else ''}")
    return "\n".join(lines)


def body_like(scheme: Scheme) -> dict[str, Any]:
    """Return the data of a scheme that begins like another one."""
    groups, codes = _read(lines_of(scheme))
    return {
        "mode": scheme.mode.value,
        "interval_ms": scheme.interval_ms,
        "groups": groups,
        "codes": codes,
        "rules": list(scheme.rules),
    }
