"""Addresses and numbers of a text, as they were on the server it was written on, as they are here."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ADDRESS = re.compile(r'(?<==")/(?!/)[^"<>]*')
_SAID = re.compile(r'\b(data-mention|data-post)="(\d+)"')
_STEP = re.compile(r"(?P<word>[a-z-]+)/(?P<id>\d+)")
_POST = re.compile(r"(?P<word>[?&;]at=|#post-)(?P<id>\d+)")
NOWHERE = "#"
"""Where a link leads whose end was not part of the archive: anything else would be somebody else's page."""

Ids = Mapping[str, Mapping[int, int]]


class Moving:
    """`ids` gives the new number of a row by table and old number; `words` the table by the word in addresses."""

    def __init__(self, ids: Ids, words: Mapping[str, str]) -> None:
        self._ids, self._words = ids, words

    def html(self, text: str) -> str:
        """Return HTML with every address and every number of a person or post in it moved."""
        return _SAID.sub(self._said, _ADDRESS.sub(lambda found: self.address(found[0]), text))

    def address(self, address: str) -> str:
        """Return a path of this site as it is now; `NOWHERE` if what it names did not come along."""
        path, mark, rest = address.partition("?") if "?" in address else address.partition("#")
        lost = False

        def step(found: re.Match[str]) -> str:
            nonlocal lost
            new = self._number(self._words.get(found["word"], ""), found["id"])
            lost = lost or new is None
            return f"{found['word']}/{new}"

        def post(found: re.Match[str]) -> str:
            new = self._number("post", found["id"])
            return f"{found['word']}{new}" if new is not None else ""

        moved = _STEP.sub(step, path)
        return NOWHERE if lost else moved + _POST.sub(post, mark + rest)

    def _said(self, found: re.Match[str]) -> str:
        new = self._number("user" if found[1] == "data-mention" else "post", found[2])
        return f'{found[1]}="{new}"' if new is not None else ""

    def _number(self, table: str, old: str) -> int | None:
        return self._ids.get(table, {}).get(int(old)) if len(old) < 16 else None
