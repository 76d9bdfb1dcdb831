"""What every engine does with the newest committed state of its index, however it comes to know it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import ClassVar, TypeVar

from yanxiu.search.engines.interface import EMPTY_PAGE, EnginePage, EngineRequest, Fits, Key, Term
from yanxiu.search.engines.ranking import counted, rank, spelled, suggest
from yanxiu.search.engines.snapshot import Cache, Snapshot

LOOK_EVERY_S = 0.2
"""How often a reader looks whether the indexer has committed."""
CACHE_BYTES = 40 * 1024 * 1024
Answer = TypeVar("Answer")


class SnapshotReader(ABC):
    """The reading half of `SearchEngine`; any thread may ask.

    One failed read does not condemn an index: it may have been changed over, and is looked for once more.
    """

    FAILURES: ClassVar[tuple[type[Exception], ...]]
    """What reading raises when the index is damaged, gone, or cannot be reached."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._looked = 0.0
        self._lock = Lock()
        self._cache = Cache(CACHE_BYTES)

    def search(self, request: EngineRequest, principals: frozenset[str]) -> EnginePage:
        """Rank what these principals may see; the same question on the same generation is answered once."""
        return self._answer(lambda snapshot: snapshot.page(request, principals, rank), EMPTY_PAGE)

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

    def look_again(self) -> None:
        """Do not wait before looking for a newer commit."""
        self._looked = 0.0

    @abstractmethod
    def _look(self) -> None:
        """Set `_snapshot` to the newest committed state, or to None where there is no index."""

    def _forget(self) -> None:
        self._snapshot, self._looked = None, 0.0
        self._cache = Cache(CACHE_BYTES)

    def _answer(self, ask: Callable[[Snapshot], Answer], nothing: Answer) -> Answer:
        snapshot = self._current()
        if snapshot is None:
            return nothing
        try:
            return ask(snapshot)
        except self.FAILURES:
            with self._lock:
                self._forget()
            snapshot = self._current()
            return ask(snapshot) if snapshot is not None else nothing

    def _current(self) -> Snapshot | None:
        """The newest committed state; looked for at most every LOOK_EVERY_S, by one thread."""
        if self._snapshot is not None and time.monotonic() - self._looked < LOOK_EVERY_S:
            return self._snapshot
        with self._lock:
            if self._snapshot is None or time.monotonic() - self._looked >= LOOK_EVERY_S:
                self._look()
                self._looked = time.monotonic()
            return self._snapshot
