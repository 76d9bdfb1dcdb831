"""The log of a document behind its snapshot, packed: who added what and when, for as long as the document lives.

Compaction moves log rows into stretches of this form instead of dropping them. The first stretch of a document is its
`beginning`: the whole state from which the log goes on. Any state is the beginning and all entries up to a number.

One entry: number of the first and last log row in it, milliseconds since the entry before, authors, update.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from yanxiu.lessonplans.collab.updates import compacted, merge
from yanxiu.lessonplans.collab.varint import Truncated, read_bytes, read_uint, write_bytes, write_uint

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BrokenHistoryError(ValueError):
    """A packed stretch that cannot be read."""


@dataclass(frozen=True)
class Entry:
    """One commit, or several of the same people that were thinned into one."""

    first: int
    last: int
    at: datetime
    user_ids: tuple[int, ...]
    data: bytes


@dataclass(frozen=True)
class History:
    """A whole document through time. `base_seq` is the last row that its beginning contains."""

    beginning: bytes
    base_seq: int
    began_at: datetime
    entries: tuple[Entry, ...]

    @property
    def head(self) -> int:
        return self.entries[-1].last if self.entries else self.base_seq

    def upto(self, seq: int) -> tuple[Entry, ...]:
        """The entries that lie wholly at or before log number `seq`."""
        return tuple(entry for entry in self.entries if entry.last <= seq)

    def seq_at(self, moment: datetime) -> int:
        """The last log number that was stored by then."""
        return max((entry.last for entry in self.entries if entry.at <= moment), default=self.base_seq)

    def state_at(self, seq: int) -> bytes:
        """The whole document as it was at log number `seq`."""
        return compacted([merge([self.beginning, *(entry.data for entry in self.upto(seq))])])


def pack(entries: Sequence[Entry]) -> bytes:
    """Entries in order as compressed bytes."""
    out, before = bytearray(), EPOCH
    for entry in entries:
        waited = max(0, round((entry.at - before) / timedelta(milliseconds=1)))
        before = before + timedelta(milliseconds=waited)
        numbers = (entry.first, entry.last - entry.first, waited, len(entry.user_ids), *entry.user_ids)
        out += b"".join(map(write_uint, numbers)) + write_bytes(entry.data)
    return zlib.compress(bytes(out), 9)


def unpack(packed: bytes) -> tuple[Entry, ...]:
    """What `pack` was given; BrokenHistoryError if it is damaged."""
    try:
        return tuple(_read(zlib.decompress(packed)))
    except (zlib.error, Truncated, OverflowError) as error:
        raise BrokenHistoryError("packed log cannot be read") from error


def _read(data: bytes) -> Iterator[Entry]:
    at, moment = 0, EPOCH
    while at < len(data):
        numbers = []
        for _ in range(4):
            number, at = read_uint(data, at)
            numbers.append(number)
        first, more, waited, people = numbers
        users = []
        for _ in range(people):
            user_id, at = read_uint(data, at)
            users.append(user_id)
        update, at = read_bytes(data, at)
        moment += timedelta(milliseconds=waited)
        yield Entry(first, first + more, moment, tuple(users), update)


def authors_in(text: str) -> tuple[int, ...]:
    """The ids in a log row's `user_ids`."""
    return tuple(int(part) for part in text.split(",") if part)


def thinned(entries: Iterable[Entry], grain: timedelta) -> list[Entry]:
    """One entry for each author and each slot of `grain`; all of a slot reach from its first row to its last.

    What anybody wrote stays with them; only the steps within a slot are gone.
    """
    slots: dict[int, list[Entry]] = {}
    for entry in entries:
        slots.setdefault((entry.at - EPOCH) // grain, []).append(entry)
    return [one for slot in slots.values() for one in _merged_by_author(slot)]


def _merged_by_author(slot: list[Entry]) -> Iterator[Entry]:
    first, last, at = min(e.first for e in slot), max(e.last for e in slot), max(e.at for e in slot)
    by_author: dict[tuple[int, ...], list[bytes]] = {}
    for entry in slot:
        by_author.setdefault(entry.user_ids, []).append(entry.data)
    for user_ids, parts in by_author.items():
        yield Entry(first, last, at, user_ids, merge(parts))
