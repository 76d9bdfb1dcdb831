"""What was meant: Latin letters read as pinyin, and words written with a wrong character of the same sound.

Pure functions over a `Lexicon`, which knows nothing but the documents of who is asking: what one may not see is
never read into a query and never offered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice
from typing import Protocol

from yanxiu.search.text.asking import without_question_words
from yanxiu.search.text.cut import in_dictionary, pieces
from yanxiu.search.text.fold import HAN, data_lines, fold, han_runs
from yanxiu.search.text.pinyin import LETTERS, cuts, readings, spellings

MIN_LETTERS = 4
MAX_LETTERS = 60
WORD_LETTERS = 24
READINGS = 2
WAYS = 3
"""How many ways of reading the letters up to a place are followed."""
CHOICES = 6
SINGLE = 3.0
"""What a word of one character costs (in nats): most letters mean longer words."""
NEIGHBORS = 2.5
"""What is gained where the end of one word and the beginning of the next stand side by side in some text."""
FARTHEST = 3.0
"""A second reading this much less likely than the first is not worth telling."""
MAX_REPAIRED = 40
WINDOWS = range(6, 1, -1)
MORE_FREQUENT = 20
"""A word that stands somewhere gives way only to one in so many times as many documents."""
LEAST_FOUND = {2: 2}
"""In how many documents a word must stand to be offered for one that stands in none, by its length; else one."""
SHORT = 2
"""A word of no more characters is offered in known company only."""
LONGEST_NAME = 4


def anything(_spelling: str, _word: str) -> bool:
    """Every word fits."""
    return True


class Lexicon(Protocol):
    """The words of the documents that somebody may see."""

    def documents(self) -> int:
        """How many documents that are."""

    def spelled(self, spellings: Iterable[str], fits: Callable[[str, str], bool]) -> dict[str, list[tuple[str, int]]]:
        """Words by spelling, if they fit, each with the number of documents that hold it, most first."""

    def holding(self, texts: Sequence[str]) -> list[int]:
        """How many documents hold all neighboring pairs of characters of each text."""


@dataclass(frozen=True)
class _Reading:
    score: float
    words: tuple[str, ...]


def latin_words(folded: str) -> list[str]:
    """The stretches of Latin letters that are long enough to be read as pinyin."""
    found = LETTERS.findall(folded)
    return [text for text in dict.fromkeys(found) if MIN_LETTERS <= len(plain_letters(text)) <= MAX_LETTERS]


def plain_letters(text: str) -> str:
    """jiao xue, jiao'xue → jiaoxue; lue and nue as they are spelled here."""
    return re.sub("([ln])ue", r"\1ve", re.sub("[^a-z]", "", text))


def decode(letters: str, lexicon: Lexicon) -> list[str]:
    """The most likely readings of Latin letters as Chinese words, at most two."""
    places = cuts(letters)
    spans = [(i, j) for i in places for j in places if i < j <= i + WORD_LETTERS]
    known = lexicon.spelled({letters[i:j] for i, j in spans}, anything) if spans else {}
    if not known:
        return []
    total = math.log(lexicon.documents() + 1)
    ways: dict[int, list[_Reading]] = {0: [_Reading(0.0, ())]}
    for end in places[1:]:
        longer = [
            _Reading(before.score + math.log(count) - total - SINGLE * (len(word) == 1), (*before.words, word))
            for start in places
            if start in ways and letters[start:end] in known
            for before in ways[start]
            for word, count in known[letters[start:end]][:CHOICES]
        ]
        if longer:
            ways[end] = _best(longer, lexicon)
    return _said(_likely(ways.get(len(letters), [])), lexicon)


