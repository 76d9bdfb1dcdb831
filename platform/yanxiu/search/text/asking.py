"""What of a query carries meaning: question words and function words go, unless nothing else remains."""

from __future__ import annotations

import re
from functools import cache

from yanxiu.search.text.cut import pieces
from yanxiu.search.text.fold import data_lines


@cache
def _question() -> re.Pattern[str]:
    phrases = [phrase for line in data_lines("questions.txt") for phrase in line.split()]
    phrases.sort(key=len, reverse=True)
    return re.compile("|".join(map(re.escape, phrases)))


@cache
def stopwords() -> frozenset[str]:
    """Function words, folded."""
    return frozenset(word for line in data_lines("stopwords.txt") for word in line.split())


def without_question_words(folded: str) -> str:
    """怎样设计三国单元 → 设计三国单元; the question itself if nothing else is in it."""
    rest = _question().sub(" ", folded)
    return rest if any(character.isalnum() for character in rest) else folded


def without_function_words(folded: str) -> str:
    """学时的培训 → 学时 培训, so that no pair of characters is made across what means nothing."""
    rest = "".join(" " if piece in stopwords() else piece for piece in pieces(folded))
    return rest if any(character.isalnum() for character in rest) else folded


def meaningful(words: list[str]) -> list[str]:
    """The words without function words and repetitions, in order; all of them if nothing else remains."""
    unique = list(dict.fromkeys(words))
    return [word for word in unique if word not in stopwords()] or unique
