"""The event loop of the lines: how busy it is, and what it does later."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections.abc import Callable

NEVER = float("inf")
SHORTEST_S = 0.001
WINDOW_S = 0.1


class IdleSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Notes how long the loop had nothing to do."""

    idle_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asked = time.monotonic()
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(timeout)
        self.idle_s += time.monotonic() - asked
        return ready


class BusyLoop(asyncio.SelectorEventLoop):
    """A loop that can say which share of the last moments it was busy, from 0 to 1."""

    def __init__(self) -> None:
        self._idle = IdleSelector()
        super().__init__(self._idle)
        self._looked_at, self._idle_then, self._share = time.monotonic(), 0.0, 0.0

    def busy_share(self) -> float:
        """Smoothed over a few windows of a tenth of a second; to be asked in the loop's thread."""
        now = time.monotonic()
        passed = now - self._looked_at
        if passed >= WINDOW_S:
            busy = 1.0 - (self._idle.idle_s - self._idle_then) / passed
            self._share += (busy - self._share) * min(1.0, 3 * passed)
            self._looked_at, self._idle_then = now, self._idle.idle_s
        return self._share


class LoopAlarm:
    """Has the loop call some work when it is due, on the clock of `time.monotonic`. The work says when there is more."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._work: Callable[[], float] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._at = NEVER

    def belong_to(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say in which loop, from its own thread."""
        self._loop, self._thread = loop, threading.get_ident()

    def start(self, work: Callable[[], float]) -> None:
        self._work = work

    def stop(self) -> None:
        self._work = None

    def by(self, due: float) -> None:
        """Call by then; from any thread."""
        if due >= self._at or self._loop is None:
            return
        if threading.get_ident() == self._thread:
            self._set(due)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set, due)

    def _set(self, due: float) -> None:
        if due >= self._at or self._loop is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._at = due
        self._timer = self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer, self._at = None, NEVER
        if self._work is not None:
            due = self._work()
            if due != NEVER:
                self._set(max(due, time.monotonic() + SHORTEST_S))