def _best(found: list[_Reading], lexicon: Lexicon) -> list[_Reading]:
    """The few best; those whose last two words meet in some text first."""
    several = [reading for reading in found if len(reading.words) > 1]
    pairs = list(dict.fromkeys(reading.words[-2][-1] + reading.words[-1][0] for reading in several))
    met = {pair for pair, count in zip(pairs, lexicon.holding(pairs), strict=True) if count} if pairs else set()
    judged = [
        _Reading(reading.score + NEIGHBORS, reading.words)
        if len(reading.words) > 1 and reading.words[-2][-1] + reading.words[-1][0] in met
        else reading
        for reading in found
    ]
    order = sorted(judged, key=lambda reading: (-reading.score, reading.words))
    unique = {"".join(reading.words): reading for reading in reversed(order)}
    return sorted(unique.values(), key=lambda reading: (-reading.score, reading.words))[:WAYS]


def _likely(ways: list[_Reading]) -> list[_Reading]:
    sure = [way for way in ways if any(len(word) > 1 for word in way.words)]
    return [way for way in sure[:READINGS] if way.score >= sure[0].score - FARTHEST]


def _said(likely: list[_Reading], lexicon: Lexicon) -> list[str]:
    """The readings that stand somewhere as they are; without any, what stands there of each: its words, but no single characters,
    which were only put in for the letters that were left over (zuoyedan is no 作业但).
    """
    texts = ["".join(way.words) for way in likely]
    held = [text for text, count in zip(texts, lexicon.holding(texts), strict=True) if count] if texts else []
    parts = (
        text if all(len(word) > 1 for word in way.words) else " ".join(word for word in way.words if len(word) > 1)
        for text, way in zip(texts, likely, strict=True)
    )
    return held or list(dict.fromkeys(parts))


@dataclass(frozen=True)
class _Swap:
    start: int
    word: str
    count: int
    stood_in: int


def repaired(typed: str, lexicon: Lexicon) -> str:
    """The text with words of the same sound in place of those that next to nothing holds; "" if all is well.

    A word takes the place of another that differs in one character, sounds the same and stands nowhere (or in hardly
    any document beside it), and only where the text falls into fewer words with it: 草船 借 剑, but 草船借箭. What was typed
    sounds as it usually does: 霍格 is not 合格, though 霍 is also read he. Beside a word of two characters what is written
    on must be known too.
    """
    folded = fold(typed)
    said_of = without_question_words(folded)
    windows = [(start, text) for start, text in _windows(folded) if text in said_of]
    said = {window: spellings(window) for window in dict.fromkeys(text for _, text in windows)}
    places: dict[str, list[str]] = {}
    for window, found in said.items():
        for spelling in found:
            places.setdefault(spelling, []).append(window)
    known = lexicon.spelled(places, lambda spelling, word: any(_mistaken(w, word) for w in places[spelling]))
    rivals = {window: _rivals(window, found, known) for window, found in said.items()}
    asked = [window for window, words in rivals.items() if words]
    stand = dict(zip(asked, lexicon.holding(asked), strict=True))
    swaps = [
        _Swap(start, *best, stand[window])
        for start, window in windows
        if window in stand and (best := _better(window, rivals[window], stand[window]))
    ]
    swaps = _in_company(folded, [swap for swap in swaps if _joins(folded, swap)], lexicon)
    return _swapped(typed, swaps) if swaps else ""


def surely_meant(typed: str, better: str) -> bool:
    """Whether `better`, which `repaired` made of `typed`, may be asked for in its place without asking back.

    Not where the dictionary has the word that was typed, nor where it may be somebody's name: nothing was found of them.
    """
    folded, meant = fold(typed), fold(better)
    changed = [at for at, (one, other) in enumerate(zip(folded, meant, strict=True)) if one != other]
    spans = [(*span, folded[slice(*span)]) for span in _spans(pieces(folded))]
    right = [word for start, end, word in spans if any(start <= at < end for at in changed) and in_dictionary(word)]
    names = [
        text
        for start, text in _runs(folded)
        if _may_be_a_name(text) and any(0 <= at - start < len(text) for at in changed)
    ]
    return not names and not any(len(word) > 1 for word in right)


def _may_be_a_name(text: str) -> bool:
    return 1 < len(text) <= LONGEST_NAME and text.startswith(_surnames())


