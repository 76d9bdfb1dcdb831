"""The arithmetic of merging and splitting threads: order, numbers, and how far somebody has read.

Numbers of a topic always run from 1 without gaps, so that what is unread is a difference of two numbers.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Line:
    """A post as far as its place matters."""

    id: int
    topic_id: int
    number: int
    parent_id: int | None
    author_id: int
    said_at: datetime
    stands: bool


def in_order_of_time(first: Sequence[Line], second: Sequence[Line]) -> list[Line]:
    """Bring two threads together; within each the order stays, even where a clock was set back meanwhile."""
    merged = heapq.merge(_timed(first, 0), _timed(second, 1), key=lambda pair: pair[0])
    return [line for _key, line in merged]


def _timed(lines: Sequence[Line], rank: int) -> Iterator[tuple[tuple[datetime, int], Line]]:
    latest: datetime | None = None
    for line in lines:
        latest = line.said_at if latest is None else max(latest, line.said_at)
        yield (latest, rank), line


def read_after_merging(order: Sequence[Line], seen: dict[int, int]) -> int:
    """Return up to which new number everything was read, given how far each topic was: nothing unread gets hidden."""
    read = 0
    for line in order:
        if line.number > seen.get(line.topic_id, 0):
            break
        read += 1
    return read


def read_of_part(part: Sequence[Line], seen: int) -> int:
    """Return how many of these posts, which keep their order, were read up to the old number `seen`."""
    return bisect_right([line.number for line in part], seen)


def with_answers(lines: Sequence[Line], chosen: Collection[int]) -> list[Line]:
    """Return the chosen posts and the answers under them; the text of a topic never leaves it."""
    wanted = set(chosen)
    return [line for line in lines if line.number > 1 and (line.id in wanted or line.parent_id in wanted)]


def parent_among(line: Line, part: Sequence[Line], inside: Collection[int]) -> int | None:
    """Return under which post a post stands in its part: none, where that is elsewhere or opens the topic."""
    return line.parent_id if line.parent_id in inside and line.parent_id != part[0].id else None
