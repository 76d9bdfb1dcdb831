"""What many want to write to the same place at once is written together: one transaction, one commit, one time on disk.

Whoever comes while nothing is being written writes at once, alone. Whoever comes meanwhile waits, and the first of those who wait
then writes for all of them. Nobody is answered before the transaction that holds what they sent is committed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy.exc import OperationalError

from yanxiu.core.db import db

MOST = 20
"""Wishes in one transaction: others want to write, too."""
Wish = TypeVar("Wish")
Outcome = TypeVar("Outcome")


@dataclass
class _Waiting(Generic[Wish, Outcome]):
    wish: Wish
    turn: threading.Event = field(default_factory=threading.Event)
    """Set when there is an outcome, or when it is this one's turn to write for all."""
    leads: bool = False
    outcome: Outcome | BaseException | None = None


class Batches(Generic[Wish, Outcome]):
    """`write(place, wishes)` returns what became of each, in the same order: an outcome or the error that it is refused with.

    If it raises instead, nothing was written; then each wish is tried by itself, so that nobody fails for another's sake.
    """

    def __init__(self, write: Callable[[Hashable, Sequence[Wish]], Sequence[Outcome | BaseException]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, deque[_Waiting[Wish, Outcome]]] = {}
        """By place; a place that is not in here is not being written to."""

    def add(self, place: Hashable, wish: Wish) -> Outcome:
        """Write it, alone or with others; the error it is refused with is raised."""
        mine: _Waiting[Wish, Outcome] = _Waiting(wish)
        with self._lock:
            mine.leads = place not in self._waiting
            self._waiting.setdefault(place, deque()).append(mine)
        if not mine.leads:
            db.session.rollback()  # no connection is kept while waiting
            mine.turn.wait()
        if mine.leads:
            self._lead(place)
        if isinstance(mine.outcome, BaseException):
            raise mine.outcome
        return mine.outcome  # type: ignore[return-value]

    def _lead(self, place: Hashable) -> None:
        with self._lock:
            queue = self._waiting[place]
            batch = [queue.popleft() for _one in range(min(MOST, len(queue)))]
        try:
            self._settle(place, batch)
        except BaseException as error:  # the process ends: nobody waits for ever
            for one in batch:
                one.outcome = error
        finally:
            with self._lock:
                self._hand_over(place)
            for one in batch:
                one.turn.set()

    def _hand_over(self, place: Hashable) -> None:
        queue = self._waiting[place]
        if not queue:
            del self._waiting[place]
            return
        queue[0].leads = True
        queue[0].turn.set()

    def _settle(self, place: Hashable, batch: list[_Waiting[Wish, Outcome]]) -> None:
        try:
            outcomes = self._write(place, [one.wish for one in batch])
            for one, outcome in zip(batch, outcomes, strict=True):
                one.outcome = outcome
        except OperationalError as error:  # the database takes nothing now, from nobody
            for one in batch:
                one.outcome = error
        except Exception as error:
            if len(batch) == 1:
                batch[0].outcome = error
                return
            for one in batch:
                self._settle(place, [one])
