"""Who calls when something that was put off is due: a thread, or whoever runs an event loop anyway."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

NEVER = float("inf")
SHORTEST_S = 0.001

Work = Callable[[], float]
"""Does what is due and says when there is more to do, on the hub's clock; `NEVER` if nothing waits."""


class Alarm(Protocol):
    """Calls the work no earlier than it is due. Every method is called with the hub's lock held but `stop`."""

    def start(self, work: Work) -> None:
        """Call this from now on."""

    def by(self, due: float) -> None:
        """There is something to do at this time; may be called from any thread."""

    def stop(self) -> None:
        """Call nothing any more."""


class ThreadAlarm:
    """A thread of its own that sleeps until something is due."""

    def __init__(self, lock: threading.RLock, clock: Callable[[], float], name: str) -> None:
        self._clock = clock
        self._wake = threading.Condition(lock)
        self._work: Work = lambda: NEVER
        self._at = NEVER
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self, work: Work) -> None:
        self._work = work
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(5)

    def by(self, due: float) -> None:
        """Have the thread up by then; it is left alone if it wakes early enough by itself."""
        if due < self._at:
            self._at = due
            self._wake.notify_all()

    def _run(self) -> None:
        with self._wake:
            while not self._stopping:
                self._at = self._work()
                waiting = self._at - self._clock()
                self._wake.wait(None if self._at == NEVER else max(SHORTEST_S, waiting))
