"""Whoosh as the keeper of the index: the only module of the product that knows this library.

What is ours and why: Whoosh never calls fsync and does not fall back to the older table of contents (TOC) when the
newest is torn, so commits go through `DurableStorage`; it copies whole files into memory when it opens them, so
reading goes through memory maps; it reads postings block by block in Python, so each segment has them as arrays in a
file beside it (`arrays`). Where that is missing or torn the segment itself is read, under its lock: a searcher shared by
threads answers wrongly (they share a file position).
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
import re
import shutil
import struct
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from whoosh import columns, fields, index
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.reading import SegmentReader as WhooshReader

from yanxiu.search.engines.arrays import NotWholeError, SegmentArrays, write_arrays
from yanxiu.search.engines.home import sync_directory
from yanxiu.search.engines.interface import FACETS, TITLE_LENGTH, Batch, EngineDocument, Key, facet_values
from yanxiu.search.engines.pool import CompactPool
from yanxiu.search.engines.snapshot import FACTS, key_text
from yanxiu.search.scoring import NO_POSTINGS, IntArray, Postings, together

NAME = "MAIN"
MAX_SEGMENTS = 12
_TOC_NAME = re.compile(rf"^_{NAME}_(\d+)\.toc$")
DAMAGE = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, AssertionError, NameError,
    struct.error, pickle.UnpicklingError, zlib.error, index.IndexError,
)  # fmt: skip
"""What Whoosh raises on files that are not whole."""


class IndexDamagedError(Exception):
    """No generation of the index can be read; it has to be built anew."""


class TermBag(fields.FieldType):  # type: ignore[misc]
    """A field given as {term: weight}; terms are made above the engine, so nothing is analyzed here."""

    def __init__(self) -> None:
        super().__init__(format=fields.ID().format, analyzer=None)

    def index(self, value: Mapping[str, float], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each term once, with its weight as the posting's weight."""
        for text, weight in value.items():
            yield text.encode(), 1, float(weight), b""


SCHEMA = fields.Schema(
    facts=fields.COLUMN(columns.FixedBytesColumn(FACTS.itemsize)),
    **{name: TermBag() for name in ("key", "acl", "title", "start", "w", "b", *FACETS)},
)
FORMAT = SCHEMA["key"].format


class MappedFile(StructFile):  # type: ignore[misc]
    """A file read through a memory map: opening copies nothing, and `get` needs no file position."""

    def __init__(self, path: Path, name: str) -> None:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else BytesIO()
        super().__init__(content, name=name)
        self.buffer = content
        self.is_real = False

    def get(self, position: int, length: int) -> bytes:
        """Bytes at a place, without moving."""
        if isinstance(self.buffer, BytesIO):
            return b""
        return self.buffer[position : position + length]


