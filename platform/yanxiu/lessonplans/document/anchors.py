"""Where a comment sits: the words it is about carry a mark with its number, so that they may be moved, split or cut.

Whoever comments says the place as a page sees it (block, offsets, words and what stands around them). It is looked up in
the document as it is now, which others may have changed meanwhile. Pure: documents in, updates out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.document.mark_names import COMMENT, stored_name
from yanxiu.lessonplans.document.suggesting import INSERTION
from yanxiu.lessonplans.document.ydoc import FIELD, MAX_DEPTH

THING = "\ufffc"
"""Stands for a formula or a line break inside of a text."""
AROUND = 20
QUOTE = 300


@dataclass(frozen=True)
class Place:
    """A stretch of one block: offsets in UTF-16 units as in browsers, its words, and some words before and after it.

    `section` is where it stood in another text, whose words have to be known again more surely; None for this text.
    """

    path: tuple[int, ...]
    start: int
    end: int
    text: str
    before: str = ""
    after: str = ""
    section: str | None = None


@dataclass(frozen=True)
class Passage:
    """What carries the mark of one comment, in the order of the document. `order` says where it begins."""

    section: str
    text: str
    order: int


@dataclass
class _Run:
    """A text of a block: `at` is the offset in the block, in characters."""

    text: XmlText
    words: str
    at: int


@dataclass
class _Block:
    path: tuple[int, ...]
    section: str
    runs: list[_Run] = field(default_factory=list)
    words: str = ""
    standing: str = ""
    """`words` with THING for each character that 修订 only proposes."""

    def add(self, child: XmlText | XmlElement) -> None:
        if isinstance(child, XmlText):
            pieces = [(value if isinstance(value, str) else THING, marks) for value, marks in child.diff()]
            words = "".join(value for value, _marks in pieces)
            self.runs.append(_Run(child, words, len(self.words)))
            self.words += words
            self.standing += "".join(THING * len(value) if _is_proposed(marks) else value for value, marks in pieces)
        else:
            self.words += THING
            self.standing += THING


@dataclass(frozen=True)
class Found:
    """A stretch as it is now, in characters of its block."""

    block: _Block
    start: int
    end: int

    @property
    def words(self) -> str:
        """As if nothing proposed was accepted, unless all of it is only proposed."""
        standing = self.block.standing[self.start : self.end].replace(THING, "")
        return standing if standing.strip() else self.block.words[self.start : self.end].replace(THING, "")


def find_places(doc: Doc, places: Sequence[Place]) -> list[Found]:
    """Return what of these places is there now, in the order of the document."""
    with doc.transaction():
        blocks = list(_blocks(doc))
    found = [spot for place in places if (spot := _find(blocks, place)) is not None]
    numbers = {block.path: number for number, block in enumerate(blocks)}
    return sorted(found, key=lambda spot: (numbers[spot.block.path], spot.start))


def mark_places(doc: Doc, found: Sequence[Found], anchor: str) -> bytes:
    """Put the mark of a comment on these stretches; return the update that does it."""
    before, name = doc.get_state(), stored_name(anchor)
    with doc.transaction():
        for spot in found:
            for run in spot.block.runs:
                start, end = max(0, spot.start - run.at), min(len(run.words), spot.end - run.at)
                if start < end:
                    run.text.format(_bytes(run.words, start), _bytes(run.words, end), {name: {"cid": anchor}})
    return doc.get_update(before)


def passages_in(doc: Doc) -> dict[str, Passage]:
    """Return the words that carry the mark of each comment; one whose words are all gone is not in it.

    They are as if nothing that 修订 proposes was accepted, unless all of them are only proposed.
    """
    found: dict[str, Passage] = {}
    standing: dict[str, str] = {}
    with doc.transaction():
        for order, (section, value, marks) in enumerate(_pieces(doc)):
            for anchor in _anchors(marks):
                known = found.get(anchor, Passage(section, "", order))
                found[anchor] = replace(known, text=known.text + value)
                standing[anchor] = standing.get(anchor, "") + ("" if _is_proposed(marks) else value)
    said = {anchor: replace(passage, text=standing[anchor]) for anchor, passage in found.items()}
    best = {anchor: passage if passage.text.strip() else found[anchor] for anchor, passage in said.items()}
    return {anchor: passage for anchor, passage in best.items() if passage.text.strip()}


def commented_places(doc: Doc) -> dict[str, list[Place]]:
    """Return where the words of each comment are, so that they can be found again in another document."""
    found: dict[str, list[Place]] = {}
    with doc.transaction():
        for block in _blocks(doc):
            for run in block.runs:
                at = run.at
                for value, marks in run.text.diff():
                    for anchor in _anchors(marks):
                        found.setdefault(anchor, []).append(_place_in(block, at, at + len(value)))
                    at += len(value) if isinstance(value, str) else 1
    return found


def mark_again(doc: Doc, commented: Mapping[str, Sequence[Place]]) -> None:
    """Give comments that lost all their words those that read the same."""
    kept = passages_in(doc)
    for anchor, places in commented.items():
        if anchor not in kept and (spots := find_places(doc, places)):
            mark_places(doc, spots, anchor)


def _place_in(block: _Block, start: int, end: int) -> Place:
    words = block.words
    around = words[max(0, start - AROUND) : start], words[end : end + AROUND]
    return Place(block.path, _units(words, start), _units(words, end), words[start:end], *around, block.section)


def quote_of(found: Sequence[Found]) -> str:
    """The words of a place on one line."""
    return " ".join(" ".join(spot.words for spot in found).split())[:QUOTE]


def _bytes(words: str, characters: int) -> int:
    """pycrdt counts bytes of UTF-8."""
    return len(words[:characters].encode())


def _blocks(doc: Doc) -> Iterator[_Block]:
    root = doc.get(FIELD, type=XmlFragment)
    yield from _blocks_below(root, (), "")


def _blocks_below(parent: XmlFragment | XmlElement, path: tuple[int, ...], section: str) -> Iterator[_Block]:
    children = list(parent.children) if len(path) < MAX_DEPTH else []
    if any(isinstance(child, XmlText) for child in children):
        block = _Block(path, section)
        for child in children:
            if isinstance(child, XmlText | XmlElement):
                block.add(child)
        yield block
        return
    for number, child in enumerate(children):
        if isinstance(child, XmlElement):
            yield from _blocks_below(child, (*path, number), section or _key_of(child))


def _key_of(element: XmlElement) -> str:
    return str(element.attributes.get("key") or "") if element.tag == "planSection" else ""


def _pieces(doc: Doc) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each stretch that carries comments: its section, its words, its marks."""
    for block in _blocks(doc):
        for run in block.runs:
            for value, marks in run.text.diff():
                if marks and _anchors(marks) and isinstance(value, str):
                    yield block.section, value, marks


