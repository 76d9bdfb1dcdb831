"""Runs of a Word file: text with its marks, letters over text."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from yanxiu.core.html import without_invisible

TITLE, SMALL, QUOTE, CODE, CELL = "Title", "Small", "Quote", "Code", "Cell"
EMU_PER_PIXEL, WIDEST, HIGHEST = 9525, 5_400_000, 7_920_000
"""English metric units; 15 cm, as wide as the text, and 22 cm, so that a picture stays on one page."""
_RUN = {
    "b": "<w:b/>",
    "i": "<w:i/>",
    "strike": "<w:strike/>",
    "mark": '<w:highlight w:val="yellow"/>',
    "u": '<w:u w:val="single"/>',
    "sub": '<w:vertAlign w:val="subscript"/>',
    "sup": '<w:vertAlign w:val="superscript"/>',
}


def ruby_xml(text: str, over: str, marks: Sequence[str]) -> str:
    """Return text with small letters over it, as Word's own."""
    small = run_xml(over, ()).replace("<w:rPr>", '<w:rPr><w:sz w:val="12"/>', 1)
    about = (
        '<w:rubyAlign w:val="center"/><w:hps w:val="12"/><w:hpsRaise w:val="22"/>'
        '<w:hpsBaseText w:val="24"/><w:lid w:val="zh-CN"/>'
    )
    return (
        f"<w:r><w:ruby><w:rubyPr>{about}</w:rubyPr><w:rt>{small}</w:rt>"
        f"<w:rubyBase>{run_xml(text, marks)}</w:rubyBase></w:ruby></w:r>"
    )


def run_xml(text: str, marks: Sequence[str]) -> str:
    """Return text as a run; what XML cannot hold is dropped."""
    about = "".join(xml for mark, xml in _RUN.items() if mark in marks)
    clean = escape("".join(c for c in without_invisible(text) if c not in "\ufffe\uffff"))
    parts = (f'<w:t xml:space="preserve">{part}</w:t>' for part in clean.split("\n"))
    return f"<w:r><w:rPr>{about}</w:rPr>{'<w:br/>'.join(parts)}</w:r>"