class DurableStorage(FileStorage):  # type: ignore[misc]
    """A directory whose commits survive a power cut.

    Order: segment files, a list of their sizes and checksums, the directory, the TOC by rename, the directory.
    Whoosh's wish to delete older generations is not followed here; `drop_old_generations` keeps the previous one.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.path = folder
        self.sums: dict[str, list[int]] = {}

    def create_file(self, name: str, **options: Any) -> StructFile:
        """A new file that is on disk when it is closed."""
        return super().create_file(name, onclose=self._settle, **options)

    def _settle(self, file: StructFile) -> None:
        file.flush()
        os.fsync(file.fileno())
        content = (self.path / str(file)).read_bytes()
        self.sums[str(file)] = [len(content), zlib.crc32(content)]

    def open_file(self, name: str, **_: Any) -> StructFile:
        """An existing file, mapped."""
        return MappedFile(self.path / name, name)

    def delete_file(self, name: str) -> None:
        """Nothing: see the class."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """The commit itself: the TOC takes its name after all it speaks of is on disk."""
        found = _TOC_NAME.match(newname)
        if found:
            self.sums[newname] = self.sums.pop(oldname)
            self._write_sums(int(found.group(1)), newname)
            sync_directory(self.path)
        super().rename_file(oldname, newname, safe=safe)
        sync_directory(self.path)

    def _write_sums(self, generation: int, toc: str) -> None:
        sums = {name: sums for name, sums in self.sums.items() if name == toc or (self.path / name).exists()}
        with (self.path / f"files_{generation}.json").open("w", encoding="utf-8") as file:
            json.dump(sums, file)
            file.flush()
            os.fsync(file.fileno())

    def generations(self) -> list[int]:
        """The generations that have a TOC, newest first."""
        found = (_TOC_NAME.match(name) for name in os.listdir(self.path))
        return sorted((int(match.group(1)) for match in found if match), reverse=True)

    def toc(self, generation: int, *, thorough: bool = False) -> index.TOC:
        """The TOC of a generation whose files are all there, in the size (`thorough`: with the checksum) they had."""
        sums = json.loads((self.path / f"files_{generation}.json").read_text("utf-8"))
        name = f"_{NAME}_{generation}.toc"
        if zlib.crc32((self.path / name).read_bytes()) != sums[name][1]:  # before anything of it is unpickled
            raise IndexDamagedError(f"{name} is not whole")
        toc = index.TOC.read(self, NAME, gen=generation, schema=SCHEMA)
        for segment in toc.segments:
            names = [name for name in sums if name.startswith(f"{segment.segment_id()}.")]
            if not names or any((self.path / name).stat().st_size != sums[name][0] for name in names):
                raise IndexDamagedError(f"{segment.segment_id()} of generation {generation} is not whole")
            if thorough and any(zlib.crc32((self.path / name).read_bytes()) != sums[name][1] for name in names):
                raise IndexDamagedError(f"{segment.segment_id()} of generation {generation} has changed")
        self.sums.update(sums)
        return toc

    def newest(self, *, thorough: bool = False) -> index.TOC | None:
        """The newest generation that can be read; `thorough` reads every byte of its files."""
        for generation in self.generations():
            try:
                return self.toc(generation, thorough=thorough)
            except (*DAMAGE, IndexDamagedError):
                continue
        return None

    def repair(self) -> int:
        """Drop torn TOCs that are newer than the newest good one, and what broken commits left; the generation.

        Thorough, since a disk that lied about a write leaves files of the right size with something else in them.
        """
        toc = self.newest(thorough=True)
        if toc is None:
            return -1
        for generation in self.generations():
            if generation > toc.generation:
                (self.path / f"_{NAME}_{generation}.toc").unlink()
        shutil.rmtree(self.path / f"{NAME}.tmp", ignore_errors=True)
        self.drop_old_generations()
        return int(toc.generation)

    def drop_old_generations(self) -> None:
        """Keep the newest two generations and the segments they speak of."""
        kept = self.generations()[:2]
        segments: set[str] = set()
        for generation in kept:
            try:
                segments.update(segment.segment_id() for segment in self.toc(generation).segments)
            except (*DAMAGE, IndexDamagedError):
                continue
        wanted = {f"_{NAME}_{generation}.toc" for generation in kept}
        wanted |= {f"files_{generation}.json" for generation in kept} | {f"{NAME}_WRITELOCK"}
        for path in self.path.iterdir():
            if path.is_file() and path.name not in wanted and path.name.split(".")[0] not in segments:
                path.unlink(missing_ok=True)
        self.sums = {name: sums for name, sums in self.sums.items() if name in wanted or name.split(".")[0] in segments}


class WhooshSegment:
    """One immutable segment, read term by term: from its arrays, or if these are not there, through Whoosh."""

    def __init__(self, storage: DurableStorage, segment: Any) -> None:
        self.name = str(segment.segment_id())
        self.size = int(segment.doc_count_all())
        self._folder = storage.path
        self._arrays: SegmentArrays | None = None
        self.look_for_arrays()
        self._terms = segment.codec().terms_reader(storage, segment)
        self._lock = Lock()
        column = storage.open_file(segment.codec().column_filename(segment, "facts"))
        self.facts = np.frombuffer(column.get(0, self.size * FACTS.itemsize), FACTS, self.size)

    @property
    def mapped(self) -> bool:
        """Whether what is read lies in a mapped file, so that to keep it gains nothing."""
        return self._arrays is not None

    def look_for_arrays(self) -> None:
        """Use the arrays from now on if they are there: the indexer makes those that are missing."""
        if self._arrays is None:
            with suppress(OSError, NotWholeError):
                self._arrays = SegmentArrays(arrays_path(self._folder, self.name))

    def write_arrays(self) -> None:
        """Make the arrays that are missing: they were torn, or the index is older than they are."""
        fields: dict[str, dict[bytes, tuple[array[int], array[float]]]] = defaultdict(dict)
        with self._lock:
            for field, text in list(self._terms.terms()):
                fields[field][text] = self._all(field, text)
        write_arrays(arrays_path(self._folder, self.name), fields)
        self.look_for_arrays()

    def read(self, field: str, text: str) -> Postings:
        """The postings of one term."""
        if self._arrays is not None:
            return self._arrays.read(field, text)
        term = (field, text.encode())
        with self._lock:
            if term not in self._terms:
                return NO_POSTINGS
            ids, weights = self._all(*term)
        return Postings(np.array(ids), np.array(weights))

    def begun(self, field: str, prefix: str) -> Postings:
        """The postings of all terms that begin with `prefix`, one term after the other."""
        if self._arrays is not None:
            return self._arrays.begun(field, prefix)
        return together([self.read(field, text) for text in self.lexicon(field, prefix)])

    def ahead(self, _terms: Iterable[tuple[str, str]]) -> None:
        """Nothing: one by one is as good."""

    def _all(self, field: str, text: bytes) -> tuple[array[int], array[float]]:
        return _all_postings(self._terms.matcher(field, text, FORMAT))

    def lexicon(self, field: str, prefix: str = "", limit: int | None = None) -> list[str]:
        """The terms of a field that begin with `prefix`."""
        if self._arrays is not None:
            return self._arrays.lexicon(field, prefix, limit)
        found: list[str] = []
        start = prefix.encode()
        with self._lock:
            if field not in self._terms.indexed_field_names():
                return found
            for name, text in self._terms.terms_from(field, start):
                if name != field or not text.startswith(start) or (limit is not None and len(found) >= limit):
                    break
                found.append(text.decode())
        return found


def _all_postings(matcher: Any) -> tuple[array[int], array[float]]:
    """Everything of a posting list, block by block (one by one it takes ten times as long)."""
    ids, weights = array("i"), array("f")
    if not hasattr(matcher, "_next_block"):
        while matcher.is_active():
            ids.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        return ids, weights
    while matcher.is_active():
        matcher.id()
        matcher.weight()
        ids.extend(matcher._ids)
        weights.extend(matcher._weights)
        matcher._next_block()
    return ids, weights


def arrays_path(folder: Path, segment: str) -> Path:
    """The file of a segment's arrays; by its name it goes when the segment goes."""
    return folder / f"{segment}.arrays"


