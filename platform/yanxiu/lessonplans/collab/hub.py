"""The document server of one process: who has what open, what goes to disk, what goes to whom.

It owns no live document; it relays, appends and merges bytes. It knows neither Flask nor Socket.IO: messages leave
through a `Transport`, rights come from an `Authority`, so the same code serves threads and gevent workers.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from yanxiu.core.bucket import Buckets
from yanxiu.lessonplans.collab import awareness, updates
from yanxiu.lessonplans.collab.alarm import Alarm
from yanxiu.lessonplans.collab.committer import Committer
from yanxiu.lessonplans.collab.fanout import FanOut, Steady, Transport
from yanxiu.lessonplans.collab.house import ROUND_SECONDS, House, Settled
from yanxiu.lessonplans.collab.judge import PATIENCE_S, Judge, stamped
from yanxiu.lessonplans.collab.neighbors import Neighbors, Tell, tell_nobody
from yanxiu.lessonplans.collab.protocol import (
    VERSION,
    Comparison,
    Join,
    Limits,
    NakCode,
    RefusedError,
    Role,
    numbers_in,
    refused,
)
from yanxiu.lessonplans.collab.rights import EARLY_SECONDS, Answer, Rights
from yanxiu.lessonplans.collab.room import Authority, Edit, Member, Room, Visitor, new_member
from yanxiu.lessonplans.collab.store import COMPACT_BYTES, COMPACT_ROWS, Appended, DocumentStore, Stored
from yanxiu.lessonplans.collab.writers import person_of

log = logging.getLogger(__name__)

SMALL_DIFF = 16 * 1024


class Hub:
    """All open documents of this process. Every method may be called from any thread."""

    def __init__(
        self,
        store: DocumentStore,
        transport: Transport,
        authority: Authority,
        *,
        limits: Limits | None = None,
        on_settled: Settled | None = None,
        on_grown: Callable[[dict[int, tuple[int, int]]], None] = lambda _rows: None,
        tell: Tell = tell_nobody,
        alarm: Alarm | None = None,
        busy: Callable[[], float] = lambda: 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self._store = store
        self._transport = transport = Steady(transport)
        self._authority = authority
        self.rights = Rights(authority, transport, clock, self._remove)
        self._on_grown = on_grown
        self._clock = clock
        self._lock = threading.RLock()
        self._rooms: dict[int, Room] = {}
        self._by_handle: dict[int, Room] = {}
        self._next_handle = 1
        self._sockets_of: dict[int, set[str]] = defaultdict(set)
        self._joins = Buckets(self.limits.joins_per_second, self.limits.join_burst)
        self._posts = Buckets(self.limits.posts_per_second, self.limits.post_burst)
        self._comparisons = Buckets(self.limits.heartbeats_per_second, self.limits.heartbeat_burst)
        self._committer = Committer(store, self._committed)
        self._fanout = FanOut(transport, self._lock, clock, alarm, busy)
        self.neighbors = Neighbors(self._lock, self._rooms, self._fanout, tell, clock)
        self._house = House(store, self._lock, on_settled)
        looking = (store, self._lock, self.whole)
        self._judge = Judge(*looking, self._accept, self._committer.holds, self._nak)
        self._started = False
        self._stopping = threading.Event()
        self._housekeeper = threading.Thread(target=self._keep_house, name="plan-house", daemon=True)

    def start(self) -> None:
        """Start the threads, once; on first use, so that a process that forks after its birth has them too."""
        with self._lock:
            if self._started:
                return
            self._started = True
        atexit.register(self.stop)
        self._committer.start()
        self._fanout.start()
        self.neighbors.start()
        self._housekeeper.start()

    def stop(self, retry_ms: int = 1500) -> None:
        """Say goodbye, write everything, end the threads."""
        with self._lock:
            sids = [sid for room in self._rooms.values() for sid in room.members]
        if sids:
            self._transport.send(sids, "bye", {"retry_ms": retry_ms})
        self._judge.stop()
        self._committer.stop()
        self.neighbors.stop()
        self._fanout.stop()
        self._stopping.set()
        if self._housekeeper.is_alive():
            self._housekeeper.join(5)

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until everything accepted so far is on disk."""
        return self._judge.drain(timeout) and self._committer.drain(timeout)

    # Entering and leaving

    def join(self, sid: str, visitor: Visitor, wanted: Join, early: Answer | None = None) -> dict[str, Any]:
        """Enter the room first, then read the state, so that nothing falls between."""
        self.start()
        if wanted.version != VERSION:
            return refused("upgrade")
        if not self._joins.take(visitor.user_id, self._clock()):
            return refused("busy")
        found = self.rights.ask(visitor, wanted.doc, early)
        if found.role is None:
            return refused("forbidden" if self._authority.exists(visitor, wanted.doc) else "not_found")
        room, member = self._enter(sid, visitor, wanted, found.role, found.until)
        if member is None:
            return refused("busy")
        if self.rights.told != found.since.told and not self.rights.may_stay(room, member):
            return refused("not_found")  # taken away before there was anybody in the room to put out
        text = self.whole(room.plan_id)
        if text is None:
            self._remove(room, sid)
            return refused("not_found")
        return self._welcome(room, member, wanted, *text)

    def whole(self, plan_id: int) -> tuple[Stored, bytes] | None:
        """The document on disk, and the whole of it with what is in flight. The caller has checked the right to see."""
        with self._lock:
            in_flight = [edit.data for edit in room.in_flight] if (room := self._rooms.get(plan_id)) else []
        stored = self._store.load(plan_id)
        return None if stored is None else (stored, stored.merged(*in_flight))

    def _welcome(self, room: Room, member: Member, wanted: Join, stored: Stored, state: bytes) -> dict[str, Any]:
        room.epoch = stored.epoch
        room.size = max(room.size, stored.size)
        known = wanted.sv if wanted.epoch in (None, stored.epoch) else updates.EMPTY_STATE
        try:
            diff = updates.missing_from(state, known)
        except updates.MalformedUpdateError:
            self._remove(room, member.sid)
            return refused("upgrade")
        text = {"sv": self._store.vector_of(room.plan_id, stored, state), "diff": diff, "seq": stored.seq}
        return {"ok": True, **text, **room.welcome(member), "limits": self.limits.for_client()}

    def _enter(self, sid: str, visitor: Visitor, wanted: Join, role: Role, until: float) -> tuple[Room, Member | None]:
        with self._lock:
            room = self._room_of(wanted.doc)
            owner = room.owner_of_client(wanted.cid)
            whose = person_of(wanted.cid) if owner is None else owner.visitor.user_id
            if whose not in (None, visitor.user_id):
                return room, None  # somebody else's client id stays theirs
            if owner is None or owner.sid != sid:  # the tab is back before its old socket was given up, or renumbered
                self._remove(room, sid if owner is None else owner.sid)
            if not self._has_room(room, sid, visitor):
                return room, None
            member = new_member(sid, visitor, role, wanted.cid, room.color_for(visitor.user_id), until, self.limits)
            room.members[sid] = member
            self.neighbors.entered(room, wanted.cid)
            self._sockets_of[visitor.user_id].add(sid)
            return room, member

    def _room_of(self, plan_id: int) -> Room:
        with self._lock:
            room = self._rooms.get(plan_id)
            if room is None:
                room = Room(plan_id, self._next_handle)
                self._next_handle += 1
                self._rooms[plan_id] = self._by_handle[room.handle] = room
            return room

    def _has_room(self, room: Room, sid: str, visitor: Visitor) -> bool:
        others = self._sockets_of[visitor.user_id] - {sid}
        people = room.people() | {visitor.user_id}
        return len(others) < self.limits.sockets_per_user and len(people) <= self.limits.people_per_document

    def leave(self, sid: str, handle: int) -> None:
        """Leave one document; the socket stays open."""
        room = self._by_handle.get(handle)
        if room is not None:
            self._remove(room, sid)

    def disconnect(self, sid: str) -> None:
        """The socket is gone: out of every room, its caret taken off the others' screens at once."""
        with self._lock:
            for room in [room for room in self._rooms.values() if sid in room.members]:
                self._remove(room, sid)

    def _remove(self, room: Room, sid: str) -> None:
        with self._lock:
            member = room.members.pop(sid, None)
            if member is None:
                return
            if not any(sid in other.members for other in self._rooms.values()):
                self._sockets_of[member.visitor.user_id].discard(sid)
            if not self._sockets_of[member.visitor.user_id]:
                del self._sockets_of[member.visitor.user_id]
            if member.presence is not None:
                gone = awareness.Presence(member.client, member.presence.clock, None)  # what the tab says next is newer
                room.pending_presence.pop(member.client, None)
                self._fanout.send(room, "w", awareness.write_frame([gone]))
                self.neighbors.changed(room, gone)
            if not room.members:
                room.elsewhere.clear()
                room.left_at = self._clock()
                self._house.note_long_log(room.plan_id)

    # Updates

    def receive(self, sid: str, handle: int, number: int, data: bytes, *, may_ask: bool = True) -> bool:
        """An update from a socket: check, queue for the disk, pass on. Refusals go back as `nak`.

        False, and nothing is done, if rights had to be asked of the database and that may not be.
        """
        room, member = self._member(sid, handle)
        if room is None or member is None:
            self._nak(sid, handle, number, "revoked" if room is not None else "unknown")
            return True
        if not may_ask and self.rights.is_old(member):
            return False
        if member.stopped or number <= member.received:
            return True
        code = self._refusal(room, member, number, data)
        if code is not None:
            member.stopped = True
            self._nak(sid, handle, number, code)
            return True
        member.received = number
        edit = Edit(room.plan_id, member.visitor.user_id, sid, number, data, member=member)
        if member.role == "suggest" or self._judge.is_busy_with(member):
            self._judge.put(room, member, edit)
        else:
            self._accept(room, edit)
        return True

    def _member(self, sid: str, handle: int) -> tuple[Room | None, Member | None]:
        room = self._by_handle.get(handle)
        return room, None if room is None else room.members.get(sid)

    def _refusal(self, room: Room, member: Member, number: int, data: bytes) -> NakCode | None:
        now = self._clock()
        if number != member.received + 1:
            return "rate"  # something before it never arrived: the cumulative acknowledgement must not cover it
        try:
            if self.rights.is_old(member) and not self.rights.may_stay(room, member):
                return "revoked"
        except Exception:
            log.exception("rights in lesson plan %s could not be read", room.plan_id)
            return "rate"
        if not member.may_send:
            return "read_only"
        if len(data) > self.limits.update_bytes:
            return "too_large"
        if not member.updates.take(now) or self._committer.queued_bytes > self.limits.queued_bytes:
            return "rate"
        return updates.unacceptable(data, room.size, self.limits, member.role)

    def post(self, visitor: Visitor, plan_id: int, data: bytes, role: Role = "write") -> bool:
        """An update that came over HTTP; True once it is on disk, RefusedError if a socket's would be refused.

        The caller has checked the right to write.
        """
        if len(data) > (self.limits.post_bytes if role == "write" else self.limits.update_bytes):
            raise RefusedError("too_large")
        may_now = self._posts.take(visitor.user_id, self._clock())
        if not may_now or self._committer.queued_bytes > self.limits.queued_bytes:
            raise RefusedError("rate")
        code = updates.unacceptable(data, self._store.size(plan_id), self.limits, role)
        if code is not None:
            raise RefusedError(code)
        if role == "suggest":
            made = Edit(plan_id, visitor.user_id, "", 0, data)
            return self._judge.take(plan_id, visitor, data, lambda kept: self._put(stamped(made, kept)), PATIENCE_S)
        return self.write(visitor, plan_id, data)

    def write(self, visitor: Visitor, plan_id: int, data: bytes, timeout: float = 15.0) -> bool:
        """An update made by this program; True once it is on disk. One of `NOBODY` counts as nobody's writing."""
        written = threading.Event()
        self._put(Edit(plan_id, visitor.user_id, "", 0, data, written))
        return written.wait(timeout)

    def _put(self, edit: Edit) -> Edit:
        self.start()
        with self._lock:
            self._accept(self._room_of(edit.plan_id), edit)
        return edit

    def _accept(self, room: Room, edit: Edit) -> None:
        now = self._clock()
        with self._lock:
            room.in_flight.append(edit)
            room.size += len(edit.data)
            room.edited_at = now
            room.edited_since = room.edited_since or now
            self._committer.put(edit)
            self._fanout.offer(room, edit.sid, edit.data)

    def _committed(self, batch: Sequence[Edit], done: dict[int, Appended]) -> None:
        """On disk: forget the flight, acknowledge each sender once, see whether the log is long."""
        with self._lock:
            landed = {id(edit) for edit in batch}
            for room in {r.plan_id: r for e in batch if (r := self._rooms.get(e.plan_id))}.values():
                room.in_flight = [edit for edit in room.in_flight if id(edit) not in landed]
            for plan_id, appended in done.items():
                if appended.log_rows >= COMPACT_ROWS or appended.log_bytes >= COMPACT_BYTES:
                    self._house.note_long_log(plan_id)
        highest = {(edit.plan_id, edit.sid): edit for edit in batch if edit.plan_id in done}
        for edit in batch:
            if edit.plan_id in done:
                self._house.note_edit(edit.plan_id, edit.user_id)
                if edit.written is not None:
                    edit.written.set()
            elif edit.sid:
                self._nak(edit.sid, self._room_of(edit.plan_id).handle, edit.number, "revoked")
        for edit in highest.values():
            self._acknowledge(edit, done[edit.plan_id].seq)
        self._on_grown({plan_id: (appended.first, appended.seq) for plan_id, appended in done.items()})

    def grew(self, plan_id: int, first: int, last: int) -> None:
        """Another process wrote these rows of the log: pass them on to those who have the document open here."""
        room = self._rooms.get(plan_id)
        if room is None or not room.members:
            return
        for data in self._store.rows(plan_id, first, last):
            with self._lock:
                room.size += len(data)
                self._fanout.offer(room, "", data)

    def _acknowledge(self, edit: Edit, seq: int) -> None:
        with self._lock:
            room = self._rooms.get(edit.plan_id)
            if room is not None and edit.member is not None and room.members.get(edit.sid) is edit.member:
                self._transport.send([edit.sid], "a", [room.handle, edit.number, seq])

    def refuse_malformed(self, sid: str, data: object) -> None:
        """A message that is not even shaped like an update: tell the sender, with what numbers it gave."""
        self._nak(sid, *numbers_in(data), "malformed")

    def _nak(self, sid: str, handle: int, number: int, code: NakCode) -> None:
        self._transport.send([sid], "nak", [handle, number, code])

    # Awareness and heartbeat

    def presence(self, sid: str, handle: int, frame: bytes) -> None:
        """Who is where. The server writes name and color itself and lets a socket speak for its own client only."""
        room, member = self._member(sid, handle)
        if room is None or member is None or len(frame) > self.limits.awareness_bytes:
            return
        if not member.presences.take(self._clock()):
            return
        signed = awareness.spoken_for(frame, member.client, member.card(), may_write=member.may_write)
        if signed is None:
            return
        with self._lock:
            if sid in room.members:
                member.presence = signed if signed.state is not None else None
                self._fanout.offer_presence(room, sid, signed)
                self.neighbors.changed(room, signed)

    def heartbeat(self, sid: str, handle: int, client_sv: bytes) -> None:
        """`sv`: give what the client lacks; ask back if it has what we lack."""
        room, member = self._member(sid, handle)
        if room is None or member is None:
            self._nak(sid, handle, 0, "revoked" if room is not None else "unknown")
            return
        if not member.heartbeats.take(self._clock()):
            return  # each one reads a whole document; one that is left out is made up for by the next
        found = self.whole(room.plan_id)
        if found is None:
            return
        state = found[1]
        try:
            mine, diff = updates.state_vector(state), updates.missing_from(state, client_sv)
            we_lack, they_lack = updates.is_behind(mine, client_sv), updates.is_behind(client_sv, mine)
        except updates.MalformedUpdateError:
            return
        # Deletions do not show in a state vector: a small diff is sent even when nothing seems to be missing.
        if they_lack or (diff != updates.EMPTY_UPDATE and len(diff) <= SMALL_DIFF):
            self._transport.send([sid], "u", [room.handle, diff])
        if we_lack and member.may_send:
            self._transport.send([sid], "sv", [room.handle, mine])

    def compare(self, visitor: Visitor, plan_id: int, client_sv: bytes) -> Comparison:
        """What `sv` answers, over HTTP, for where sockets are blocked. The caller has checked the right to see."""
        if not self._comparisons.take(visitor.user_id, self._clock()):
            raise RefusedError("rate")
        found = self.whole(plan_id)
        if found is None:
            raise RefusedError("revoked")
        stored, state = found
        try:
            diff = updates.missing_from(state, client_sv)
        except updates.MalformedUpdateError as error:
            raise RefusedError("malformed") from error
        return Comparison(stored.epoch, updates.state_vector(state), diff, stored.size)

    # Rights

    def recheck(self, *, plan_id: int | None = None, user_id: int | None = None) -> None:
        """Rights changed: look again at everybody concerned before this returns."""
        self.rights.told += 1
        self.rights.ask_again(self._members(plan_id, user_id))

    def _members(self, plan_id: int | None = None, user_id: int | None = None) -> list[tuple[Room, Member]]:
        with self._lock:
            return [
                (room, member)
                for room in self._rooms.values()
                for member in room.members.values()
                if plan_id in (None, room.plan_id) and user_id in (None, member.visitor.user_id)
            ]

    # Housekeeping

    def _keep_house(self) -> None:
        while not self._stopping.wait(ROUND_SECONDS):
            try:
                self.keep_house()
            except Exception:
                log.exception("lesson plan housekeeping failed")
        self.keep_house(closing=True)

    def keep_house(self, *, closing: bool = False) -> None:
        """One round; public so that tests need not wait for the clock."""
        now = self._clock()
        self.rights.ask_again([each for each in self._members() if self.rights.is_old(each[1], EARLY_SECONDS)])
        self.neighbors.look_after(now)
        self._house.work_off(self._rooms, now, closing=closing)
        with self._lock:
            for room in list(self._rooms.values()):
                if room.is_over(now):
                    del self._rooms[room.plan_id]
                    del self._by_handle[room.handle]
