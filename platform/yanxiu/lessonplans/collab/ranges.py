"""Which characters an update puts in: ranges of clocks of its writers, without loading it into a document.

Format: Yjs update, version 1 (see `nesting`). Clocks count UTF-16 units; only running text is listed, neither marks nor
elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yanxiu.lessonplans.collab.nesting import ANY, DELETED, GC, JSON, SKIP, past_content, past_place
from yanxiu.lessonplans.collab.varint import read_bytes, read_uint, write_uint

STRING = 4

Range = tuple[int, int, int]
"""Writer, first clock, first clock behind it."""


def text_ranges(update: bytes) -> Iterator[Range]:
    """Yield the stretches of running text in an update; Truncated if it is none."""
    return (place for place, is_text, _at in structs_in(update) if is_text)


def structs_in(update: bytes) -> Iterator[tuple[Range, bool, int]]:
    """Yield the range of each struct, whether it is text, and the position where it begins; Truncated if it is no update."""
    writers, at = read_uint(update, 0)
    for _ in range(writers):
        structs, at = read_uint(update, at)
        client, at = read_uint(update, at)
        clock, at = read_uint(update, at)
        for _ in range(structs):
            is_text, length, after = struct_at(update, at)
            yield (client, clock, clock + length), is_text, at
            clock, at = clock + length, after


def struct_at(data: bytes, at: int) -> tuple[bool, int, int]:
    """Whether the struct at `at` is text, how many clocks it takes, and the position behind it."""
    info = data[at]
    if info in (GC, SKIP):
        length, at = read_uint(data, at + 1)
        return False, length, at
    at, kind = past_place(data, at), info & 0x1F
    if kind == STRING:
        text, after = read_bytes(data, at)
        return True, len(text.decode(errors="surrogatepass").encode("utf-16-le", errors="surrogatepass")) // 2, after
    length = read_uint(data, at)[0] if kind in (DELETED, JSON, ANY) else 1
    return False, length, past_content(data, at, kind)


def deleting(ranges: Mapping[int, Iterable[tuple[int, int]]]) -> bytes:
    """Return an update that does nothing but delete these clocks: by writer, first and first behind."""
    out = write_uint(0) + write_uint(len(ranges))
    for client, stretches in ranges.items():
        listed = list(stretches)
        out += write_uint(client) + write_uint(len(listed))
        for first, until in listed:
            out += write_uint(first) + write_uint(until - first)
    return out
