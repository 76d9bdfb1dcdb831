"""Which films are watched together: in Redis where several processes serve, else in the memory of this one.

Nothing here must outlive a restart: a page that comes back to a server which knows nothing says where its film was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from yanxiu.observations.together.watch import Watch, read, written

if TYPE_CHECKING:
    import redis

LIFE_S = 8 * 3600
"""A film that nobody touched for so long is not watched together any more."""

Change = Callable[[Watch | None], Watch | None]


class Ask(Protocol):
    """Do something with the Redis that all processes share; None while there is none."""

    def __call__(self, work: Callable[[redis.Redis], Any], /) -> Any: ...


class Watches:
    """The films watched together, by lesson. All methods may be called from any thread."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._own: dict[int, Watch] = {}

    def of(self, lesson_id: int, now_ms: int) -> Watch | None:
        """Return how a lesson is watched together now."""
        answer = self._ask(lambda server: [server.get(_key(lesson_id))])
        if answer is None:
            found = self._own.get(lesson_id)
            return found if found is not None and now_ms - found.at_ms < LIFE_S * 1000 else None
        return read(answer[0]) if answer[0] else None

    def change(self, lesson_id: int, change: Change) -> Watch | None:
        """Do `change` to what stands there, nobody else in between, and return it; None ends the watching.

        `change` may be called again, and may refuse by raising a YanxiuError.
        """
        answer = self._ask(lambda server: [_changed(server, lesson_id, change)])
        with self._lock:
            watch: Watch | None = answer[0] if answer is not None else change(self._own.get(lesson_id))
            if watch is None:
                self._own.pop(lesson_id, None)
            else:
                self._own[lesson_id] = watch
        return watch


def _changed(server: redis.Redis, lesson_id: int, change: Change) -> Watch | None:
    from redis import WatchError

    key = _key(lesson_id)
    with server.pipeline() as work:
        while True:
            try:
                work.watch(key)
                text: Any = work.get(key)
                watch = change(read(text) if text else None)
                work.multi()
                if watch is None:
                    work.delete(key)
                else:
                    work.set(key, written(watch), ex=LIFE_S)
                work.execute()
            except WatchError:
                continue
            return watch


def _key(lesson_id: int) -> str:
    return f"yanxiu:watched-together:{lesson_id}"
