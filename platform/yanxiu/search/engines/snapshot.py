"""One generation of an index as NumPy arrays: what ranking, rights and facets are computed from.

A snapshot never changes, so any number of threads may read it. Its segments are shared with the snapshots before
and after it: a commit only adds a small segment, everything already read stays read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from yanxiu.search.engines.interface import SEVERAL, EnginePage, EngineRequest, Family, Key
from yanxiu.search.engines.room import Room
from yanxiu.search.engines.spelled import SpelledWords
from yanxiu.search.scoring import NO_POSTINGS, FloatArray, IntArray, Mask, Numbers, Postings, together, union, without

FACTS = np.dtype([("object_id", "<i8"), ("date", "<i8"), ("length_w", "<f4"), ("length_b", "<f4")])
"""What is kept of every document beside its terms."""
OWN_BYTES = 10 * 1024 * 1024
"""For what is joined of several segments; what they hold themselves is kept once, in the cache they share."""
FACET_BYTES = 8 * 1024 * 1024
"""For the values of all facets, one or two bytes a document and facet: 2 MiB for 100,000 documents and hardly more than 4 for the
150,000 up to which this engine is meant; what is beyond it is put together anew when it is asked for. It is no more than what
there is of them, and goes with the snapshot."""
ROOMS = 2
"""So many of those who search at once find arrays to work with; a third makes its own."""
PAGES = 256
LIVING = frozenset({"acl", "key"})
"""Fields whose postings leave deleted documents out. Those of all others are looked at through what somebody may see."""
SMALL = 256
"""Lists of postings no longer than this are kept as they are; so few different counts fit into a byte each."""
Value = TypeVar("Value")


@dataclass(frozen=True)
class FacetCodes:
    """The values of a facet, and for each document the number of its value (as many as there are values: it has none).

    Where documents may have several, `more` are those that have another, one as often as it has others, and
    `more_codes` the numbers of these.
    """

    values: list[str]
    codes: NDArray[Any]
    more: IntArray
    more_codes: NDArray[Any]

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return self.codes.nbytes + self.more.nbytes + self.more_codes.nbytes

    def counts(self, numbers: Numbers, mask: Mask) -> list[int]:
        """How many of these documents, which `mask` marks, have each value."""
        found = np.bincount(self.codes[numbers], minlength=len(self.values) + 1)[:-1]
        if len(self.more):
            others = self.more_codes[mask[self.more]]
            found += np.bincount(others, minlength=len(self.values))
        return found.tolist()


class SegmentReader(Protocol):
    """A segment's files, readable term by term. Implementations serialize their own reads."""

    name: str
    size: int
    facts: NDArray[Any]

    @property
    def mapped(self) -> bool:
        """Whether what is read lies in a mapped file, so that to keep it gains nothing."""

    def read(self, field: str, text: str) -> Postings:
        """The postings of one term, by the segment's own document numbers."""

    def begun(self, field: str, prefix: str) -> Postings:
        """The postings of all terms that begin with `prefix`, one term after the other."""

    def ahead(self, terms: Iterable[tuple[str, str]]) -> None:
        """Get ready for `read` of these, where it pays to be asked for many at once."""

    def lexicon(self, field: str, prefix: str = "", limit: int | None = None) -> list[str]:
        """The terms of a field that begin with `prefix`, in order."""


class Cache:
    """Least recently used values up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._values: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: Any) -> bool:
        with self._lock:
            return key in self._values

    def get(self, key: Any, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """The value of `key`, made outside the lock if it is not there (perhaps by two threads at once)."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: Value = self._values[key][0]
                return found
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = (value, size(value))
                self._bytes += self._values[key][1]
            while self._bytes > self._max_bytes and len(self._values) > 1:
                self._bytes -= self._values.popitem(last=False)[1][1]
        return value


def _narrow(codes: NDArray[Any], values: int) -> NDArray[Any]:
    """Numbers up to that of "none" in as few bytes as they need."""
    return codes.astype(np.min_scalar_type(values), copy=False)


def _posting_bytes(postings: Postings) -> int:
    return postings.ids.nbytes + postings.counts.nbytes + 200


class Packed:
    """Postings as they are kept: two or three bytes for each instead of eight.

    Of a document its distance from the one before is kept, which is small where there are many, and of its count which
    of the few different ones it is. A short list is kept as it is.
    """

    __slots__ = ("_counts", "_gaps", "_table")

    def __init__(self, postings: Postings) -> None:
        self._gaps: NDArray[Any] = postings.ids
        self._counts: NDArray[Any] = postings.counts
        self._table: FloatArray | None = None
        if len(postings.ids) <= SMALL:
            return
        gaps = np.diff(postings.ids, prepend=np.int32(0))
        self._gaps = gaps.astype(np.min_scalar_type(gaps.max()))
        table, codes = np.unique(postings.counts, return_inverse=True)
        if len(table) <= SMALL:
            self._table, self._counts = table, codes.astype(np.uint8)

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return self._gaps.nbytes + self._counts.nbytes + 600

    def postings(self) -> Postings:
        """The same as they were."""
        ids = self._gaps if len(self._gaps) <= SMALL else np.cumsum(self._gaps, dtype=np.int32)
        return Postings(ids, self._counts if self._table is None else self._table[self._counts])


