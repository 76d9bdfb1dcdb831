"""What may be done later: compaction, and telling the program which documents came to rest."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable

from yanxiu.lessonplans.collab.room import NOBODY, Room
from yanxiu.lessonplans.collab.store import DocumentStore
from yanxiu.lessonplans.collab.updates import MalformedUpdateError

log = logging.getLogger(__name__)

QUIET_SECONDS = 5.0
BUSY_SECONDS = 60.0
ROUND_SECONDS = 0.5

Settled = Callable[[int, tuple[int, ...]], None]
"""Called with a plan and the people who edited it since the last call, in the order of their last edits."""


class House:
    """Keeps lists of what is to be done; `work_off` does it, in a thread of its own."""

    def __init__(self, store: DocumentStore, lock: threading.RLock, on_settled: Settled | None) -> None:
        self._store = store
        self._lock = lock
        self._on_settled = on_settled
        self._round = threading.Lock()
        self._to_compact: dict[int, None] = {}
        self._edited: dict[int, dict[int, None]] = defaultdict(dict)

    def note_long_log(self, plan_id: int) -> None:
        """Compact this document in the next round."""
        with self._lock:
            self._to_compact[plan_id] = None

    def note_edit(self, plan_id: int, user_id: int) -> None:
        """Somebody's edit is on disk."""
        if user_id == NOBODY.user_id:
            return
        with self._lock:
            editors = self._edited[plan_id]
            editors.pop(user_id, None)
            editors[user_id] = None

    def work_off(self, rooms: dict[int, Room], now: float, *, closing: bool = False) -> None:
        """Do what is due at `now`; everything when closing. Rounds do not overlap: after one, what was due is done."""
        with self._round:
            with self._lock:
                to_compact, self._to_compact = list(self._to_compact), {}
                settled = self._take_settled(rooms, now, set(self._edited) if closing else set(to_compact))
            # In this order: compaction removes the log rows that say who wrote, for whoever comes after a crash.
            for plan_id, editors in settled:
                self._tell(plan_id, editors)
            for plan_id in to_compact:
                self._compact(plan_id, rooms)

    def _take_settled(self, rooms: dict[int, Room], now: float, anyway: set[int]) -> list[tuple[int, tuple[int, ...]]]:
        """Documents that were quiet for a while, were busy for a long while, or were left by the last person."""
        settled = []
        for plan_id in list(self._edited):
            room = rooms.get(plan_id)
            if plan_id in anyway or room is None or not room.members or _rests(room, now):
                settled.append((plan_id, tuple(self._edited.pop(plan_id))))
                if room is not None:
                    room.edited_since = None
        return settled

    def _compact(self, plan_id: int, rooms: dict[int, Room]) -> None:
        try:
            size = self._store.compact(plan_id)
        except MalformedUpdateError:
            log.error("lesson plan %s cannot be compacted and is kept as it is", plan_id)
            return
        with self._lock:
            room = rooms.get(plan_id)
            if room is not None and size is not None:
                room.size = size

    def _tell(self, plan_id: int, editors: tuple[int, ...]) -> None:
        if self._on_settled is None:
            return
        try:
            self._on_settled(plan_id, editors)
        except Exception:
            log.exception("lesson plan %s came to rest but could not be noted", plan_id)


def _rests(room: Room, now: float) -> bool:
    return now - (room.edited_at or 0) > QUIET_SECONDS or now - (room.edited_since or now) > BUSY_SECONDS
