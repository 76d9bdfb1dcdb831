"""How close two texts are, and where.

The measure is the containment of Broder (A. Z. Broder, "On the resemblance and containment of documents", Proceedings of
Compression and Complexity of Sequences 1997): with S(A) the set of all runs of `GRAM` characters of A,

    containment c(A, B) = |S(A) ∩ S(B)| / |S(A)|        resemblance r(A, B) = |S(A) ∩ S(B)| / |S(A) ∪ S(B)|

A text is shown with its containment: the share of what *this* text says that also stands in the other one, which a long
other text does not make smaller. (What was earlier is looked for by resemblance, see `signatures`.)

Chinese has no blanks between words, so the runs are of characters. Before, what typing varies without changing a word is
made the same: full and half width (NFKC), capitals, punctuation and blanks, which are dropped. What stands in quotation
marks, in a quotation block or in the material that was given with a task is not counted as the author's (`own_runs`).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

GRAM = 5
SHORTEST = 40
"""Characters, after normalizing, below which a text says too little to be compared."""
PASSAGE = 12
"""Characters that must agree in a row to be shown as a passage; shorter runs are how everybody speaks."""
PIECE, LONGEST_PIECE, MOST_PIECES = 60, 200, 80
_SENTENCE_ENDS = re.compile(r"(?<=[。！？!?；;\n])")
_QUOTED = re.compile(r"“[^”]{8,300}”|「[^」]{8,300}」")
_QUOTE_BLOCKS = re.compile(r"<blockquote\b.*?</blockquote\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Plain:
    """A text as it is compared: its characters, and where each of them stands in the original."""

    text: str
    places: tuple[int, ...]


def plain_of(original: str) -> Plain:
    """Normalize a text."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(original):
        if "\u4e00" <= character <= "\u9fff":
            characters.append(character)
            places.append(place)
            continue
        for one in unicodedata.normalize("NFKC", character).casefold():
            if one.isalnum():
                characters.append(one)
                places.append(place)
    return Plain("".join(characters), tuple(places))


def runs_of(plain: str) -> set[str]:
    """Return the shingles of a normalized text."""
    return {plain[start : start + GRAM] for start in range(len(plain) - GRAM + 1)}


def without_quotations(html: str) -> str:
    """Return HTML without its quotation blocks."""
    return _QUOTE_BLOCKS.sub("\n", html)


def own_runs(text: str, given: Iterable[str] = ()) -> set[str]:
    """Return what a text says itself: nothing that is quoted, nothing that was given to its author."""
    own = runs_of(plain_of(_QUOTED.sub("\n", text)).text)
    for material in given:
        own -= runs_of(plain_of(material).text)
    return own


def pieces_of(text: str) -> list[str]:
    """Return the normalized parts of a text of which signatures are taken: the whole, then runs of sentences.

    A part ends where a sentence says so by its own checksum, not at a fixed length: two texts that share a page fall into
    the same parts there, whatever stands before it.
    """
    whole = plain_of(text).text
    if len(whole) < SHORTEST:
        return []
    parts, current = [], ""
    for sentence in _SENTENCE_ENDS.split(text):
        plain = plain_of(sentence).text
        current += plain
        ends = len(current) >= PIECE and zlib.crc32(plain.encode()) % 2 == 0
        if ends or len(current) >= LONGEST_PIECE:
            parts.append(current)
            current = ""
    if len(current) >= SHORTEST:
        parts.append(current)
    return [whole, *(part for part in parts[: MOST_PIECES - 1] if part != whole)]


@dataclass(frozen=True)
class Passage:
    """Words that stand in both texts: from–to in the one and in the other, as places of the originals."""

    start: int
    end: int
    other_start: int
    other_end: int


def passages(text: str, other: str, allowed: set[str] | None = None) -> list[Passage]:
    """Return the passages that two texts share, in the order of the first; `allowed` keeps those of these runs only."""
    one, two = plain_of(text), plain_of(other)
    where: dict[str, list[int]] = {}
    for start in range(len(two.text) - GRAM + 1):
        where.setdefault(two.text[start : start + GRAM], []).append(start)
    found, place = [], 0
    while place <= len(one.text) - GRAM:
        run = one.text[place : place + GRAM]
        starts = where.get(run, []) if allowed is None or run in allowed else []
        length, start = max(((_same(one.text, place, two.text, begin), begin) for begin in starts[:50]), default=(0, 0))
        if length < PASSAGE:
            place += 1
            continue
        last, other_last = place + length - 1, start + length - 1
        found.append(Passage(one.places[place], one.places[last] + 1, two.places[start], two.places[other_last] + 1))
        place += length
    return found


def _same(one: str, start: int, two: str, begin: int) -> int:
    """Return how many characters agree from two places on."""
    length, most = 0, min(len(one) - start, len(two) - begin)
    while length < most and one[start + length] == two[begin + length]:
        length += 1
    return length


def marked(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text into what lies in the spans (True) and what does not."""
    parts: list[tuple[str, bool]] = []
    place = 0
    for start, end in sorted(spans):
        start = max(start, place)
        if end <= start:
            continue
        parts += [(text[place:start], False), (text[start:end], True)]
        place = end
    return [part for part in [*parts, (text[place:], False)] if part[0]]
