"""Group commit: edits of a few milliseconds share one transaction, and only then are they acknowledged."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from yanxiu.lessonplans.collab.room import NOBODY, Edit
from yanxiu.lessonplans.collab.store import Append, Appended, DocumentStore

log = logging.getLogger(__name__)

COMPANY_S = 0.010
LONGEST_COMPANY_S = 0.150
COST_SHARE = 40
"""Edits wait for others so many times as long as the last commit took of the processor: a busy disk thread stays at 2.5 %."""
FIRST_RETRY_S = 0.2
LAST_RETRY_S = 5.0

Committed = Callable[[Sequence[Edit], dict[int, Appended]], None]


class Committer:
    """A thread that writes what is queued and reports it once it is on disk.

    A failing disk is retried for ever with growing pauses: nothing is acknowledged meanwhile, and nothing is dropped.
    """

    def __init__(self, store: DocumentStore, on_committed: Committed) -> None:
        self._store = store
        self._on_committed = on_committed
        self._queue: list[Edit] = []
        self._batch: list[Edit] = []
        self._bytes = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._company_s = COMPANY_S
        self.failures = 0
        self._thread = threading.Thread(target=self._run, name="plan-committer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Write what is queued, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def queued_bytes(self) -> int:
        return self._bytes

    def put(self, edit: Edit) -> None:
        with self._wake:
            self._queue.append(edit)
            self._bytes += len(edit.data)
            if len(self._queue) == 1:  # else the thread is up already, waiting for company
                self._wake.notify_all()

    def holds(self, edit: Edit) -> bool:
        """Whether it is still queued or being written; it was stored before or never will be if not."""
        with self._wake:
            return any(each is edit for each in (*self._queue, *self._batch))

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until nothing is queued or being written."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._queue and not self._batch, timeout)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._queue or self._stopping)
                if not self._queue:
                    return
                if not self._stopping:
                    self._wake.wait_for(lambda: self._stopping, self._company_s)
            used = time.thread_time()
            self.write_queued()
            self._company_s = min(LONGEST_COMPANY_S, max(COMPANY_S, COST_SHARE * (time.thread_time() - used)))

    def write_queued(self) -> None:
        """Write what is queued now and report it; one caller at a time."""
        with self._wake:
            batch = self._batch = self._queue
            self._queue = []
        try:
            if batch:
                self._write(batch)
        finally:
            with self._wake:
                self._bytes -= sum(len(edit.data) for edit in batch)
                self._batch = []
                self._wake.notify_all()

    def _write(self, batch: list[Edit]) -> None:
        pause = FIRST_RETRY_S
        while True:
            try:
                done = self._store.append(grouped(batch))
                break
            except Exception:
                self.failures += 1
                if self.failures == 1 or pause == LAST_RETRY_S:
                    log.exception("lesson plan edits could not be stored; trying again")
                with self._wake:
                    if self._wake.wait_for(lambda: self._stopping, pause):
                        log.error("%d lesson plan edits were never stored (not acknowledged either)", len(batch))
                        return
                pause = min(LAST_RETRY_S, pause * 2)
        try:
            self._on_committed(batch, done)
        except Exception:
            log.exception("a stored edit could not be acknowledged")


def grouped(batch: Sequence[Edit]) -> list[Append]:
    """One append a document and person, in the order of arrival: a log row says who wrote it."""
    by_person: dict[tuple[int, int], list[bytes]] = defaultdict(list)
    for edit in batch:
        by_person[edit.plan_id, edit.user_id].append(edit.data)
    return [
        Append(plan_id, parts, frozenset({user_id} - {NOBODY.user_id}))
        for (plan_id, user_id), parts in by_person.items()
    ]
