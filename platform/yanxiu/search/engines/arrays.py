"""The postings of a segment as plain arrays in one file: to read a term is to take a slice of a memory map.

A segment never changes, so neither does its file; pages of it that are in memory are shared by all processes, and none
has to keep a copy. Everything in it is also in the segment itself, which is read instead where the file is missing or
its checksum is wrong. Layout, all numbers little-endian: MAGIC, the length of a JSON head, the checksum (CRC-32) of
all that follows; the head says for each field where its arrays begin and how long they are.
"""

from __future__ import annotations

import json
import logging
import mmap
import os
import struct
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from yanxiu.search.scoring import NO_POSTINGS, FloatArray, Postings

log = logging.getLogger(__name__)
MAGIC = b"YXPOSTS1"
_HEAD = struct.Struct("<8sII")
ALIGNED = 8
TOGETHER = 1 << 20
"""So many counts are looked through at a time while a file is written."""
READ_AT_ONCE = 1 << 22
FEW_TERMS = 4096
"""The terms of a field that has no more, as the many small segments have, are looked up in a dict."""
FieldPostings = Mapping[bytes, tuple["array[int]", "array[float]"]]
"""By term the ascending numbers of documents, and the count in each."""


class NotWholeError(Exception):
    """The file is torn, changed, or of another kind."""


# --- writing ---


def write_arrays(path: Path, fields: Mapping[str, FieldPostings]) -> None:
    """Write all postings of a segment; on disk when it returns, and under its name only when it is whole.

    Where there is no room for it nothing is left and all goes on: it is larger than the segment, which is read instead.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        _write(fresh, fields)
        fresh.replace(path)
    except OSError:
        log.warning("%s could not be written, searching is slower without it", path, exc_info=True)
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _write(path: Path, fields: Mapping[str, FieldPostings]) -> None:
    with path.open("w+b") as file:
        file.write(bytes(_HEAD.size))
        parts = {name: _Part(file, terms).places for name, terms in sorted(fields.items()) if terms}
        at = file.tell()
        file.write(json.dumps(parts, ensure_ascii=False).encode())
        length = file.tell() - at
        checksum = _checksum(file)
        file.seek(0)
        file.write(_HEAD.pack(MAGIC, length, checksum))
        file.flush()
        os.fsync(file.fileno())


class _Part:
    """Writes the arrays of one field; `places` tells the kind, the place and the length of each."""

    def __init__(self, file: BinaryIO, terms: FieldPostings) -> None:
        self._file = file
        self.places: dict[str, tuple[str, int, int]] = {}
        names = sorted(terms)
        lists = [terms[name] for name in names]
        self._put("texts", "|u1", [b"".join(names)])
        self._put("text_ends", "<i8", [_ends(map(len, names)).tobytes()])
        self._put("ends", "<i8", [_ends(len(ids) for ids, _ in lists).tobytes()])
        self._put("ids", "<i4", (ids.tobytes() for ids, _ in lists))
        self._put_counts([counts for _, counts in lists])

    def _put(self, name: str, kind: str, pieces: Iterable[bytes]) -> None:
        self._file.write(bytes(-self._file.tell() % ALIGNED))
        at = self._file.tell()
        self._file.writelines(pieces)
        self.places[name] = (kind, at, (self._file.tell() - at) // np.dtype(kind).itemsize)

    def _put_counts(self, lists: list[array[float]]) -> None:
        """Which of the field's different counts each is: these are few. Where all are the same, nothing more."""
        table = np.empty(0, np.float32)
        for some in _together(lists):
            table = np.union1d(table, some)
        self._put("table", "<f4", [table.tobytes()])
        if len(table) > 1:
            kind = np.min_scalar_type(len(table) - 1).newbyteorder("<")
            codes = (np.searchsorted(table, some).astype(kind).tobytes() for some in _together(lists))
            self._put("codes", kind.str, codes)


def _ends(lengths: Iterable[int]) -> NDArray[np.int64]:
    return np.cumsum([0, *lengths], dtype=np.int64)


def _together(lists: list[array[float]]) -> Iterator[FloatArray]:
    waiting: list[bytes] = []
    size = 0
    for counts in lists:
        waiting.append(counts.tobytes())
        size += len(counts)
        if size >= TOGETHER:
            yield np.frombuffer(b"".join(waiting), np.float32)
            waiting, size = [], 0
    yield np.frombuffer(b"".join(waiting), np.float32)


