"""The moments at which one can look at a document: stretches of writing, few enough for a slider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yanxiu.lessonplans.collab.history import EPOCH, Entry, History

MOST = 200
WIDTHS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 24 * 60, 7 * 24 * 60, 30 * 24 * 60))


@dataclass(frozen=True)
class Step:
    """What was written in one stretch: the last log number in it, its end, and by whom."""

    seq: int
    at: datetime
    user_ids: tuple[int, ...]


def steps_of(history: History) -> list[Step]:
    """Return the beginning and then one step for each stretch in which something was written, MOST at the most."""
    beginning = Step(history.base_seq, history.began_at, ())
    for width in WIDTHS:
        slots = _slots(history.entries, width)
        if len(slots) < MOST:
            break
    return [beginning, *(_step(slot) for slot in slots[-MOST + 1 :])]


def _slots(entries: Sequence[Entry], width: timedelta) -> list[list[Entry]]:
    slots: list[list[Entry]] = []
    current = -1
    for entry in entries:
        number = (entry.at - EPOCH) // width
        if number != current or not slots:
            slots.append([])
            current = number
        slots[-1].append(entry)
    return slots


def _step(slot: list[Entry]) -> Step:
    people = dict.fromkeys(user_id for entry in slot for user_id in entry.user_ids)
    return Step(max(entry.last for entry in slot), slot[-1].at, tuple(people))
