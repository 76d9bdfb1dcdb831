"""By what beginnings a title is found while somebody types: its characters, how they are spelled, their first letters."""

from __future__ import annotations

import re
from functools import lru_cache

from yanxiu.search.text.fold import HAN, fold
from yanxiu.search.text.pinyin import initials, spellings
from yanxiu.search.text.spelling import plain_letters

MAX_TITLE = 40
MAX_KEY = 60
_SAID = re.compile(f"[{HAN}a-z0-9]")


def completion_key(typed: str) -> str:
    """《草船借箭》 第 1 课时 → 草船借箭第1课时; Latin letters as pinyin is spelled here."""
    key = "".join(_SAID.findall(fold(typed)))
    return (plain_letters(key) if key.isalpha() and key.isascii() else key)[:MAX_KEY]


@lru_cache(maxsize=4096)
def completions(title: str) -> frozenset[str]:
    """All beginnings of a title; what one looked for lately is asked for at each key that is pressed."""
    key = completion_key(title)[:MAX_TITLE]
    short = (letters for letters in initials(key) if len(letters) > 1)
    return frozenset(one[:MAX_KEY] for one in (key, *spellings(key), *short) if one)


def completes(title: str, key: str) -> bool:
    """Whether a title begins so."""
    return any(one.startswith(key) for one in completions(title))
