"""Dealing perspectives evenly. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence


def dealt_evenly(
    perspectives: Sequence[int], observers: Sequence[int], watched: Mapping[int, Collection[int]]
) -> list[tuple[int, int]]:
    """Return the pairs (perspective, observer) to add, in turn: to whoever has the fewest, the first in the list first.

    `watched`: who watches a perspective already; that stays. First what nobody watches is dealt, then every observer who
    has none gets what the fewest watch. Dealt from nothing, two observers differ by one perspective at most, and so do
    two perspectives by one observer.
    """
    load = {observer: sum(observer in people for people in watched.values()) for observer in observers}
    watchers = {number: len(watched.get(number, ())) for number in perspectives}
    added: list[tuple[int, int]] = []

    def give(number: int, observer: int) -> None:
        added.append((number, observer))
        load[observer] += 1
        watchers[number] += 1

    for number in perspectives if observers else ():
        if not watchers[number]:
            give(number, min(observers, key=lambda observer: load[observer]))
    for observer in observers if perspectives else ():
        if not load[observer]:
            give(min(perspectives, key=lambda number: watchers[number]), observer)
    return added
