"""Formulas as MathML, for reading and print without scripts.

The library's answer is read again and only listed elements and attributes are written: TeX comes from people.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

LONGEST = 1000
DEEPEST = 40
_ELEMENT_WORDS = (
    "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mtable mtr mtd mpadded mphantom menclose mstyle mmultiscripts"
)
ELEMENTS = frozenset(_ELEMENT_WORDS.split())
_ATTRIBUTE_WORDS = (
    "display displaystyle scriptlevel mathvariant stretchy fence separator form largeop movablelimits accent "
    "accentunder lspace rspace minsize maxsize columnalign columnspacing rowspacing linethickness width height depth notation"
)
ATTRIBUTES = frozenset(_ATTRIBUTE_WORDS.split())
_MACRO = re.compile(r"\\\w*(command|def|let)\b", re.ASCII)
"""A few of these can grow without end."""
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(maxsize=512)
def mathml(tex: str, *, display: bool = False) -> str:
    """Return the formula as MathML, or "" when it cannot be read; then its TeX is shown."""
    if not tex.strip() or len(tex) > LONGEST or _MACRO.search(tex):
        return ""
    from latex2mathml.converter import convert  # a megabyte, for whoever meets the first formula

    try:
        root = ElementTree.fromstring(convert(tex, display="block" if display else "inline"))
    except Exception:
        # Half a formula fails in many ways in there; the reader gets what was written.
        return ""
    return _written(root, 0)


def _written(element: ElementTree.Element, depth: int) -> str:
    name = element.tag.removeprefix(_NAMESPACE)
    inner = escape(element.text or "")
    if depth < DEEPEST:
        inner += "".join(_written(child, depth + 1) + escape(child.tail or "") for child in element)
    if name not in ELEMENTS:
        return inner
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in element.attrib.items() if key in ATTRIBUTES and len(value) < 60
    )
    return f"<{name}{attributes}>{inner}</{name}>"