def _is_proposed(marks: dict[str, Any] | None) -> bool:
    return any(name.partition("--")[0] == INSERTION for name in marks or ())


def _anchors(marks: dict[str, Any] | None) -> list[str]:
    return [about["cid"] for name, about in (marks or {}).items() if _is_anchor(name, about)]


def _is_anchor(name: str, about: object) -> bool:
    return name.partition("--")[0] == COMMENT and isinstance(about, dict) and isinstance(about.get("cid"), str)


def _find(blocks: Sequence[_Block], place: Place) -> Found | None:
    """Where it was said to be if the same words stand there, else the place whose surroundings are most alike."""
    if not place.text.strip():
        return None
    there = next((spot for block in blocks if (spot := _at_its_offsets(block, place)) is not None), None)
    if there is not None and (place.section is None or _is_known_again(there, place, only=True)):
        return there
    spots = [spot for block in blocks for spot in _occurrences(block, place.text)]
    alike = [spot for spot in spots if _is_known_again(spot, place, only=len(spots) == 1)]
    return max(alike, key=lambda spot: (sum(_likeness(spot, place)), spot.block.path == place.path), default=None)


def _at_its_offsets(block: _Block, place: Place) -> Found | None:
    if block.path != place.path:
        return None
    start, end = _characters(block.words, place.start), _characters(block.words, place.end)
    return Found(block, start, end) if block.words[start:end] == place.text else None


def _is_known_again(spot: Found, place: Place, only: bool) -> bool:
    """Whether these words are those that were meant and do not just read the same: something beside them is as it was."""
    around = zip(_likeness(spot, place), (place.before, place.after), strict=True)
    sides = [common > 0 for common, words in around if words]
    if not sides:
        return only
    return any(sides) if place.section in (None, spot.block.section) else all(sides)


def _occurrences(block: _Block, text: str) -> Iterator[Found]:
    at = block.words.find(text)
    while at >= 0:
        yield Found(block, at, at + len(text))
        at = block.words.find(text, at + 1)


def _likeness(spot: Found, place: Place) -> tuple[int, int]:
    words = spot.block.words
    before, after = words[: spot.start], words[spot.end :]
    return _common(before[::-1], place.before[::-1]), _common(after, place.after)


def _common(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _units(words: str, characters: int) -> int:
    """How many UTF-16 units so many characters are."""
    return len(words[:characters].encode("utf-16-le")) // 2


def _characters(words: str, units: int) -> int:
    """How many characters so many UTF-16 units are."""
    return len(words.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
