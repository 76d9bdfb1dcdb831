"""How deep the values inside an update are nested. The library reads them by recursion: too deep ends the process.

Format: Yjs update, version 1 - structs of each writer, then what is deleted - and lib0's encoding of plain values.
"""

from __future__ import annotations

from yanxiu.lessonplans.collab.varint import Truncated, read_bytes, read_uint

MAX_NESTING = 32

ARRAY, OBJECT = 117, 118
STRING, BUFFER = 119, 116
BIG_INTEGER, UNDEFINED = 122, 127
SIZES = {UNDEFINED: 0, 126: 0, 124: 4, 123: 8, BIG_INTEGER: 8, 121: 0, 120: 0}
INTEGER = 125

GC, DELETED, JSON, BINARY, TEXT, EMBED, FORMAT, TYPE, ANY, SKIP = 0, 1, 2, 3, 4, 5, 6, 7, 8, 10
KNOWN_TYPES, NAMED_TYPES = range(7), (3, 5)
HAS_LEFT, HAS_RIGHT, HAS_KEY = 0x80, 0x40, 0x20


def is_shallow(data: bytes) -> bool:
    """Whether no plain value in the update is nested deeper than MAX_NESTING; what cannot be read is not."""
    if data.count(ARRAY) + data.count(OBJECT) <= MAX_NESTING:
        return True
    try:
        _read_structs(data)
    except (Truncated, IndexError):
        return False
    return True


def _read_structs(data: bytes) -> None:
    writers, at = read_uint(data, 0)
    for _ in range(writers):
        structs, at = read_uint(data, at)
        at = _past_numbers(data, at, 2)
        for _ in range(structs):
            at = _past_struct(data, at)


def _past_numbers(data: bytes, at: int, count: int) -> int:
    for _ in range(count):
        _, at = read_uint(data, at)
    return at


def _past_strings(data: bytes, at: int, count: int) -> int:
    for _ in range(count):
        _, at = read_bytes(data, at)
    return at


def _past_struct(data: bytes, at: int) -> int:
    info = data[at]
    if info in (GC, SKIP):
        return _past_numbers(data, at + 1, 1)
    return past_content(data, past_place(data, at), info & 0x1F)


def past_place(data: bytes, at: int) -> int:
    """The position behind what a struct says about its place: its neighbors, or its parent and key."""
    info = data[at]
    at += 1
    neighbors = bool(info & HAS_LEFT) + bool(info & HAS_RIGHT)
    at = _past_numbers(data, at, 2 * neighbors)
    if not neighbors:
        named, at = read_uint(data, at)
        at = _past_strings(data, at, 1) if named else _past_numbers(data, at, 2)
        at = _past_strings(data, at, 1) if info & HAS_KEY else at
    return at


def past_content(data: bytes, at: int, kind: int) -> int:
    """The position behind a struct's content; Truncated for kinds that no editor writes."""
    if kind == DELETED:
        return _past_numbers(data, at, 1)
    if kind in (BINARY, TEXT, EMBED):
        return _past_strings(data, at, 1)
    if kind == FORMAT:
        return _past_strings(data, at, 2)
    if kind == TYPE:
        type_of, at = read_uint(data, at)
        if type_of not in KNOWN_TYPES:
            raise Truncated
        return _past_strings(data, at, 1) if type_of in NAMED_TYPES else at
    if kind in (JSON, ANY):
        count, at = read_uint(data, at)
        return _past_strings(data, at, count) if kind == JSON else _past_values(data, at, count)
    raise Truncated  # no editor writes it


def tags_at(data: bytes, at: int) -> set[int]:
    """The tags of all plain values of a struct whose content begins there."""
    seen: set[int] = set()
    count, at = read_uint(data, at)
    _past_values(data, at, count, seen)
    return seen


def _past_values(data: bytes, at: int, count: int, seen: set[int] | None = None) -> int:
    """The position behind `count` plain values, without recursion; their tags are noted in `seen`."""
    left = [(count, False)]
    while left:
        remaining, keyed = left.pop()
        if remaining == 0:
            continue
        left.append((remaining - 1, keyed))
        at = _past_strings(data, at, 1) if keyed else at
        tag, at = data[at], at + 1
        if seen is not None:
            seen.add(tag)
        if tag in (ARRAY, OBJECT):
            size, at = read_uint(data, at)
            left.append((size, tag == OBJECT))
            if len(left) > MAX_NESTING + 1:
                raise Truncated
        else:
            at = _past_scalar(data, at, tag)
    return at


def _past_scalar(data: bytes, at: int, tag: int) -> int:
    if tag in (STRING, BUFFER):
        return _past_strings(data, at, 1)
    if tag == INTEGER:
        return _past_numbers(data, at, 1)
    if tag not in SIZES:
        raise Truncated
    return at + SIZES[tag]
