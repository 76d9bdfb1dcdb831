"""Passing on: updates and carets to everybody else in the room, at once when it is quiet, gathered when it is busy.

Leading edge: if a document's due time has passed, an update leaves in the receiving thread; otherwise updates are
collected, merged and sent when due. Fan-out never waits for the disk. A process that is busy collects for longer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from yanxiu.lessonplans.collab import awareness, updates
from yanxiu.lessonplans.collab.alarm import NEVER, Alarm, ThreadAlarm
from yanxiu.lessonplans.collab.room import Room

log = logging.getLogger(__name__)
PRESENCE_TICK_S = 0.033
CROWDED_PRESENCE_TICK_S = 0.1


class Transport(Protocol):
    """How messages reach sockets. It may not block."""

    def send(self, sids: Sequence[str], event: str, payload: Any) -> None:
        """Encode once, hand to each of `sids`."""


class Steady:
    """A transport to which nothing that cannot be sent is an error: what is told to one socket never keeps back what others
    are told. Whoever missed something compares states, or comes in again.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.failures = 0

    def send(self, sids: Sequence[str], event: str, payload: Any) -> None:
        """Hand on; of failures that go on only the 1st, 2nd, 4th, 8th … is logged, for each costs a traceback."""
        try:
            self._transport.send(sids, event, payload)
        except Exception:
            self.failures += 1
            if self.failures & (self.failures - 1) == 0:
                log.exception("could not send %s to %s (%d failures so far)", event, list(sids)[:3], self.failures)


class FanOut:
    """Sends to rooms; what is due later waits for the alarm, a thread if none is given. Shares the hub's lock.

    `busy` says which share of its time the process is busy, where somebody knows.
    """

    def __init__(
        self,
        transport: Transport,
        lock: threading.RLock,
        clock: Callable[[], float],
        alarm: Alarm | None = None,
        busy: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._transport = transport
        self._lock = lock
        self._clock = clock
        self._alarm = alarm or ThreadAlarm(lock, clock, "plan-fanout")
        self._busy = busy
        self._waiting: dict[int, Room] = {}
        self._share = 0.0
        self._share_at = clock()

    def start(self) -> None:
        """Have what was gathered sent from now on."""
        self._alarm.start(self._send_what_is_due)

    def stop(self) -> None:
        """Send nothing any more by itself."""
        self._alarm.stop()

    def send(self, room: Room, event: str, frame: bytes, *, skip: str | None = None) -> None:
        """Send a frame to everybody in the room but `skip`."""
        sids = [sid for sid in room.members if sid != skip]
        if sids:
            self._transport.send(sids, event, [room.handle, frame])

    def offer(self, room: Room, sid: str, data: bytes) -> None:
        """Pass an update on, now or when due."""
        with self._lock:
            if self._clock() >= room.due and not room.pending:
                self._send_updates(room, [(sid, data)])
            else:
                room.pending.append((sid, data))
                self._wait_until(room.due, room)

    def _send_updates(self, room: Room, batch: list[tuple[str, bytes]]) -> None:
        started = self._clock()
        try:
            frames = [updates.merge([data for _, data in batch])]
        except updates.MalformedUpdateError:
            frames = [data for _, data in batch]
        skip = _only_sender(sid for sid, _ in batch)
        for frame in frames:
            self.send(room, "u", frame, skip=skip)
        ended = self._clock()
        self._note_cost(ended - started, ended)
        room.due = ended + room.tick_after(ended - started, self._share, self._busy())

    def _note_cost(self, cost: float, now: float) -> None:
        """Keep the share of time spent in fan-out, smoothed over about a second."""
        passed = max(now - self._share_at, 1e-6)
        weight = min(1.0, passed)
        self._share += weight * (min(1.0, cost / passed) - self._share)
        self._share_at = now

    def offer_presence(self, room: Room, sid: str, presence: awareness.Presence) -> None:
        """Pass a caret on; a newer one of the same client replaces one that has not left yet."""
        with self._lock:
            room.pending_presence[presence.client] = (sid, presence)
            if self._clock() >= room.presence_due:
                self._send_presence(room)
            else:
                self._wait_until(room.presence_due, room)

    def _send_presence(self, room: Room) -> None:
        waiting, room.pending_presence = room.pending_presence, {}
        frame = awareness.write_frame([presence for _, presence in waiting.values()])
        self.send(room, "w", frame, skip=_only_sender(sid for sid, _ in waiting.values()))
        crowded = len(room.members) > 4
        room.presence_due = self._clock() + (CROWDED_PRESENCE_TICK_S if crowded else PRESENCE_TICK_S)

    def _wait_until(self, due: float, room: Room) -> None:
        self._waiting[room.plan_id] = room
        self._alarm.by(due)

    def _send_what_is_due(self) -> float:
        with self._lock:
            self.send_due()
            return self._next_due()

    def send_due(self) -> None:
        """Send what has waited long enough."""
        with self._lock:
            now = self._clock()
            for room in list(self._waiting.values()):
                self._send_due(room, now)
                if not room.pending and not room.pending_presence:
                    del self._waiting[room.plan_id]

    def _send_due(self, room: Room, now: float) -> None:
        """Send what a room has waited for. What cannot be sent is dropped: clients compare states and ask for it."""
        try:
            if room.pending and now >= room.due:
                batch, room.pending = room.pending, []
                self._send_updates(room, batch)
            if room.pending_presence and now >= room.presence_due:
                self._send_presence(room)
        except Exception:
            log.exception("could not send to the room of plan %s", room.plan_id)

    def _next_due(self) -> float:
        dues = [room.due for room in self._waiting.values() if room.pending]
        dues += [room.presence_due for room in self._waiting.values() if room.pending_presence]
        return min(dues, default=NEVER)


def _only_sender(sids: Iterable[str]) -> str | None:
    """Whoever sent the whole batch alone need not hear it back."""
    senders = set(sids)
    return senders.pop() if len(senders) == 1 else None
