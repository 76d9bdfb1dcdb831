"""The embedded engine: an index directory on this machine, read by any thread, written by the one indexer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from yanxiu.search.engines.home import IndexHome
from yanxiu.search.engines.interface import (
    Batch,
    EngineDocument,
    EngineStats,
)
from yanxiu.search.engines.reader import SnapshotReader
from yanxiu.search.engines.snapshot import Snapshot
from yanxiu.search.engines.whoosh_engine import DAMAGE, IndexDamagedError, WhooshIndex

SCHEMA_VERSION = 5


class LocalEngine(SnapshotReader):
    """Implements `SearchEngine` over `WhooshIndex`."""

    FAILURES = DAMAGE

    def __init__(self, folder: Path, segmenter: str) -> None:
        super().__init__()
        self.home = IndexHome(folder)
        self.format = re.sub(r"[^A-Za-z0-9.]+", "_", f"v{SCHEMA_VERSION}-{segmenter}")
        self._writable: WhooshIndex | None = None
        self._readable: WhooshIndex | None = None
        self._seen: tuple[Path | None, int] = (None, -1)

    # --- reading ---

    def _forget(self) -> None:
        super()._forget()
        self._readable, self._seen = None, (None, -1)

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
