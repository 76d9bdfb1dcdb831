"""Formulas of a Word document (OMML) as TeX; what has no shape here is written as its letters. Runs in the child."""

from __future__ import annotations

from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DEEPEST = 40
_SHAPES = {
    "f": ("\\frac{%s}{%s}", ("num", "den")),
    "sSup": ("{%s}^{%s}", ("e", "sup")),
    "sSub": ("{%s}_{%s}", ("e", "sub")),
    "sSubSup": ("{%s}_{%s}^{%s}", ("e", "sub", "sup")),
}
_SIGNS = {
    "×": "\\times ",
    "÷": "\\div ",
    "≤": "\\le ",
    "≥": "\\ge ",
    "≠": "\\ne ",
    "π": "\\pi ",
    "%": "\\%",
    "&": "\\&",
}


def tex_of(element: Any, depth: int = 0) -> str:
    """The formula as TeX."""
    if depth > _DEEPEST:
        return "".join(element.itertext())
    return "".join(_part(child, depth + 1) for child in element if isinstance(child.tag, str))


def _part(element: Any, depth: int) -> str:
    name = element.tag.removeprefix(_M)
    if name == "t":
        return "".join(_SIGNS.get(letter, letter) for letter in element.text or "")
    if name.endswith("Pr"):
        return ""
    if name in _SHAPES:
        shape, slots = _SHAPES[name]
        return shape % tuple(_slot(element, slot, depth) for slot in slots)
    if name == "rad":
        degree = _slot(element, "deg", depth)
        return f"\\sqrt{f'[{degree}]' if degree else ''}{{{_slot(element, 'e', depth)}}}"
    return tex_of(element, depth)


def _slot(element: Any, name: str, depth: int) -> str:
    found = element.find(f"{_M}{name}")
    return tex_of(found, depth) if found is not None else ""
