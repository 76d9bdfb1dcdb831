"""Who is in a document at other processes: names, carets and 我来写这一段 told to one another, as ever kept by nobody for long.

A process that has a document open asks the others who is in it, again and again; who was asked tells of every change for a
while. So what no other process has open, as when each document's sockets go to one process, costs nobody a message.
A message says the latest of each caret and leaves a tenth of a second after the first of them at the earliest.
What a killed process told is forgotten after half a minute, as its people's browsers would do with each other.
"""

from __future__ import annotations

import logging
import secrets
import threading
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

from yanxiu.lessonplans.collab.awareness import Presence, read_frame, write_frame
from yanxiu.lessonplans.collab.fanout import FanOut
from yanxiu.lessonplans.collab.room import Elsewhere, Room

log = logging.getLogger(__name__)
TICK_S = 0.1
ASK_EVERY_S = 15.0
ASKED_FOR_S = 40.0
"""So long an asker hears of changes: two of its questions may get lost."""
LIFE_S = 35.0
"""A browser says every 15 s that it is still there."""

WHO = "who_is_in_documents"
HERE = "here_in_documents"


class Tell(Protocol):
    """How the other processes are told; it may wait for the network, and what is told may get lost."""

    def __call__(self, what: str, **facts: object) -> None: ...


def tell_nobody(what: str, **facts: object) -> None:
    """There are no other processes."""


class Neighbors:
    """What this process tells others of its people, and what it hears of theirs. Shares the hub's lock.

    `look_after` is called every half second or so; the thread that tells begins with `start`.
    """

    def __init__(
        self,
        lock: threading.RLock,
        rooms: dict[int, Room],
        fanout: FanOut,
        tell: Tell,
        clock: Callable[[], float],
    ) -> None:
        self.me = secrets.token_hex(6)
        self._rooms = rooms
        self._fanout = fanout
        self._tell = tell
        self._clock = clock
        self._lock = lock
        self._to_ask: set[int] = set()
        self._to_tell: dict[int, dict[int, Presence]] = defaultdict(dict)
        self._asked_at = clock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._pump, name="plan-neighbors", daemon=True)

    def start(self) -> None:
        """Start the thread that tells."""
        self._thread.start()

    def stop(self) -> None:
        """Take leave for everybody here and end the thread."""
        with self._lock:
            for room in self._rooms.values():
                for member in room.members.values():
                    if member.presence is not None:
                        self.changed(room, Presence(member.client, member.presence.clock, None))
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)
            self.tell_now()

    # What happens here

    def entered(self, room: Room, client: int) -> None:
        """Somebody came in. Perhaps the same tab was at another process before: from now on it speaks for itself."""
        room.elsewhere.pop(client, None)
        if len(room.members) == 1:
            self._to_ask.add(room.plan_id)
            self._wake.set()

    def changed(self, room: Room, presence: Presence) -> None:
        """Somebody here moved or left."""
        if room.asked_by:
            self._to_tell[room.plan_id][presence.client] = presence
            self._wake.set()

    # What others say

    def asked(self, by: str, plans: list[int]) -> None:
        """Another process wants to know who is in these documents, now and for a while; whoever is new is asked back."""
        if by == self.me:
            return
        with self._lock:
            for room in filter(None, map(self._rooms.get, plans)):
                if room.members and by not in room.asked_by:
                    self._to_ask.add(room.plan_id)
                    self._wake.set()
                room.asked_by[by] = self._clock() + ASKED_FOR_S
                for member in room.members.values():
                    if member.presence is not None:
                        self.changed(room, member.presence)

    def heard(self, by: str, frames: list[tuple[int, str]]) -> None:
        """Another process tells who moved or left there."""
        if by == self.me:
            return
        for plan_id, frame in frames:
            presences = read_frame(b64decode(frame))
            with self._lock:
                room = self._rooms.get(plan_id)
                if room is not None and room.members:
                    for presence in presences:
                        self._take(room, by, presence)

    def _take(self, room: Room, by: str, presence: Presence) -> None:
        """Believe what is newer than what is known, here too: a tab may have moved before its old socket is given up."""
        known, owner = room.elsewhere.get(presence.client), room.owner_of_client(presence.client)
        if owner is not None and (owner.presence is None or owner.presence.clock >= presence.clock):
            return
        if known is not None and presence.clock < known.presence.clock:
            return
        if presence.state is not None:
            room.elsewhere[presence.client] = Elsewhere(by, presence, self._clock() + LIFE_S)
        elif known is not None and known.process == by:
            del room.elsewhere[presence.client]
        else:
            return
        if known is None or presence.state is None or presence.clock > known.presence.clock:
            self._fanout.offer_presence(room, "", presence)

    # In time

    def look_after(self, now: float) -> None:
        """Forget who was not heard of for long, and who does not ask any more; ask again."""
        with self._lock:
            for room in self._rooms.values():
                room.asked_by = {process: until for process, until in room.asked_by.items() if until > now}
                for client in [client for client, other in room.elsewhere.items() if other.until <= now]:
                    gone = Presence(client, room.elsewhere.pop(client).presence.clock, None)
                    self._fanout.offer_presence(room, "", gone)
            if now - self._asked_at >= ASK_EVERY_S:
                self._asked_at = now
                self._to_ask |= {room.plan_id for room in self._rooms.values() if room.members}
                self._wake.set()

    def _pump(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            self.tell_now()
            self._stopping.wait(TICK_S)

    def tell_now(self) -> None:
        """Send what has gathered."""
        with self._lock:
            to_ask, self._to_ask = self._to_ask, set()
            to_tell, self._to_tell = self._to_tell, defaultdict(dict)
        try:
            if to_ask:
                self._tell(WHO, by=self.me, plans=sorted(to_ask))
            if to_tell:
                frames = [(plan_id, write_frame(list(moved.values()))) for plan_id, moved in to_tell.items()]
                self._tell(HERE, by=self.me, frames=[(plan_id, b64encode(frame).decode()) for plan_id, frame in frames])
        except Exception:
            log.exception("could not tell the other processes who is in lesson plans")