_NONE = Packed(NO_POSTINGS)


def _moved(postings: Postings, offset: int) -> Postings:
    """By the numbers that a segment's documents have among all."""
    return Postings(postings.ids + np.int32(offset), postings.counts) if offset else postings


def _begun(segment: SegmentReader, field: str, prefix: str) -> Postings:
    return union(segment.begun(field, prefix), segment.size)


def _packed(postings: Postings) -> Packed:
    return Packed(postings) if len(postings.ids) else _NONE


class Snapshot:
    """The documents of all segments under one numbering, deleted ones left out of every answer."""

    def __init__(self, generation: int, parts: Sequence[tuple[SegmentReader, IntArray]], cache: Cache) -> None:
        self.generation = generation
        self.segments = [segment for segment, _ in parts]
        self._deleted = [deleted for _, deleted in parts]
        self._cache = cache
        self._own = Cache(OWN_BYTES)
        self._facets = Cache(FACET_BYTES)
        self._pages = Cache(PAGES)
        self._rooms: list[Room] = []
        self.offsets = np.cumsum([0, *(segment.size for segment in self.segments)]).tolist()
        self.size: int = self.offsets[-1]
        self.live = np.ones(self.size, bool)
        for (_, deleted), offset in zip(parts, self.offsets, strict=False):
            self.live[deleted + offset] = False
        self.documents = int(self.live.sum())
        facts = [segment.facts for segment in self.segments]
        joined = np.concatenate(facts) if facts else np.empty(0, FACTS)
        self.object_ids = np.ascontiguousarray(joined["object_id"])
        self.dates = np.ascontiguousarray(joined["date"])
        self.lengths: dict[Family, FloatArray] = {
            "w": np.ascontiguousarray(joined["length_w"]),
            "b": np.ascontiguousarray(joined["length_b"]),
        }

    # --- terms ---

    def _read(self, segment: SegmentReader, key: tuple[str, ...], read: Callable[[], Postings]) -> Postings:
        """What a segment says, which is kept unless it lies in a mapped file."""
        if segment.mapped:
            return read()
        kept = self._cache.get((segment.name, *key), lambda: _packed(read()), lambda packed: packed.nbytes)
        return kept.postings()

    def _join(self, field: str, text: str) -> Postings:
        found: list[Postings] = []
        for segment, offset, deleted in zip(self.segments, self.offsets, self._deleted, strict=False):
            part = self._read(segment, (field, text), partial(segment.read, field, text))
            if field in LIVING and len(deleted) and len(part.ids):
                part = without(part, deleted)
            found.append(_moved(part, offset))
        return together([part for part in found if len(part.ids)])

    def ahead(self, terms: Iterable[tuple[str, str]]) -> None:
        """Let the segments read at once what is about to be asked for and is not known."""
        asked = [segment for segment in self.segments if not segment.mapped]
        unknown = [term for term in dict.fromkeys(terms) if term not in self._own] if asked else []
        for segment in asked:
            segment.ahead([term for term in unknown if (segment.name, *term) not in self._cache])

    def postings(self, field: str, text: str) -> Postings:
        """The documents that hold a term; those that are deleted are among them, but in the fields `LIVING`."""
        return self._own.get((field, text), lambda: self._join(field, text), _posting_bytes)

    def starting(self, field: str, prefix: str) -> Postings:
        """The documents that hold any term beginning with `prefix`, all of them counted as one."""
        return self._own.get(("starting", field, prefix), lambda: self._starting(field, prefix), _posting_bytes)

    def _starting(self, field: str, prefix: str) -> Postings:
        """Of all words that begin so: what somebody may not see can push out none of those that they may."""
        found: list[Postings] = []
        for segment, offset in zip(self.segments, self.offsets, strict=False):
            part = self._read(segment, ("starting", field, prefix), partial(_begun, segment, field, prefix))
            found.append(_moved(part, offset))
        return together([part for part in found if len(part.ids)])

    def beginning(self, start: str, mask: Mask, enough: int) -> IntArray:
        """Living documents of `mask` by the beginnings of their titles, in the order of the alphabet until enough."""
        found: dict[int, None] = {}
        for limit in (enough, None):
            names = sorted({name for segment in self.segments for name in segment.lexicon("start", start, limit)})
            for name in names[:limit]:
                ids = self.postings("start", name).ids
                found.update(dict.fromkeys(ids[mask[ids]].tolist()))
                if len(found) >= enough:
                    break
            if len(found) >= enough or len(names) < enough:
                break
        return np.array(list(found), np.int32)

    def spelled(self, spellings: Iterable[str]) -> dict[str, set[str]]:
        """The words of any segment by how they are spelled; who may know of them is for the caller to ask."""
        found: dict[str, set[str]] = {spelling: set() for spelling in spellings}
        for segment in self.segments:
            words = self._spelled_words(segment)
            for spelling, known in found.items():
                known.update(words.find(spelling))
        return found

    def _spelled_words(self, segment: SegmentReader) -> SpelledWords:
        key = (segment.name, "spelled")
        return self._cache.get(key, lambda: SpelledWords(segment.lexicon("w")), lambda words: words.nbytes)

    # --- rights and facets ---

    def allowed(self, principals: frozenset[str]) -> Mask:
        """Which documents somebody with these principals may see. Not to be written to."""
        return self._own.get(("allowed", principals), lambda: self._allowed(principals), lambda mask: mask.nbytes)

    def _allowed(self, principals: frozenset[str]) -> Mask:
        mask = np.zeros(self.size, bool)
        for principal in principals:
            mask[self.postings("acl", principal).ids] = True
        return mask

    def extent(self, principals: frozenset[str]) -> tuple[int, dict[Family, float]]:
        """How many documents somebody with these principals may see, and how long they are together, by family."""
        return self._own.get(("extent", principals), lambda: self._extent(self.allowed(principals)), lambda _: 200)

    def _extent(self, mask: Mask) -> tuple[int, dict[Family, float]]:
        sums = {family: float(lengths[mask].sum(dtype=np.float64)) for family, lengths in self.lengths.items()}
        return int(np.count_nonzero(mask)), sums

    def codes(self, facet: str) -> FacetCodes:
        """Who has which value of a facet."""
        return self._facets.get(facet, lambda: self._codes(facet), lambda found: found.nbytes)

    def _codes(self, facet: str) -> FacetCodes:
        parts = [self._segment_codes(segment, facet) for segment in self.segments]
        if len(parts) == 1:
            return parts[0]
        values = sorted({value for part in parts for value in part.values})
        number = {value: code for code, value in enumerate(values)}
        renamed = [np.array([*(number[name] for name in part.values), len(values)], np.intp) for part in parts]
        none: list[NDArray[Any]] = [np.empty(0, np.int32)]
        more = [part.more + np.int32(offset) for part, offset in zip(parts, self.offsets, strict=False)]
        return FacetCodes(
            values,
            _joined([new[part.codes] for part, new in zip(parts, renamed, strict=True)], len(values)),
            np.concatenate(none + more),
            _joined([new[part.more_codes] for part, new in zip(parts, renamed, strict=True)], len(values)),
        )

    def _segment_codes(self, segment: SegmentReader, facet: str) -> FacetCodes:
        def make() -> FacetCodes:
            names = segment.lexicon(facet)
            codes = np.full(segment.size, len(names), np.intp)
            more, more_codes = [np.empty(0, np.int32)], [np.empty(0, np.intp)]
            for code, name in enumerate(names):
                ids = segment.read(facet, name).ids
                taken = codes[ids] < code
                codes[ids[~taken]] = code
                more.append(ids[taken])
                more_codes.append(np.full(len(more[-1]), code))
            return FacetCodes(names, _narrow(codes, len(names)), np.concatenate(more), _joined(more_codes, len(names)))

        return self._cache.get((segment.name, "codes", facet), make, lambda found: found.nbytes)

    def filtered(self, facet: str, wanted: Iterable[str]) -> Mask:
        """Which documents have one of the wanted values."""
        if facet in SEVERAL:
            held = np.zeros(self.size, bool)
            for value in set(wanted):
                held[self.postings(facet, value).ids] = True
            return held
        known, several = self.codes(facet), set(wanted)
        chosen = np.array([*(value in several for value in known.values), False])  # the last is for who has no value
        mask: Mask = chosen[known.codes]
        return mask

    # --- pages ---

    def page(
        self, request: EngineRequest, principals: frozenset[str], rank: Callable[[Any, Any, Any], EnginePage]
    ) -> EnginePage:
        """What `rank` makes of a request: turning back, the next kind and the same words of a colleague come from memory."""
        return self._pages.get((request.key, principals), lambda: rank(self, request, principals), lambda _: 1)

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Arrays for one ranking."""
        try:
            room = self._rooms.pop()
        except IndexError:
            room = Room(self.size)
        yield room
        if len(self._rooms) < ROOMS:
            self._rooms.append(room)

    # --- objects ---

    def numbers(self, keys: Iterable[Key]) -> IntArray:
        """The document numbers of objects; unknown ones are left out."""
        found = [self.postings("key", key_text(key)).ids for key in keys]
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def key(self, number: int) -> Key:
        """The object a document stands for."""
        kinds = self.codes("kind")
        return kinds.values[kinds.codes[number]], int(self.object_ids[number])


def _joined(parts: list[NDArray[Any]], values: int) -> NDArray[Any]:
    return _narrow(np.concatenate(parts), values) if parts else np.empty(0, np.uint8)


def key_text(key: Key) -> str:
    """An object as one term."""
    return f"{key[0]}:{key[1]}"
