"""The order in which a list stands by name: figures by their value, then Latin letters, then Chinese by pinyin.

A name has a key of small Latin letters and figures, which every database orders alike whatever its language; it is made once, when the name is
written, so that a page of a list begins after the key that the one before ended with.
"""

from __future__ import annotations

import mmap
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

KEYED = 30
"""So many characters of a name count."""
LONGEST_KEY = 12 * KEYED
_PARTS = re.compile("[0-9]+|[a-z]+|[\u3400-\u9fff]")
_TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
"""Combining macron, acute, caron and grave; what has none has the fifth."""

SURNAMES = {
    "曾": "zeng1", "覃": "qin2", "单": "shan4", "解": "xie4", "仇": "qiu2", "查": "zha1", "朴": "piao2", "区": "ou1", "任": "ren2",
    "盖": "ge3", "葛": "ge3", "华": "hua4", "种": "chong2", "翟": "zhai2", "缪": "miao4", "乐": "yue4", "召": "shao4", "薄": "bo2",
    "员": "yun4", "曲": "qu1", "秘": "bi4", "那": "na1", "燕": "yan1", "祭": "zhai4", "折": "she2", "黑": "he4", "尉": "yu4",
}  # fmt: skip
"""Characters that are said otherwise at the head of a name than elsewhere, with their tones (尉 of 尉迟)."""


def sort_key(name: str) -> str:
    """第2课 before 第10课, 曹操 before 草船: blanks, marks and capitals count for nothing.

    Each part begins with its class (0 figures, a Latin, h Chinese), each figure with how many it has, and each
    character of Chinese is syllable, tone and code: what sounds the same stands together, character by character.
    """
    plain = unicodedata.normalize("NFKC", name).lower()[:KEYED]
    return "".join(map(_part, _PARTS.findall(plain)))[:LONGEST_KEY]


def person_key(name: str) -> str:
    """As `sort_key`, with the surname said as in names: 覃光明 stands under Q, 曾 under Z."""
    plain = name.strip()
    said = SURNAMES.get(plain[:1])
    return f"h{said}{ord(plain[0]):04x}{sort_key(plain[1:])}"[:LONGEST_KEY] if said else sort_key(plain)


def _part(text: str) -> str:
    if text.isdigit():
        value = text.lstrip("0")
        return f"0{len(value):02d}{value}"
    return f"a{text}0" if text.isascii() else _of_character(text)


@lru_cache(maxsize=4096)
def _of_character(character: str) -> str:
    code = ord(character)
    entry = b'"%d": "' % code
    at = _readings().find(entry)
    if at < 0:
        return f"hz{code:04x}"
    said = _readings()[at + len(entry) : at + len(entry) + 40].decode(errors="ignore").split('"')[0].split(",")[0]
    letters = unicodedata.normalize("NFD", said)
    tone = next((_TONES[mark] for mark in letters if mark in _TONES), 5)
    # ü stands after u, as in a dictionary: lu, lü
    plain = "".join("v" if mark == "\u0308" else mark for mark in letters if mark.isascii() or mark == "\u0308")
    return f"h{plain.replace('uv', 'v')}{tone}{code:04x}"


@cache
def _readings() -> mmap.mmap:
    """pypinyin's table of characters as it lies in its file: importing the package takes 59 MB, reading the table four."""
    spec = find_spec("pypinyin")
    assert spec is not None, "pypinyin is a dependency"
    assert spec.submodule_search_locations
    with (Path(spec.submodule_search_locations[0]) / "pinyin_dict.json").open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
