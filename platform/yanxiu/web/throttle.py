"""Doing something for a name at most once in a while, however often it is asked for: the last asking is never lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

Act = Callable[[str, set[str]], None]
"""Gets the name and the reasons given since the last time."""


SOONEST_S = 0.05


class Throttle:
    """`act(name, reasons)` runs at once when it rested for `every_s`, else when that is over; in one thread at a time.

    Nobody who asks waits for that thread: it finds the name waiting and sees to it, too. Waiting would never end where
    acting comes here again. All methods may be called from any thread.
    """

    def __init__(self, every_s: float, act: Act, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._act, self._clock = every_s, act, clock
        self._lock, self._acting = threading.Lock(), threading.Lock()
        self._waiting: dict[str, set[str]] = {}
        self._done_at: dict[str, float] = {}
        self._wakes = False

    def ask(self, name: str, reason: str) -> None:
        """Have it done."""
        with self._lock:
            self._waiting.setdefault(name, set()).add(reason)
        self.do_what_is_due()

    def do_what_is_due(self) -> None:
        """Act for every name that rested long enough; the others wait for a thread that comes by then."""
        while self._rests() == 0 and self._acting.acquire(blocking=False):
            try:
                while (found := self._take()) is not None:
                    self._act_for(*found)
            finally:
                self._acting.release()
        self._come_back()

    def _act_for(self, name: str, reasons: set[str]) -> None:
        try:
            self._act(name, reasons)
        except Exception:
            log.exception("could not see to %s", name)

    def _left(self, name: str) -> float:
        done_at = self._done_at.get(name)
        return 0.0 if done_at is None else max(0.0, done_at + self._every_s - self._clock())

    def _rests(self) -> float | None:
        """Return in how many seconds the first is due; None if nobody waits."""
        with self._lock:
            return min((self._left(name) for name in self._waiting), default=None)

    def _take(self) -> tuple[str, set[str]] | None:
        with self._lock:
            self._done_at = {name: at for name, at in self._done_at.items() if self._left(name)}
            name = next((name for name in self._waiting if not self._left(name)), None)
            if name is None:
                return None
            self._done_at[name] = self._clock()
            return name, self._waiting.pop(name)

    def _come_back(self) -> None:
        rests = self._rests()
        with self._lock:
            if rests is None or self._wakes:
                return
            self._wakes = True
        # While somebody acts for a name that is due, this thread only looks in again.
        self.wake_in(max(rests, SOONEST_S))

    def wake_in(self, seconds: float) -> None:
        """Come back later, in a thread of its own."""
        timer = threading.Timer(seconds, self._wake)
        timer.daemon = True
        timer.start()

    def _wake(self) -> None:
        with self._lock:
            self._wakes = False
        self.do_what_is_due()
