"""Looks at what people send who may only suggest changes, beside the work: nobody else's edit waits for it.

Each look loads and reads the whole document, so what one person sent meanwhile is looked at together, and after each look
this rests: it takes a fifth of one processor at most.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from yanxiu.lessonplans.collab import updates
from yanxiu.lessonplans.collab.protocol import NakCode, RefusedError
from yanxiu.lessonplans.collab.room import Edit, Member, Room, Visitor
from yanxiu.lessonplans.collab.store import DocumentStore, Stored
from yanxiu.lessonplans.collab.turns import Turns
from yanxiu.lessonplans.collab.writers import Writers
from yanxiu.lessonplans.document.honest import DishonestError, check_suggesting

log = logging.getLogger(__name__)

REST = 4
"""How many times as long as a look takes nothing is looked at after it."""
LONGEST_REST_S = 1.0
LOOK_AGAIN_S = 0.5
PATIENCE_S = 15.0
"""So long somebody who is answered over HTTP waits for a look; where the disk refuses, each would hold a thread for ever."""


@dataclass(frozen=True)
class Submitted:
    """An update that waits for a look."""

    room: Room
    member: Member
    edit: Edit


class Judge:
    """A thread that looks at what was put in, in turn, and says what becomes of it."""

    def __init__(
        self,
        store: DocumentStore,
        lock: threading.RLock,
        whole: Callable[[int], tuple[Stored, bytes] | None],
        accept: Callable[[Room, Edit], None],
        holds: Callable[[Edit], bool],
        nak: Callable[[str, int, int, NakCode], None],
    ) -> None:
        self._store, self._writers, self._turns = store, Writers(store), Turns(store.engine)
        self._lock, self._whole = lock, whole
        self._take, self._holds, self._nak = accept, holds, nak
        self._waiting: dict[str, list[Submitted]] = {}
        self._wake = threading.Condition()
        self._looking = threading.Lock()
        self._busy: str | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def put(self, room: Room, member: Member, edit: Edit) -> None:
        """Look at an update when its turn comes; then it is taken, or refused by `nak`."""
        submitted = Submitted(room, member, edit)
        with self._wake:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="plan-judge", daemon=True)
                self._thread.start()
            self._waiting.setdefault(self._key(member), []).append(submitted)
            self._wake.notify_all()

    def is_busy_with(self, member: Member) -> bool:
        """Whether something of this member waits: what comes later must not overtake it."""
        key = self._key(member)
        return key in self._waiting or self._busy == key

    def stop(self, timeout: float = 5.0) -> None:
        """What was not looked at is not acknowledged either: whoever sent it sends it again."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)

    def drain(self, timeout: float) -> bool:
        """Wait until nothing waits for a look."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._waiting and self._busy is None, timeout)

    @staticmethod
    def _key(member: Member) -> str:
        return f"{member.sid} {member.client} {id(member)}"

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    return
                self._busy = next(iter(self._waiting))
                batch = self._waiting.pop(self._busy)
            began = time.thread_time()
            try:
                self._settle(batch)
            except (
                BaseException
            ):  # a panic of the library is no Exception; without this thread nobody's suggestions were taken
                log.exception("suggestions in lesson plan %s could not be looked at", batch[0].room.plan_id)
                self._refuse(batch[0], "rate")
            with self._wake:
                self._busy = None
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._stopping, min(LONGEST_REST_S, REST * (time.thread_time() - began)))

    def _settle(self, batch: list[Submitted]) -> None:
        """Take all together; where that cannot be, one by one up to the first that is refused."""
        last = batch[-1]
        if last.member.stopped:
            return None
        if not last.member.may_send:
            return self._refuse(batch[0], "read_only")
        if last.member.may_write:  # since: then there is nothing to look at, and this waited only to be in turn
            for each in batch:
                self._accept(each, each.edit)
            return None
        together = updates.merge([each.edit.data for each in batch])
        try:
            plan_id, visitor = last.room.plan_id, last.member.visitor
            self.take(plan_id, visitor, together, lambda data: self._accept(last, stamped(last.edit, data)))
        except RefusedError as error:
            if len(batch) == 1:
                return self._refuse(last, error.code)
            for each in batch:
                self._settle([each])
        return None

    def _accept(self, submitted: Submitted, edit: Edit) -> Edit | None:
        room, member = submitted.room, submitted.member
        with self._lock:
            if room.members.get(member.sid) is not member:
                return None  # who left meanwhile has heard of no success and sends it again
            self._take(room, edit)
            return edit

    def _refuse(self, submitted: Submitted, code: NakCode) -> None:
        submitted.member.stopped = True
        self._nak(submitted.member.sid, submitted.room.handle, submitted.edit.number, code)

    def take(
        self,
        plan_id: int,
        visitor: Visitor,
        data: bytes,
        accept: Callable[[bytes], Edit | None],
        patience_s: float = -1,
    ) -> bool:
        """Let `accept` have what is to be kept of an update of this person, who may only suggest; whether it is on disk then.

        RefusedError if it is not taken. One at a time over all processes, until it is on disk: each look has to know what
        was taken before. Also False if others of this process were looked at for longer than `patience_s` (-1: no limit).
        """
        if not self._looking.acquire(timeout=patience_s):
            return False
        try:
            return self._look(plan_id, visitor, data, accept)
        finally:
            self._looking.release()

    def _look(self, plan_id: int, visitor: Visitor, data: bytes, accept: Callable[[bytes], Edit | None]) -> bool:
        with self._turns.of(plan_id):
            found = self._whole(plan_id)
            if found is None:
                raise RefusedError("revoked")

            def owns(client: int, has_written: bool) -> bool:
                return self._writers.owns(plan_id, visitor.user_id, client, has_written)

            def may_show(address: str) -> bool:
                return self._store.has_picture(plan_id, visitor.user_id, address)

            try:
                kept = check_suggesting(found[1], data, visitor.user_id, visitor.name, owns, may_show)
            except updates.MalformedUpdateError as error:
                raise RefusedError("malformed") from error
            except DishonestError as error:
                log.info("lesson plan %s: refused of user %s: %s", plan_id, visitor.user_id, error)
                raise RefusedError("suggest_only") from error
            edit = accept(kept)
            return edit is not None and self._is_stored(edit)

    def _is_stored(self, edit: Edit) -> bool:
        """Wait until it is on disk, however long that takes; False if it will not be: the plan is gone."""
        assert edit.written is not None
        while not edit.written.wait(LOOK_AGAIN_S):
            if not self._holds(edit):
                return edit.written.wait(LOOK_AGAIN_S)
        return True


def stamped(edit: Edit, kept: bytes) -> Edit:
    """What is kept of it, for whoever waits until that is on disk."""
    return replace(edit, data=kept, written=threading.Event())
