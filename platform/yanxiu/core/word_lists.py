"""Lists of a Word file: signs and numbers that Word itself counts, so that they can be gone on with there."""

from __future__ import annotations

from collections.abc import Sequence

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BULLETS = 1
"""The number of the list without numbers; it is there in every file."""
_LEVELS = 9
_SIGNS, _NUMBERS = 0, 1


def numbering_part(numbered: Sequence[tuple[int, int]]) -> str:
    """Return the part of the file that knows the lists: level and first number of each one that counts, in order."""
    lists = f'<w:num w:numId="{BULLETS}"><w:abstractNumId w:val="{_SIGNS}"/></w:num>'
    lists += "".join(_counting(BULLETS + at, *each) for at, each in enumerate(numbered, start=1))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:numbering xmlns:w="{_MAIN}">'
        f"{_shape(_SIGNS)}{_shape(_NUMBERS)}{lists}</w:numbering>"
    )


def _shape(kind: int) -> str:
    levels = "".join(_level(kind, level) for level in range(_LEVELS))
    return (
        f'<w:abstractNum w:abstractNumId="{kind}"><w:multiLevelType w:val="hybridMultilevel"/>{levels}</w:abstractNum>'
    )


def _level(kind: int, level: int) -> str:
    form, text = ("decimal", f"%{level + 1}.") if kind == _NUMBERS else ("bullet", "•")
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{420 * (level + 1)}" w:hanging="420"/></w:pPr></w:lvl>'
    )


def _counting(number: int, level: int, start: int) -> str:
    first = f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{_NUMBERS}"/>{first}</w:num>'