def _checksum(file: BinaryIO) -> int:
    found = 0
    file.seek(_HEAD.size)
    while piece := file.read(READ_AT_ONCE):
        found = zlib.crc32(piece, found)
    return found


# --- reading ---


class _Field:
    """The terms of one field and their postings, in the mapped file."""

    def __init__(self, content: mmap.mmap, places: Mapping[str, tuple[str, int, int]]) -> None:
        def found(name: str) -> NDArray[Any]:
            kind, at, length = places[name]
            return np.frombuffer(content, np.dtype(kind), length, at)

        def numbers(name: str) -> memoryview:
            """As numbers of Python, which is faster one by one."""
            _kind, at, length = places[name]
            return memoryview(content)[at : at + 8 * length].cast("q")

        _kind, at, length = places["texts"]
        self._texts = memoryview(content)[at : at + length]
        self._text_ends = numbers("text_ends")
        self._ends = numbers("ends")
        self._ids = found("ids")
        self._table = found("table")
        self._codes = found("codes") if "codes" in places else None
        self._order = range(len(self._ends) - 1)
        self._numbers: dict[bytes, int] | None = None

    def text(self, number: int) -> bytes:
        """The term of a number; numbers are in the order of the terms' bytes."""
        return bytes(self._texts[self._text_ends[number] : self._text_ends[number + 1]])

    def first_from(self, text: bytes) -> int:
        """The number of the first term that is not before `text`."""
        return bisect_left(self._order, text, key=self.text)

    def _number(self, text: bytes) -> int:
        """The number of a term, -1 where there is none such."""
        if self._numbers is None and len(self._order) <= FEW_TERMS:
            self._numbers = {self.text(number): number for number in self._order}
        if self._numbers is not None:
            return self._numbers.get(text, -1)
        number = self.first_from(text)
        return number if number < len(self._order) and self.text(number) == text else -1

    def postings(self, text: bytes) -> Postings:
        """The postings of a term."""
        if self._numbers is not None and text not in self._numbers:  # as in most of the many small segments
            return NO_POSTINGS
        number = self._number(text)
        if number < 0:
            return NO_POSTINGS
        return self._of(number, number + 1)

    def begun(self, prefix: bytes) -> Postings:
        """The postings of all terms that begin with `prefix`: they lie side by side, however many there are."""
        return self._of(*self._between(prefix))

    def _of(self, first: int, last: int) -> Postings:
        some = slice(self._ends[first], self._ends[last])
        ids = self._ids[some]
        if self._codes is None:
            return Postings(ids, np.full(len(ids), self._table[0], np.float32))
        return Postings(ids, self._table[self._codes[some]])

    def _between(self, prefix: bytes) -> tuple[int, int]:
        """The number of the first term that begins so, and of the first after them."""
        first, last = self.first_from(prefix), len(self._order)
        if prefix:  # no UTF-8 holds this byte
            last = self.first_from(prefix + b"\xff")
        return first, last

    def names(self, prefix: bytes, limit: int | None) -> list[str]:
        """The terms that begin with `prefix`, in order."""
        first, last = self._between(prefix)
        if limit is not None:
            last = min(last, first + limit)
        return [self.text(number).decode() for number in range(first, last)]


class SegmentArrays:
    """A file of `write_arrays`, mapped; any number of threads may read it. NotWholeError when it is not whole."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _HEAD.size:
                raise NotWholeError(path.name)
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, length, checksum = _HEAD.unpack_from(content)
            if magic != MAGIC or checksum != _checksum(file):
                raise NotWholeError(path.name)
        try:
            parts = json.loads(content[len(content) - length :])
        except ValueError as error:  # the one number that no checksum covers
            raise NotWholeError(path.name) from error
        self._fields = {name: _Field(content, places) for name, places in parts.items()}

    def read(self, field: str, text: str) -> Postings:
        """The postings of one term."""
        found = self._fields.get(field)
        return found.postings(text.encode()) if found else NO_POSTINGS

    def begun(self, field: str, prefix: str) -> Postings:
        """The postings of all terms that begin with `prefix`, one term after the other."""
        found = self._fields.get(field)
        return found.begun(prefix.encode()) if found else NO_POSTINGS

    def lexicon(self, field: str, prefix: str = "", limit: int | None = None) -> list[str]:
        """The terms of a field that begin with `prefix`, in the order of their bytes."""
        found = self._fields.get(field)
        return found.names(prefix.encode(), limit) if found else []
