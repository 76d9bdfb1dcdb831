"""What a scheme of codes is. The shipped ones stand in `shipped`, those of a school or a teacher in the database.

A coding keeps the slug and the version of the scheme it used; a version that somebody used does not change any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

GAP = "-"
"""From here on nothing is coded: a stretch that was skipped, or does not belong to the lesson. In a scheme of windows: this
window was seen, and none of the codes fits."""
SHORT_CLIP_MS = 10 * 60_000
KEYS = "1234567890qwetyuioasdfhcbvm"
"""The keys a code may have, in the order in which they are given away: those of the player, of undoing and of the playlist
(j k l n p r z x g) are not among them."""


class Mode(StrEnum):
    """How a scheme is coded."""

    HELD = "held"
    WINDOWS = "windows"
    EVENTS = "events"

    @property
    def label(self) -> str:
        return {"held": "每一刻一个代码", "windows": "按时段勾选，可以勾几个", "events": "发生一次记一次"}[self.value]


@dataclass(frozen=True)
class Code:
    """One code: what is stored, the key that sets it, the word on screen, its group and a line of help.

    `row` names the row of the matrix it is counted in, where that is not its own; `color` a color of its own.
    """

    code: str
    key: str
    label: str
    group: str
    hint: str = ""
    row: str = ""
    color: str = ""


@dataclass(frozen=True)
class Sum:
    """Codes that a report adds up: 教师言语 is the sum of 1 to 8 with ITIAS."""

    label: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A set of codes. `intervals` are the sampling steps offered (or the length of a window), in milliseconds.

    `is_tallied`: all codes that begin within a step count, as Flanders has it, instead of the one that holds at the look.
    `by_pairs`: shares are those of the row totals of the matrix. `groups` maps the key of a group to its name, `colors` to
    its color where that is not named like the group. `definition_id`: the row of a scheme that is not shipped.
    """

    slug: str
    name: str
    version: int
    codes: tuple[Code, ...]
    intervals: tuple[int, ...]
    interval_ms: int
    rules: tuple[str, ...] = ()
    mode: Mode = Mode.HELD
    groups: Mapping[str, str] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[Sum, ...] = ()
    is_tallied: bool = False
    by_pairs: bool = False
    definition_id: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether exactly one code holds at any moment, so that there is a string, a matrix and one κ."""
        return self.mode == Mode.HELD

    def allows(self, code: str) -> bool:
        return code == GAP or any(known.code == code for known in self.codes)

    def interval_for(self, duration_ms: int) -> int:
        """Return the step that is stated where nobody chose one: the usual one, the shortest for a short clip."""
        return self.interval_ms if duration_ms >= SHORT_CLIP_MS else min(self.intervals)

    def find(self, code: str) -> Code | None:
        return next((known for known in self.codes if known.code == code), None)

    def label(self, code: str) -> str:
        found = self.find(code)
        return found.label if found is not None else "未编码"

    def group(self, code: str) -> str:
        found = self.find(code)
        return found.group if found is not None else "none"

    def group_label(self, group: str) -> str:
        return self.groups.get(group, group)

    def group_look(self, group: str) -> str:
        """Return the name of a group's color, as the style sheet has it."""
        return self.colors.get(group, group)

    def look(self, code: str) -> str:
        """Return the name of a code's color, as the style sheet has it."""
        found = self.find(code)
        return found.color if found is not None and found.color else self.group_look(self.group(code))

    @property
    def group_keys(self) -> tuple[str, ...]:
        """The groups in the order of their codes."""
        return tuple(dict.fromkeys(code.group for code in self.codes))

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the matrix of pairs."""
        return tuple(dict.fromkeys(code.row or code.code for code in self.codes))

    def row_of(self, code: str) -> str:
        found = self.find(code)
        return found.row or found.code if found is not None else code

    def parts(self) -> tuple[Sum, ...]:
        """Return what a report adds up: the sums of the scheme, else its groups."""
        if self.sums:
            return self.sums
        return tuple(
            Sum(self.group_label(key), tuple(code.code for code in self.codes if code.group == key))
            for key in self.group_keys
        )
