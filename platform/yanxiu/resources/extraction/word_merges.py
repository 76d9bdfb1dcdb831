"""Cells of a Word file that somebody would merge downwards (`w:cellMerge`), as the editor's suggestions. Runs in the child."""

from __future__ import annotations

from typing import Any

from yanxiu.resources.extraction.word_voices import Proposals

Block = dict[str, Any]
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FIRST, _OTHER = "rest", "cont"


class Merges:
    """The cells that begin such a merge, until it is known that another one goes on below."""

    def __init__(self, proposals: Proposals) -> None:
        self.taken = 0
        self._proposals = proposals
        self._open: dict[tuple[int, int, int], tuple[Any, Any, list[Block]]] = {}

    def note(self, about: Any, cell: Block, place: tuple[int, int, int], row: Any) -> None:
        """Read what a cell says; `place`: the number of its table, its column and how many it covers."""
        change = about.find(f"{_W}cellMerge") if about is not None else None
        known = self._open.pop(place, None)
        kind = change.get(f"{_W}vMerge") if change is not None and change.get(f"{_W}vMergeOrig") is None else None
        if kind == _FIRST:
            self._open[place] = (row, change, [cell])
        elif kind == _OTHER and known is not None and _is_next(known, row, change):
            _row, first, cells = known
            self._open[place] = (row, first, [*cells, cell])
            self._take(first, cells, cell)

    def _take(self, first: Any, cells: list[Block], cell: Block) -> None:
        if len(cells) == 1:
            cells[0]["attrs"]["merge"] = self._proposals.reshaping(first)
            self.taken += 1
        cell["attrs"]["merge"] = cells[0]["attrs"]["merge"]
        self.taken += 1


def _is_next(known: tuple[Any, Any, list[Block]], row: Any, change: Any) -> bool:
    """Whether a cell lies in the row below, and the same hand would merge it."""
    above, first, _cells = known
    author = f"{_W}author"
    return row.getprevious() is above and change.get(author) == first.get(author)
