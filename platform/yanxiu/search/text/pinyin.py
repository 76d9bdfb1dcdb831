"""How Chinese is spelled in Latin letters, without tones (ü is v).

The readings are those of pypinyin's table of characters. Its package is not imported: that costs 59 MB and half a
second for phrases that are not needed here, since every word is known by both of its characters' usual readings.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

READINGS = 2
"""How many readings of a character count; what comes after them is rare."""
SPELLINGS = 4
"""How many spellings of a word are known, the usual one first."""
MAX_SPELLED = 40
MAX_SYLLABLE = 6
_HAN = range(0x4E00, 0xA000)
_ENTRY = re.compile(r'"(\d+)": "([^"]+)"')
_ASCII = re.compile(r"[a-z0-9]")
LETTERS = re.compile(r"[a-z]+(?:['’ ][a-z]+)*")


def _without_tone(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(character for character in letters if not unicodedata.combining(character))


@cache
def _table() -> list[tuple[str, ...]]:
    """The readings of each character of `_HAN`, in its order: a dict of them takes 2 MB more."""
    spec = find_spec("pypinyin")
    assert spec is not None, "pypinyin is a dependency"
    assert spec.submodule_search_locations
    content = (Path(spec.submodule_search_locations[0]) / "pinyin_dict.json").read_text("utf-8")
    said = cache(_said)  # twenty thousand characters share some three thousand ways of being read
    found = (
        (int(each[1]), each[2]) for each in _ENTRY.finditer(content)
    )  # one by one: all at once they take 4 MB more
    table: list[tuple[str, ...]] = [()] * len(_HAN)
    for code, marked in found:
        if code in _HAN:
            table[code - _HAN.start] = said(marked)
    return table


def _said(marked: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sys.intern(_without_tone(reading)) for reading in marked.split(",")))[:READINGS]


@cache
def _syllables() -> frozenset[str]:
    return frozenset(reading for readings in _table() for reading in readings if re.search("[aeiouv]", reading))


def readings(character: str) -> tuple[str, ...]:
    """The usual readings of one folded character; a letter or digit is its own, anything else has none."""
    code = ord(character)
    if code in _HAN:
        return _table()[code - _HAN.start]
    return (character,) if _ASCII.match(character) else ()


def _ways(text: str) -> Iterator[tuple[str, ...]]:
    """The usual way of saying a text, then the ways in which one character is read otherwise."""
    parts = [found for character in text[:MAX_SPELLED] if (found := readings(character))]
    usual = tuple(part[0] for part in parts)
    yield usual
    for at, part in enumerate(parts):
        for other in part[1:]:
            yield (*usual[:at], other, *usual[at + 1 :])


def spellings(text: str, limit: int = SPELLINGS) -> tuple[str, ...]:
    """教学设计 → jiaoxuesheji; several where a character has two readings."""
    return _first((("".join(way)) for way in _ways(text)), limit)


def initials(text: str, limit: int = SPELLINGS) -> tuple[str, ...]:
    """教学设计 → jxsj."""
    return _first((("".join(part[0] for part in way)) for way in _ways(text)), limit)


def _first(made: Iterator[str], limit: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in made:
        if len(found) == limit:
            break
        if one:
            found[one] = None
    return tuple(found)


def cuts(letters: str) -> list[int]:
    """The places where a syllable may end so that the whole can be read as syllables; empty if it cannot."""
    size = len(letters)
    steps = [
        [end for end in range(at + 1, min(size, at + MAX_SYLLABLE) + 1) if letters[at:end] in _syllables()]
        for at in range(size)
    ]
    ahead, back = {0}, {size}
    for at in range(size):
        if at in ahead:
            ahead.update(steps[at])
    for at in reversed(range(size)):
        if any(end in back for end in steps[at]):
            back.add(at)
    return sorted(ahead & back) if 0 in back else []
