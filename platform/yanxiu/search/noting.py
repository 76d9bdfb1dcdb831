"""Noting what was looked for, a moment after the page was sent: nobody waits for a write that no page needs.

What several people look for meanwhile is written together. A process that is killed loses the notes of that moment.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Lock, Thread

from flask import Flask

from yanxiu.core.unit_of_work import write_if_possible
from yanxiu.search.queries import typed_lately
from yanxiu.search.services import note_queries

log = logging.getLogger(__name__)
MOMENT_S = 0.2


@dataclass(frozen=True)
class Note:
    """Who (by id) looked for what, and the county it counts for."""

    user_id: int
    county_id: int | None
    text: str


class Notes:
    """What waits to be noted by this process; any thread may add to it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._waiting: list[Note] = []
        self._lock = Lock()
        self._writing = Lock()
        self._busy = False

    def add(self, note: Note) -> None:
        """Note it in a moment; in tests at once."""
        if self._app.testing:
            write([note])
            return
        with self._lock:
            self._waiting.append(note)
            if self._busy:
                return
            self._busy = True
        try:
            Thread(target=self._run, name="search-notes", daemon=True).start()
        except RuntimeError:  # no thread is left: these are not noted, the next may be
            with self._lock:
                self._waiting, self._busy = [], False

    def forget(self, user_id: int) -> None:
        """Somebody wants to have looked for nothing; what is being written is there when this returns. Outside a
        transaction: that writing may wait for its end."""
        with self._lock:
            self._waiting = [note for note in self._waiting if note.user_id != user_id]
        with self._writing:
            pass

    def _run(self) -> None:
        while True:
            time.sleep(MOMENT_S)
            with self._writing:
                with self._lock:
                    notes, self._waiting = self._waiting, []
                    self._busy = bool(notes)
                if not notes:
                    return
                with self._app.app_context():
                    try:
                        write(notes)
                    except Exception:
                        log.exception("%s searches were not noted", len(notes))


def write(notes: list[Note]) -> bool:
    """Note those that are new in one transaction, one person after the other; whether that was done."""
    new = {(note.user_id, note.county_id, note.text) for note in notes if not typed_lately(note.user_id, note.text)}
    ordered = sorted(new, key=lambda note: (note[0], note[2]))
    return not ordered or write_if_possible(lambda: note_queries(ordered))
