"""What an update holds, without loading it: whose structs, of what kinds, and what it deletes.

Format: Yjs update, version 1 (see `nesting`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from yanxiu.lessonplans.collab.nesting import ANY, GC, SKIP, TYPE, past_place, tags_at
from yanxiu.lessonplans.collab.ranges import struct_at
from yanxiu.lessonplans.collab.varint import Truncated, read_uint

XML_ELEMENT, XML_TEXT = 3, 6
Span = tuple[int, int]
"""First clock, first clock behind it."""


def _spans() -> dict[int, list[Span]]:
    return defaultdict(list)


@dataclass
class Contents:
    """Spans of clocks by writer: of all structs, of running text, of elements, of what is deleted; the kinds of structs, of
    shared types and of plain values there are.
    """

    written: dict[int, Span] = field(default_factory=dict)
    texts: dict[int, list[Span]] = field(default_factory=_spans)
    elements: dict[int, list[Span]] = field(default_factory=_spans)
    deleted: dict[int, list[Span]] = field(default_factory=_spans)
    kinds: set[int] = field(default_factory=set)
    types: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)


def contents_of(update: bytes) -> Contents:
    """Read all of an update; Truncated, IndexError or UnicodeError if it is none."""
    found = Contents()
    writers, at = read_uint(update, 0)
    for _ in range(writers):
        structs, at = read_uint(update, at)
        client, at = read_uint(update, at)
        first, at = read_uint(update, at)
        clock = first
        for _ in range(structs):
            if _note_kind(update, at, found) == XML_ELEMENT:
                found.elements[client].append((clock, clock + 1))
            is_text, length, at = struct_at(update, at)
            if is_text:
                found.texts[client].append((clock, clock + length))
            clock += length
        start, end = found.written.get(client, (first, clock))
        found.written[client] = min(start, first), max(end, clock)
    _read_deletions(update, at, found)
    return found


def _note_kind(data: bytes, at: int, found: Contents) -> int | None:
    """Note what a struct is; of a shared type return which."""
    info = data[at]
    kind = info if info in (GC, SKIP) else info & 0x1F
    found.kinds.add(kind)
    if kind == TYPE:
        shared = read_uint(data, past_place(data, at))[0]
        found.types.add(shared)
        return shared
    if kind == ANY:
        found.tags |= tags_at(data, past_place(data, at))
    return None


def _read_deletions(data: bytes, at: int, found: Contents) -> None:
    writers, at = read_uint(data, at)
    for _ in range(writers):
        client, at = read_uint(data, at)
        spans, at = read_uint(data, at)
        for _ in range(spans):
            first, at = read_uint(data, at)
            length, at = read_uint(data, at)
            found.deleted[client].append((first, first + length))


def writers_in(update: bytes) -> frozenset[int]:
    """The Yjs writers of whom an update brings something; none if it cannot be read."""
    try:
        return frozenset(contents_of(update).written)
    except (Truncated, IndexError, UnicodeError):
        return frozenset()


def without(spans: list[Span], others: list[Span]) -> list[Span]:
    """What of some spans lies in none of the others."""
    left = spans
    for first, end in others:
        left = [
            part
            for start, until in left
            for part in ((start, min(until, first)), (max(start, end), until))
            if part[0] < part[1]
        ]
    return left
