"""Chinese text in lines: where a line may break, and what must not begin or end one (GB/T 15834-2011, 5.1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from yanxiu.core.html import without_invisible
from yanxiu.core.pdf_text import Run

FONT = "STSong-Light"
"""The one Chinese font that every reader of PDF brings or replaces; it is named, not put in."""

NO_GLYPH = "〓"
_ATOM = re.compile(r"[!-&*-/0-9:;=?-Z^-z|~]+|[\s\S]")
_NOT_FIRST = frozenset("，。、；：？！”’）》】〉」』…—·％,.;:?!)]}%")
_NOT_LAST = frozenset("“‘（《【〈「『([{")
SMALLER = 0.65


@lru_cache(maxsize=1)
def font() -> Any:
    """Return the font, made known to the library once."""
    from reportlab import rl_config
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    rl_config.useA85 = 0  # bytes as they are, a fifth fewer
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return pdfmetrics.getFont(FONT)


@lru_cache(maxsize=20_000)
def _unit_width(atom: str) -> float:
    return float(font().stringWidth(atom, 1))


class Atom(NamedTuple):
    """What stays together on a line, and how wide it is in the size of its line."""

    text: str
    marks: frozenset[str]
    width: float


Line = list[Atom]


def clean(text: str) -> str:
    """Return text without what a page cannot show; a rare character outside the basic plane is shown as 〓."""
    if text and max(text) >= "\U00010000":
        text = "".join(c if c < "\U00010000" or unicodedata.category(c)[0] != "L" else NO_GLYPH for c in text)
    return without_invisible(text).replace("\t", "    ").replace("\xa0", " ")


def lines_of(runs: Iterable[Run], size: float, width: float) -> list[Line]:
    """Return the lines that runs take in a width. A word that is too long for any line is cut."""
    lines: list[Line] = [[]]
    line, left = lines[0], width
    for run in runs:
        for atom in _atoms(run, size, width):
            if atom.text == "\n":
                line, left = [], width
                lines.append(line)
                continue
            if atom.width > left and line:
                line = _carried(line, atom)
                lines.append(line)
                left = width - sum(each.width for each in line)
            if line or atom.text != " ":
                line.append(atom)
                left -= atom.width
    return lines


def _atoms(run: Run, size: float, width: float) -> Iterator[Atom]:
    real = size * SMALLER if run.marks & {"sub", "sup"} else size
    for text in _ATOM.findall(clean(run.text)):
        wide = _unit_width(text) * real
        if wide <= width or len(text) == 1:
            yield Atom(text, run.marks, wide)
        else:
            yield from (Atom(character, run.marks, _unit_width(character) * real) for character in text)


def _carried(line: Line, coming: Atom) -> Line:
    """Take from the end of a full line what must go with what comes."""
    carried: Line = []
    while len(line) > 1 and ((carried or [coming])[0].text[0] in _NOT_FIRST or line[-1].text[-1] in _NOT_LAST):
        carried.insert(0, line.pop())
    return carried
