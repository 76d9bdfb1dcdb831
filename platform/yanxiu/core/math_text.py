"""Formulas where only text can stand: MathML in one line, as one types it: 1/2, x^2, √(a+b)."""

from __future__ import annotations

from yanxiu.core.word_math import Part

_DEEPEST = 60
_SIGNS = {"msub": ("_",), "msup": ("^",), "msubsup": ("_", "^"), "munder": ("_",), "munderover": ("_", "^")}
_ALONE = frozenset({"mi", "mn", "mo", "mtext", "ms"})


def linear(part: Part, depth: int = 0) -> str:
    """Return what an element of a formula says."""
    if depth > _DEEPEST or part.tag == "mphantom":
        return ""
    if part.tag in _ALONE:
        return part.text.strip()
    if part.tag == "mfrac":
        return "/".join(_held(each, depth) for each in part.children[:2])
    if part.tag in _SIGNS:
        return _with_scripts(part, depth)
    if part.tag == "mroot" and len(part.children) > 1:
        return f"[{linear(part.children[1], depth + 1)}]√{_bracketed(part.children[0], depth)}"
    inner = "".join(linear(child, depth + 1) for child in part.children)
    if part.tag == "msqrt":
        return f"√({inner})"
    return inner + {"mtd": " ", "mtr": "; "}.get(part.tag, "")


def _with_scripts(part: Part, depth: int) -> str:
    base, *scripts = [_held(child, depth) for child in part.children] or [""]
    return base + "".join(sign + script for sign, script in zip(_SIGNS[part.tag], scripts, strict=False))


def _bracketed(part: Part, depth: int) -> str:
    return f"({linear(part, depth + 1)})"


def _held(part: Part, depth: int) -> str:
    """One number, letter or sign stands alone; what is longer is held together by brackets."""
    said = linear(part, depth + 1)
    return said if len(said) < 2 or part.tag in _ALONE else _single(part, said)


def _single(part: Part, said: str) -> str:
    only = part
    while only.tag == "mrow" and len(only.children) == 1:
        only = only.children[0]
    return said if only.tag in _ALONE else f"({said})"
