"""Telling a room that its list has changed. Where many things change in a second, one message says so for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from yanxiu.core.live import Changed
from yanxiu.web.throttle import Throttle

EVERY_S = 0.25
"""The first change is told at once, what follows within that time is told together: four messages a second to each page."""
Kind = tuple[str, str]
"""What a list is of, and what changed in it: ("lesson", "comment") for `lesson:12`."""


class Notices:
    """The changes that wait to be told. All methods may be called from any thread."""

    def __init__(self, tell: Callable[[Changed], None], every_s: float = EVERY_S) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._newest: dict[tuple[str, str], Changed] = {}
        self._calm: frozenset[Kind] = frozenset()
        self._throttle = Throttle(every_s, self._tell_all)

    def gather(self, kinds: Collection[Kind]) -> None:
        """Say which changes may be told together: those of which nobody needs the id."""
        self._calm = frozenset(kinds)

    def note(self, event: Changed) -> None:
        """Tell of a change, now or soon."""
        if (event.topic.partition(":")[0], event.what) not in self._calm:
            self._tell(event)
            return
        with self._lock:
            before = self._newest.get((event.topic, event.what))
            if before is None or before.seq < event.seq:
                self._newest[event.topic, event.what] = event
        self._throttle.ask(event.topic, event.what)

    def _tell_all(self, topic: str, whats: set[str]) -> None:
        with self._lock:
            found = [self._newest.pop((topic, what), None) for what in whats]
        for event in sorted((event for event in found if event is not None), key=lambda event: event.seq):
            self._tell(event)
