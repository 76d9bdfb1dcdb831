"""Arrays as long as an index, used by one ranking after the other.

Arrays of some hundred kilobytes are given back to the system when they are let go (`listening.give_memory_back`), so
that each new one is cleared by it page by page: at 100,000 documents that was a third of what a search took.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yanxiu.search.scoring import FloatArray, IntArray, Mask, Numbers


class Room:
    """What one ranking works with. Of one thread at a time; what is not put back is made anew."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: dict[Any, list[NDArray[Any]]] = defaultdict(list)
        self._numbers = np.empty(size, np.intp)

    def _array(self, kind: type[Any]) -> NDArray[Any]:
        free = self._free[np.dtype(kind)]
        return free.pop() if free else np.empty(self._size, kind)

    def floats(self) -> FloatArray:
        """A number for each document, whatever stood there."""
        return self._array(np.float32)

    def zeros(self) -> FloatArray:
        """The number 0 for each document."""
        found = self.floats()
        found.fill(0)
        return found

    def mask(self, numbers: Numbers | IntArray) -> Mask:
        """Which documents these are."""
        found = self._array(np.bool_)
        found.fill(False)
        found[numbers] = True
        return found

    def numbers(self, ids: IntArray) -> Numbers:
        """The same numbers as NumPy looks things up by, in place of converting them at each step; good until the next."""
        found = self._numbers[: len(ids)]
        found[:] = ids
        return found

    def put_back(self, *arrays: NDArray[Any]) -> None:
        """Let what comes next have them."""
        for array in arrays:
            self._free[array.dtype].append(array)