def merge_policy(writer: Any, segments: list[Any]) -> list[Any]:
    """Which segments stay as they are; the others are merged into the new one.

    Segments without living documents go. Beyond MAX_SEGMENTS the small ones are merged, each as long as it is not
    much larger than what is merged already, so that a large segment is rarely rewritten. A segment of which a third
    is deleted is rewritten too.
    """
    alive = sorted((s for s in segments if s.deleted_count() < s.doc_count_all()), key=lambda s: s.doc_count_all())
    merged: list[Any] = []
    if len(alive) > MAX_SEGMENTS:
        taken = 0
        for segment in alive:
            if len(alive) - len(merged) > MAX_SEGMENTS // 2 or segment.doc_count_all() <= taken:
                merged.append(segment)
                taken += segment.doc_count_all()
    else:
        merged = [s for s in alive if s.doc_count_all() >= 50 and s.deleted_count() * 3 > s.doc_count_all()][:1]
    for segment in merged:
        reader = WhooshReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in alive if segment not in merged]


def _add(writer: Any, document: EngineDocument) -> None:
    facts = np.array([(document.key[1], document.date, document.lengths["w"], document.lengths["b"])], FACTS).tobytes()
    values: dict[str, Any] = {
        name: dict.fromkeys(facet_values(name, given), 1.0) for name, given in document.facets.items() if given
    }
    writer.add_document(
        facts=facts,
        key={key_text(document.key): 1.0},
        acl=dict.fromkeys(document.acl, 1.0),
        title={document.title[:TITLE_LENGTH]: 1.0},
        start=dict.fromkeys(document.starts, 1.0),
        w=document.terms["w"],
        b=document.terms["b"],
        **values,
    )


