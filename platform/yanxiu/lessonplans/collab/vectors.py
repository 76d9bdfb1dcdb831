"""The state vectors of documents that are opened again and again as they lie on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict

from yanxiu.lessonplans.collab.updates import state_vector

MAX_KEPT_BYTES = 16 * 1024 * 1024


class Vectors:
    """Finding one means reading all of a document, so those of the documents asked for last are remembered.

    They are known by the bytes themselves: numbers may come back, of a plan or after a restore. To compare them takes a
    quarter of the time of a hash, which every new copy would have to be read through for.
    """

    def __init__(self, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[bytes, bytes]] = OrderedDict()
        self._bytes = 0

    def of(self, plan_id: int, state: bytes) -> bytes:
        """Return the state vector of `state`, which is what is on disk of this plan."""
        with self._lock:
            known, vector = self._kept.get(plan_id, (None, b""))
            if known is not None:
                self._kept.move_to_end(plan_id)
        if known == state:
            return vector
        vector = state_vector(state)
        with self._lock:
            self._put(plan_id, state, vector)
        return vector

    def _put(self, plan_id: int, state: bytes, vector: bytes) -> None:
        gone, _vector = self._kept.pop(plan_id, (b"", b""))
        self._kept[plan_id] = state, vector
        self._bytes += len(state) - len(gone)
        while self._bytes > self._max_bytes:
            _plan_id, (oldest, _vector) = self._kept.popitem(last=False)
            self._bytes -= len(oldest)
