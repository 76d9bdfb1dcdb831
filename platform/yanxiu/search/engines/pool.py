"""The postings of a segment while it is being written."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yanxiu.search.engines.arrays import write_arrays


class CompactPool:
    """The postings of a segment being written: arrays by term, 8 bytes a posting.

    In place of Whoosh's pool of tuples, which beyond a few hundred documents pickles each posting to disk and back:
    three quarters of the time of a build. When the segment is written, so is the file of its arrays.
    """

    def __init__(self, arrays: Path) -> None:
        self._path = arrays
        self._fields: dict[str, dict[bytes, tuple[array[int], array[float]]]] = defaultdict(dict)

    def add(self, item: tuple[str, bytes, int, float, Any]) -> None:
        """One posting; Whoosh adds them in ascending order of document."""
        field, text, number, weight, _ = item
        postings = self._fields[field].get(text)
        if postings is None:
            postings = self._fields[field][text] = (array("I"), array("f"))
        postings[0].append(number)
        postings[1].append(weight)

    def save(self) -> None:
        """Write the file of arrays."""
        write_arrays(self._path, self._fields)

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        """All of them by field, term and document, as the segment is written."""
        self.save()
        for field in sorted(self._fields):
            terms = self._fields[field]
            for text in sorted(terms):
                for number, weight in zip(*terms[text], strict=True):
                    yield field, text, number, weight, b""

    def cleanup(self) -> None:
        """Forget them."""
        self._fields.clear()
