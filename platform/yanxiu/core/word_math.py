"""Formulas of a Word file: MathML as the elements that Word itself writes (OMML), so that they can be edited there."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from yanxiu.core.html import without_invisible

NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_DEEPEST = 60
_WORDS = frozenset({"mi", "mn", "mo", "mtext", "ms"})
_SHAPES = {
    "mfrac": ("f", ("num", "den")),
    "msub": ("sSub", ("e", "sub")),
    "msup": ("sSup", ("e", "sup")),
    "msubsup": ("sSubSup", ("e", "sub", "sup")),
    "munder": ("limLow", ("e", "lim")),
    "mover": ("limUpp", ("e", "lim")),
}
"""What has parts, and the names of these in their order."""


@dataclass
class Part:
    """An element of MathML."""

    tag: str
    about: dict[str, str | None] = field(default_factory=dict)
    text: str = ""
    children: list[Part] = field(default_factory=list)


class MathReader:
    """Takes the tags of one formula as they come, whatever they leave open."""

    def __init__(self) -> None:
        self._root = Part("math")
        self._open = [self._root]

    def start(self, tag: str, about: dict[str, str | None]) -> None:
        part = Part(tag, about)
        self._open[-1].children.append(part)
        self._open.append(part)

    def end(self, tag: str) -> None:
        """Close the nearest element of that name, if there is one."""
        names = [part.tag for part in self._open[1:]]
        if tag in names:
            del self._open[len(names) - names[::-1].index(tag) :]

    def data(self, text: str) -> None:
        self._open[-1].text += text

    @property
    def root(self) -> Part:
        """What was read so far."""
        return self._root

    def xml(self) -> str:
        """Return the formula as it stands in a paragraph."""
        return f"<m:oMath>{_inner(self._root, 0)}</m:oMath>"


def _inner(part: Part, depth: int) -> str:
    return "".join(_written(child, depth + 1) for child in part.children)


def _written(part: Part, depth: int) -> str:
    if depth > _DEEPEST or part.tag == "mphantom":
        return ""
    if part.tag in _WORDS:
        return _word(part)
    if part.tag in _SHAPES:
        return _shape(part, depth)
    if part.tag in ("msqrt", "mroot"):
        return _root_of(part, depth)
    if part.tag == "munderover":
        base, under, over = _parts(part, 3)
        return _shape(Part("munder", children=[Part("mover", children=[base, over]), under]), depth)
    return _table(part, depth) if part.tag == "mtable" else _inner(part, depth)


def _word(part: Part) -> str:
    clean = escape("".join(c for c in without_invisible(part.text) if c not in "\ufffe\uffff"))
    plain = "<m:rPr><m:nor/></m:rPr>" if part.tag in ("mtext", "ms") else ""
    return f'<m:r>{plain}<m:t xml:space="preserve">{clean}</m:t></m:r>'


def _parts(part: Part, count: int) -> list[Part]:
    """The parts of an element; missing ones are empty."""
    return [*part.children[:count], *(Part("mrow") for _ in range(count - len(part.children)))]


def _shape(part: Part, depth: int) -> str:
    name, slots = _SHAPES[part.tag]
    about = '<m:fPr><m:type m:val="noBar"/></m:fPr>' if _is_without_bar(part) else ""
    filled = zip(slots, _parts(part, len(slots)), strict=True)
    inner = "".join(f"<m:{slot}>{_written(each, depth + 1)}</m:{slot}>" for slot, each in filled)
    return f"<m:{name}>{about}{inner}</m:{name}>"


def _is_without_bar(part: Part) -> bool:
    return part.tag == "mfrac" and (part.about.get("linethickness") or "1").startswith("0")


def _root_of(part: Part, depth: int) -> str:
    if part.tag == "msqrt":
        return f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e>{_inner(part, depth)}</m:e></m:rad>'
    inside, degree = (_written(each, depth + 1) for each in _parts(part, 2))
    return f"<m:rad><m:deg>{degree}</m:deg><m:e>{inside}</m:e></m:rad>"


def _table(part: Part, depth: int) -> str:
    rows = (
        "".join(f"<m:e>{_inner(cell, depth + 2)}</m:e>" for cell in row.children) or "<m:e/>" for row in part.children
    )
    return f"<m:m>{''.join(f'<m:mr>{row}</m:mr>' for row in rows)}</m:m>"