class WhooshIndex:
    """One index directory. Any number of processes may `load` it while one commits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = DurableStorage(folder)
        self._known: dict[str, WhooshSegment] = {}

    def create(self) -> None:
        """Make an empty index of a directory."""
        index.TOC.create(self.storage, SCHEMA, NAME)

    def latest(self) -> int:
        """The newest generation there is a TOC of, whole or not; -1 if none."""
        return next(iter(self.storage.generations()), -1)

    def repair(self) -> int:
        """Make it writable again after a crash; the generation, -1 if nothing can be read."""
        generation = self.storage.repair()
        toc = self.storage.newest() if generation >= 0 else None
        for segment in toc.segments if toc else ():
            opened = self._open(segment)
            if not opened.mapped:
                opened.write_arrays()
        return generation

    def load(self) -> tuple[int, list[tuple[WhooshSegment, IntArray]]]:
        """The newest readable generation: its segments, each with the numbers of its deleted documents."""
        toc = self.storage.newest()
        if toc is None:
            raise IndexDamagedError(f"no generation of {self.folder} can be read")
        self._known = {name: self._known.get(name) or self._open(segment) for name, segment in _named(toc.segments)}
        for known in self._known.values():
            known.look_for_arrays()
        parts = [
            (self._known[name], np.array(sorted(segment.deleted_docs()), np.int32))
            for name, segment in _named(toc.segments)
        ]
        return int(toc.generation), parts

    def _open(self, segment: Any) -> WhooshSegment:
        return WhooshSegment(self.storage, segment)

    def _writer(self) -> Any:
        writer = index.FileIndex(self.storage, schema=SCHEMA, indexname=NAME).writer(compound=False)
        writer.pool = CompactPool(arrays_path(self.folder, str(writer.newsegment.segment_id())))
        return writer

    def write(self, batch: Batch) -> int:
        """Put a batch in durably; the new generation."""
        writer = self._writer()
        try:
            self._delete(writer, [*batch.deleted, *(document.key for document in batch.documents)])
            for document in batch.documents:
                _add(writer, document)
        except BaseException:
            writer.cancel()
            raise
        writer.commit(mergetype=merge_policy)
        self.storage.drop_old_generations()
        return int(writer.generation)

    def _delete(self, writer: Any, keys: Iterable[Key]) -> None:
        terms = {key_text(key) for key in keys}
        for name, segment in _named(writer.segments):
            reader = self._known.get(name) or self._open(segment)
            self._known[name] = reader
            for term in terms:
                for number in reader.read("key", term).ids.tolist():
                    if not segment.is_deleted(number):
                        segment.delete_document(number)
        current = dict(_named(writer.segments))
        self._known = {name: reader for name, reader in self._known.items() if name in current}

    def fill(self, batches: Iterable[Sequence[EngineDocument]], between: Callable[[], None]) -> int:
        """Write a whole new index in one commit."""
        writer = self._writer()
        try:
            for batch in batches:
                for document in batch:
                    _add(writer, document)
                between()
        except BaseException:
            writer.cancel()
            raise
        writer.commit(merge=False)
        return int(writer.generation)

    def check(self) -> list[str]:
        """Compare every checksum and read every posting of the newest generation."""
        try:
            toc = self.storage.toc(self.latest(), thorough=True)
            for name, segment in _named(toc.segments):
                if not self._open(segment).mapped:
                    return [f"{self.folder.name}: the arrays of {name} are not whole"]
                reader = WhooshReader(self.storage, SCHEMA, segment)
                for _posting in reader.iter_postings():
                    pass
                reader.close()
        except (*DAMAGE, IndexDamagedError) as error:
            return [f"{self.folder.name}: {error}"]
        return []


def _named(segments: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(str(segment.segment_id()), segment) for segment in segments]
