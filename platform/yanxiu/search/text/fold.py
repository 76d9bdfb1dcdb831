"""Folding: one writing for all the ways a thing is typed.

Full width and half width, upper and lower case, traditional and simplified characters become one. Every character
is folded to exactly one character, so a position in the folded text is the same position in the original and
highlights stay right.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
HAN = "㐀-䶿一-鿿豈-﫿"
_HAN_RUN = re.compile(f"[{HAN}]+")
_SPACE = re.compile(r"\s+")


def data_lines(name: str) -> list[str]:
    """The lines of a data file of this folder, without comments and blank ones."""
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


@cache
def _simplified() -> dict[str, str]:
    return {pair[0]: pair[1] for line in data_lines("traditional.txt") for pair in line.split()}


class _Table(dict[int, str]):
    """A translation table that learns each character when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        for form in (unicodedata.normalize("NFKC", character), unicodedata.normalize("NFKC", character).lower()):
            character = form if len(form) == 1 else character
        self[code] = folded = _simplified().get(character, character)
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """The text with every character folded; it keeps its length."""
    return text.translate(_TABLE)


def squeeze(text: str) -> str:
    """Folded text with runs of white space as one blank, for comparing titles."""
    return _SPACE.sub(" ", fold(text)).strip()


def han_runs(folded: str) -> list[str]:
    """The unbroken stretches of Chinese characters."""
    return _HAN_RUN.findall(folded)