@cache
def _surnames() -> tuple[str, ...]:
    return tuple(name for line in data_lines("surnames.txt") for name in line.split())


def _runs(folded: str) -> list[tuple[int, str]]:
    """Stretches of Chinese characters, and where they begin."""
    return [(match.start(), match.group()) for match in re.finditer(f"[{HAN}]+", folded)]


def _windows(folded: str) -> list[tuple[int, str]]:
    made = (
        (start + at, run[at : at + size])
        for start, run in _runs(folded)
        for size in WINDOWS
        for at in range(len(run) - size + 1)
    )
    return [window for window in islice(made, MAX_REPAIRED * len(WINDOWS)) if window[0] < MAX_REPAIRED]


def _rivals(window: str, said: tuple[str, ...], known: dict[str, list[tuple[str, int]]]) -> list[tuple[str, int]]:
    words = {word: count for spelling in said for word, count in known.get(spelling, ())}
    return [(word, count) for word, count in words.items() if _mistaken(window, word)]


def _mistaken(window: str, word: str) -> bool:
    """Whether one character of a word was written wrong, by one that usually sounds so."""
    if len(word) != len(window):
        return False
    differing = [(wrong, right) for wrong, right in zip(window, word, strict=True) if wrong != right]
    return len(differing) == 1 and not set(readings(differing[0][0])[:1]).isdisjoint(readings(differing[0][1]))


def _better(window: str, rivals: list[tuple[str, int]], stands_in: int) -> tuple[str, int] | None:
    least = max(MORE_FREQUENT * stands_in, LEAST_FOUND.get(len(window), 1))
    good = [(word, count) for word, count in rivals if count >= least]
    return min(good, key=lambda pair: (-pair[1], pair[0]), default=None)


def _joins(folded: str, swap: _Swap) -> bool:
    """Whether the text has fewer words with the swap, or one in the place of another; else it went across two."""
    end = swap.start + len(swap.word)
    before, after = pieces(folded), pieces(folded[: swap.start] + swap.word + folded[end:])
    alone = not swap.stood_in and (swap.start, end) in _spans(before) & _spans(after)
    return alone or len(after) < len(before)


def _spans(parts: list[str]) -> set[tuple[int, int]]:
    ends = list(accumulate(map(len, parts)))
    return {(end - len(part), end) for part, end in zip(parts, ends, strict=True)}


def _in_company(folded: str, swaps: list[_Swap], lexicon: Lexicon) -> list[_Swap]:
    """Those that are long, and those beside which on either side stands a word that some text holds, or a character that
    the swap meets in some text: of two characters much sounds alike."""
    right = _swapped(folded, swaps)
    beside = {swap: _beside(right, swap) if len(swap.word) <= SHORT else [] for swap in swaps}
    asked = list(dict.fromkeys(text for ways in beside.values() for some in ways for text in some))
    known = {text for text, count in zip(asked, lexicon.holding(asked) if asked else (), strict=True) if count}
    return [swap for swap in swaps if all(known.intersection(some) for some in beside[swap])]


def _beside(text: str, swap: _Swap) -> list[tuple[str, str]]:
    """For each side on which a Chinese word goes before or after: the pair of characters across the border, and it."""
    start, end = swap.start, swap.start + len(swap.word)
    sides = [(text[start - 1 : start + 1], word) for word in pieces(text[:start])[-1:]]
    sides += [(text[end - 1 : end + 1], word) for word in pieces(text[end:])[:1]]
    return [(pair, word) for pair, word in sides if len(word) > 1 and han_runs(word) == [word]]


def _swapped(typed: str, swaps: list[_Swap]) -> str:
    """The longest first, none over another."""
    characters, taken = list(typed), set[int]()
    for swap in sorted(swaps, key=lambda swap: (-len(swap.word), -swap.count, swap.start)):
        places = range(swap.start, swap.start + len(swap.word))
        if taken.isdisjoint(places):
            taken.update(places)
            characters[swap.start : swap.start + len(swap.word)] = swap.word
    return "".join(characters)
