"""The embedded engine: an index directory on this machine, read by any thread, written by the one indexer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import TypeVar

from yanxiu.search.engines.home import IndexHome
from yanxiu.search.engines.interface import (
    EMPTY_PAGE,
    Batch,
    EngineDocument,
    EnginePage,
    EngineRequest,
    EngineStats,
    Fits,
    Key,
    Term,
)
from yanxiu.search.engines.ranking import counted, rank, spelled, suggest
from yanxiu.search.engines.snapshot import Cache, Snapshot
from yanxiu.search.engines.whoosh_engine import DAMAGE, IndexDamagedError, WhooshIndex

SCHEMA_VERSION = 3
LOOK_EVERY_S = 0.2
"""How often a reader looks whether the indexer has committed."""
CACHE_BYTES = 160 * 1024 * 1024
Answer = TypeVar("Answer")


class LocalEngine:
    """Implements `SearchEngine` over `WhooshIndex`.

    One damaged read does not condemn an index: the reader opens it once more before it gives up.
    """

    def __init__(self, folder: Path, segmenter: str) -> None:
        self.home = IndexHome(folder)
        self.format = re.sub(r"[^A-Za-z0-9.]+", "_", f"v{SCHEMA_VERSION}-{segmenter}")
        self._writable: WhooshIndex | None = None
        self._readable: WhooshIndex | None = None
        self._snapshot: Snapshot | None = None
        self._seen: tuple[Path | None, int] = (None, -1)
        self._looked = 0.0
        self._lock = Lock()
        self._cache = Cache(CACHE_BYTES)

    # --- reading ---

    def search(self, request: EngineRequest, principals: frozenset[str]) -> EnginePage:
        """Rank what these principals may see."""
        return self._answer(lambda snapshot: rank(snapshot, request, principals), EMPTY_PAGE)

    def suggest(self, start: str, principals: frozenset[str], limit: int) -> list[Key]:
        """Documents of which a beginning begins with `start`: whole ones first, then the newest."""

        def find(snapshot: Snapshot) -> list[Key]:
            return [snapshot.key(int(number)) for number in suggest(snapshot, start, principals, limit)]

        return self._answer(find, [])

    def spelled(
        self, spellings: Iterable[str], scope: EngineRequest, principals: frozenset[str], fits: Fits
    ) -> dict[str, list[tuple[str, int]]]:
        """Words that are spelled so and `fits`, with the number of readable documents that hold each."""
        wanted = list(spellings)
        return self._answer(lambda snapshot: spelled(snapshot, wanted, scope, principals, fits), {})

    def counted(
        self, wanted: Sequence[tuple[Term, ...]], scope: EngineRequest, principals: frozenset[str]
    ) -> list[int]:
        """How many readable documents hold all the terms of each."""
        return self._answer(lambda snapshot: counted(snapshot, wanted, scope, principals), [0] * len(wanted))

    def _answer(self, ask: Callable[[Snapshot], Answer], nothing: Answer) -> Answer:
        snapshot = self._current()
        if snapshot is None:
            return nothing
        try:
            return ask(snapshot)
        except DAMAGE:
            with self._lock:
                self._forget()
            snapshot = self._current()
            return ask(snapshot) if snapshot is not None else nothing

    def look_again(self) -> None:
        """Do not wait before looking for a newer commit."""
        self._looked = 0.0

    def _forget(self) -> None:
        self._readable, self._snapshot, self._seen, self._looked = None, None, (None, -1), 0.0
        self._cache = Cache(CACHE_BYTES)

    def _current(self) -> Snapshot | None:
        """The newest committed state; looked for at most every LOOK_EVERY_S, opened by one thread."""
        if self._snapshot is not None and time.monotonic() - self._looked < LOOK_EVERY_S:
            return self._snapshot
        with self._lock:
            if self._snapshot is None or time.monotonic() - self._looked >= LOOK_EVERY_S:
                self._look()
                self._looked = time.monotonic()
            return self._snapshot

    def _look(self) -> None:
        path = self.home.current()
        if path is None:
            self._readable, self._snapshot = None, None
            return
        if self._readable is None or self._readable.folder != path:
            self._readable = WhooshIndex(path)
        seen = (path, self._readable.latest())
        if seen == self._seen and self._snapshot is not None:
            return
        for attempts_left in (2, 1, 0):
            try:
                generation, parts = self._readable.load()
            except (*DAMAGE, IndexDamagedError):  # a commit may have removed what was just being opened
                if not attempts_left and self._snapshot is None:
                    raise
                continue
            self._snapshot = Snapshot(generation, parts, self._cache)
            self._seen = seen
            return

    # --- writing ---

    def open(self) -> int:
        """Make the index ready for writing; its generation, or -1 when one has to be built."""
        self.home.prepare()
        path = self.home.current()
        self._writable = None
        if path is None or not path.name.startswith(f"{self.format}-"):
            return -1
        self._writable = WhooshIndex(path)
        return self._writable.repair()

    def name(self) -> str:
        """Which index is in use: unlike a generation, never the same for two builds."""
        path = self.home.current()
        return path.name if path else ""

    def apply(self, batch: Batch) -> int:
        """Commit durably; the new generation."""
        if self._writable is None:
            raise IndexDamagedError("the index was not opened for writing")
        return self._writable.write(batch)

    def rebuild(self, documents: Iterable[Sequence[EngineDocument]], between: Callable[[], None]) -> int:
        """Build a new index beside the old one and change over."""
        fresh = WhooshIndex(self.home.new(self.format))
        fresh.create()
        generation = fresh.fill(documents, between)
        self.home.change_over(fresh.folder)
        self._writable = fresh
        return generation

    def check(self) -> list[str]:
        """Read everything back; what is wrong (nothing when all is well)."""
        path = self.home.current()
        return WhooshIndex(path).check() if path else ["there is no index"]

    def stats(self) -> EngineStats:
        """Size and state."""
        snapshot = self._current()
        path = self.home.current()
        size = sum(file.stat().st_size for file in path.iterdir() if file.is_file()) if path else 0
        if snapshot is None:
            return EngineStats("whoosh", -1, 0, 0, size)
        return EngineStats("whoosh", snapshot.generation, snapshot.documents, len(snapshot.segments), size)
