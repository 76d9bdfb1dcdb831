"""Token buckets: how often somebody may do something. In memory of one process; where that is not enough, count rows."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field

MAX_REMEMBERED = 10_000


@dataclass
class Bucket:
    """`rate` a second, `burst` at once."""

    rate: float
    burst: float
    _level: float = field(init=False)
    _at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._level = self.burst

    def take(self, now: float) -> bool:
        """Take a token if there is one."""
        if self._at is not None:
            self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class Buckets:
    """A bucket for each person or thing; may be used from any thread."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._lock = threading.Lock()
        self._known: dict[Hashable, Bucket] = {}

    def take(self, key: Hashable, now: float) -> bool:
        """Take a token of `key` if there is one."""
        with self._lock:
            if len(self._known) > MAX_REMEMBERED:
                self._known.clear()
            return self._known.setdefault(key, Bucket(self._rate, self._burst)).take(now)
