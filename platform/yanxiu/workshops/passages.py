"""Links in a text that lead to a second of a recording or to a passage of a plan: found by their addresses alone."""

from __future__ import annotations

import html as stdlib_html
import re
from dataclasses import dataclass

KINDS = {"lessons": "lesson", "lesson-plans": "lesson_plan"}
MOST = 6
"""Cards under one text; a list of all lessons of a term is better read as a list."""
_PATH = r"/(?P<place>lessons|lesson-plans)/(?P<id>\d{1,15})(?![\w/])(?P<rest>[?#][\w=&;%#+-]*)?"
_IN_TEXT = re.compile(rf"(?:https?://(?P<host>[^\s\"'<>/]+)|(?<=\")){_PATH}", re.ASCII)
_ALONE = re.compile(_PATH, re.ASCII)
_SECOND = re.compile(r"[?&]t=(\d{1,6})(?!\d)", re.ASCII)
_SECTION = re.compile(r"#section-([a-z_]{1,40})(?![\w%])", re.ASCII)
_DAY_S = 24 * 3600


@dataclass(frozen=True)
class Passage:
    """What a link names: a lesson or a plan, and where in it: a second, or the key of a section."""

    kind: str
    id: int
    second: int | None = None
    section: str = ""

    @property
    def where(self) -> str:
        """What to append to the address of the whole thing."""
        if self.second is not None:
            return f"?t={self.second}"
        return f"#section-{self.section}" if self.section else ""

    @property
    def path(self) -> str:
        """The address on this server."""
        place = next(place for place, kind in KINDS.items() if kind == self.kind)
        return f"/{place}/{self.id}{self.where}"


def passages_in(html: str, host: str) -> list[Passage]:
    """Return what the links of a cleaned text name, each once, in their order; `host` is this server's own name."""
    found = (_passage(match) for match in _IN_TEXT.finditer(html) if match["host"] in (None, host))
    return list(dict.fromkeys(found))[:MOST]


def passage_at(address: str) -> Passage | None:
    """Return what a path of this server names, or None."""
    match = _ALONE.fullmatch(address)
    return None if match is None else _passage(match)


def _passage(match: re.Match[str]) -> Passage:
    rest = stdlib_html.unescape(match["rest"] or "")
    kind = KINDS[match["place"]]
    if kind == "lesson":
        second = _SECOND.search(rest)
        known = second is not None and int(second[1]) < _DAY_S
        return Passage(kind, int(match["id"]), second=int(second[1]) if second and known else None)
    section = _SECTION.search(rest)
    return Passage(kind, int(match["id"]), section=section[1] if section else "")
