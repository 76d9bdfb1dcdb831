"""Whether an update would make somebody else's words a suggestion of who sends it: words of one who types at the same
place and does not know of it yet. Pure.

A mark begins and ends with an item of its own between the letters. Without an end, or with begin and end where no letter
stands, nobody sees it; what others are typing there comes to lie within it, and would go with the suggestion when it is
taken back. So a letter is tried wherever a mark of this person begins, as another writer would put it.

Format: Yjs update, version 1 (see `collab.nesting`).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.collab.nesting import FORMAT, GC, HAS_KEY, HAS_LEFT, HAS_RIGHT, SKIP, past_place
from yanxiu.lessonplans.collab.ranges import STRING, structs_in
from yanxiu.lessonplans.collab.updates import read_state_vector
from yanxiu.lessonplans.collab.varint import read_bytes, read_uint, write_bytes, write_uint
from yanxiu.lessonplans.document.suggesting import INSERTION
from yanxiu.lessonplans.document.ydoc import FIELD

Id = tuple[int, int]
_FIRST, _MOST = "\U000f0000", 60_000
"""Letters for private use, so many that each place gets its own."""


@dataclass(frozen=True)
class _Struct:
    """One item between two others; `parent` says where it stands if it has no neighbors, in bytes."""

    client: int
    first: int
    end: int
    left: Id | None
    right: Id | None
    parent: bytes
    opens: bool


def captures(state: bytes, update: bytes, author: int) -> bool:
    """Whether what others put in without knowing of the update would become an insertion of this author by it.

    Just beside words of such an insertion that cannot be told from what honest pages do. There the numbers decide: those of
    whoever may only suggest are larger than all others (`collab.writers`), and of two who write at one place the smaller
    comes first, so before the mark. Of equal letters side by side the editor marks the one that was typed
    (`static/src/editor/exact-words.js`).
    """
    new = list(_structs(update, author))
    places = _places(new)
    if len(places) > _MOST:
        return True
    if not places:
        return False
    letters = (chr(code) for code in range(ord(_FIRST), ord(_FIRST) + _MOST) if chr(code).encode() not in state)
    probes = dict(zip(letters, places, strict=False))
    document: Doc = Doc()
    document.apply_update(state)
    writers = read_state_vector(document.get_state())
    document.apply_update(_typed(probes, {*writers, *(one.client for one in new)}))
    before = _look(document, author)
    document.apply_update(update)
    return any(
        is_caught and letter in before and not before[letter][0] and own >= before[letter][1]
        for letter, (is_caught, own) in _look(document, author).items()
    )


def _structs(update: bytes, author: int) -> Iterator[_Struct]:
    for (client, first, end), _is_text, at in structs_in(update):
        if update[at] not in (GC, SKIP) and not update[at] & HAS_KEY:
            yield _Struct(client, first, end, *_place(update, at), _opens(update, at, author))


def _place(data: bytes, at: int) -> tuple[Id | None, Id | None, bytes]:
    info, start = data[at], at + 1
    left = right = None
    if info & HAS_LEFT:
        (client, middle) = read_uint(data, start)
        clock, start = read_uint(data, middle)
        left = client, clock
    if info & HAS_RIGHT:
        (client, middle) = read_uint(data, start)
        right = client, read_uint(data, middle)[0]
    return left, right, b"" if left or right else data[at + 1 : past_place(data, at)]


def _opens(data: bytes, at: int, author: int) -> bool:
    """Whether this begins an insertion of the author."""
    if data[at] & 0x1F != FORMAT:
        return False
    name, at = read_bytes(data, past_place(data, at))
    try:
        value = json.loads(read_bytes(data, at)[0])
    except ValueError:
        return False
    return _is_insertion(name.decode(errors="replace"), value, author)


def _is_insertion(name: str, value: Any, author: int) -> bool:
    return name.partition("--")[0] == INSERTION and isinstance(value, dict) and value.get("author") == author


def _places(new: list[_Struct]) -> list[_Struct]:
    """Where others who know nothing of what is new would put a letter, at each begin of an insertion."""
    to_left, to_right = _Known(new, lambda one: one.left), _Known(new, lambda one: one.right)
    places: list[_Struct] = []
    for one in (one for one in new if one.opens):
        left, first = to_left.beside(one)
        right, last = to_right.beside(one)
        if left is None and right is None:  # made before something else of the same update
            right = to_right.beside(first)[0]
            left = None if right else to_left.beside(last)[0]
        parent = one.parent or first.parent or last.parent
        if left or right or (parent and not to_left.is_new(_parent_in(parent))):
            places.append(replace(one, left=left, right=right, parent=parent))
    return places


def _parent_in(place: bytes) -> Id | None:
    is_named, at = read_uint(place, 0)
    if is_named:
        return None
    client, at = read_uint(place, at)
    return client, read_uint(place, at)[0]


class _Known:
    """What stands beside something new, on one side, of what is not new."""

    def __init__(self, new: list[_Struct], side: Callable[[_Struct], Id | None]) -> None:
        self._side = side
        self._structs: dict[int, list[_Struct]] = defaultdict(list)
        self._found: dict[_Struct, tuple[Id | None, _Struct]] = {}
        for one in new:
            self._structs[one.client].append(one)
        self._begins = {client: [one.first for one in structs] for client, structs in self._structs.items()}

    def beside(self, one: _Struct) -> tuple[Id | None, _Struct]:
        """Return its name, and the last of what is new on the way there."""
        way = [one]
        while way[-1] not in self._found and (further := self._struct(self._side(way[-1]))) is not None:
            way.append(further)
        found = self._found.get(way[-1]) or (self._side(way[-1]), way[-1])
        self._found |= dict.fromkeys(way, found)
        return found

    def is_new(self, place: Id | None) -> bool:
        """Whether this is by the update."""
        return self._struct(place) is not None

    def _struct(self, place: Id | None) -> _Struct | None:
        if place is None or place[0] not in self._begins:
            return None
        at = bisect_right(self._begins[place[0]], place[1]) - 1
        one = self._structs[place[0]][at] if at >= 0 else None
        return one if one is not None and place[1] < one.end else None


def _typed(probes: dict[str, _Struct], taken: set[int]) -> bytes:
    """Return an update with these letters, each of a new writer that comes just after who put in what is there."""
    by_writer: dict[int, list[bytes]] = defaultdict(list)
    for letter, one in probes.items():
        info = STRING | (HAS_LEFT if one.left else 0) | (HAS_RIGHT if one.right else 0)
        neighbors = b"".join(write_uint(number) for place in (one.left, one.right) if place for number in place)
        writer = one.client + 1
        while writer in taken:
            writer += 1
        by_writer[writer].append(bytes([info]) + (neighbors or one.parent) + write_bytes(letter.encode()))
    out = write_uint(len(by_writer))
    for client, structs in by_writer.items():
        out += write_uint(len(structs)) + write_uint(client) + write_uint(0) + b"".join(structs)
    return out + write_uint(0)


def _look(document: Doc, author: int) -> dict[str, tuple[bool, int]]:
    """Say of each such letter whether it is an insertion of the author's with none of its words beside it, and how many
    letters of such insertions its text has."""
    said: dict[str, tuple[bool, int]] = {}
    with document.transaction():
        for text in _texts(document.get(FIELD, type=XmlFragment)):
            runs = [(value if isinstance(value, str) else "?", marks or {}) for value, marks in text.diff()]
            if all(max(value, default="") < _FIRST for value, _marks in runs):
                continue
            letters = [
                (letter, any(_is_insertion(name, mark, author) for name, mark in marks.items()))
                for value, marks in runs
                for letter in value
            ]
            words = [is_own for letter, is_own in letters if letter < _FIRST]
            shown = 0
            for letter, is_own in letters:
                if letter < _FIRST:
                    shown += 1
                else:
                    said[letter] = is_own and not any(words[max(0, shown - 1) : shown + 1]), sum(words)
    return said


def _texts(parent: XmlFragment | XmlElement) -> Iterable[XmlText]:
    for child in parent.children:
        if isinstance(child, XmlText):
            yield child
        elif isinstance(child, XmlElement):
            yield from _texts(child)
