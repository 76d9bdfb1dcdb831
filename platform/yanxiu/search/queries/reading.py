"""Understanding a query with what its reader may see: pinyin, and the words in use for one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yanxiu.search.engines.interface import EngineRequest, Fits, SearchEngine, Term
from yanxiu.search.text.fold import fold
from yanxiu.search.text.queries import holding
from yanxiu.search.text.spelling import anything, decode, latin_words, plain_letters


@dataclass(frozen=True)
class Reading:
    """Latin letters of a query, how they were read, and for each reading the query with it in their place."""

    letters: str
    ways: tuple[tuple[str, str], ...]


class ReadersLexicon:
    """The words of the documents that these principals may see, and of no other: implements `Lexicon`."""

    def __init__(self, engine: SearchEngine, principals: frozenset[str], scope: EngineRequest) -> None:
        self._engine = engine
        self._principals = principals
        self._scope = scope

    def documents(self) -> int:
        """How many there are."""
        return self._engine.counted([()], self._scope, self._principals)[0]

    def spelled(self, spellings: Iterable[str], fits: Fits = anything) -> dict[str, list[tuple[str, int]]]:
        """Words by spelling, each with the number of documents that hold it."""
        return self._engine.spelled(spellings, self._scope, self._principals, fits)

    def holding(self, texts: Sequence[str]) -> list[int]:
        """How many documents hold all neighboring pairs of characters of each text."""
        return self._engine.counted([holding(text) for text in texts], self._scope, self._principals)

    def known(self, words: Sequence[str]) -> list[bool]:
        """Whether any document holds a word, or one that begins with it."""
        terms = [tuple(Term("w", part, prefix=True) for part in word.split()) for word in words]
        return [count > 0 for count in self._engine.counted(terms, self._scope, self._principals)]


def read_letters(typed: str, lexicon: ReadersLexicon) -> dict[str, tuple[str, ...]]:
    """Latin letters that no document holds, as they are typed, and how they may be read as pinyin."""
    words = latin_words(fold(typed))
    if not words:
        return {}
    unknown = [word for word, known in zip(words, lexicon.known(words), strict=True) if not known]
    found = {word: tuple(decode(plain_letters(word), lexicon)) for word in unknown}
    return {word: readings for word, readings in found.items() if readings}


def in_characters(typed: str, spelled: Mapping[str, tuple[str, ...]]) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The query with the likeliest readings in place of the letters, and the other readings as words for the same."""
    text = fold(typed) if spelled else typed
    for letters, readings in sorted(spelled.items(), key=lambda item: -len(item[0])):
        text = text.replace(letters, readings[0])
    return text, {readings[0]: readings[1:] for readings in spelled.values() if len(readings) > 1}


def readings_of(typed: str, spelled: Mapping[str, tuple[str, ...]]) -> tuple[Reading, ...]:
    """What to tell of it, with an address for each reading."""
    text = fold(typed)
    return tuple(
        Reading(letters, tuple((said, text.replace(letters, said)) for said in readings))
        for letters, readings in spelled.items()
    )
