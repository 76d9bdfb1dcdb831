"""The writers of a SQLite database, one after the other: the threads of a process, and the processes.

SQLite lets waiting writers look again from time to time, whoever looks first: with twenty of them the database rests while
all sleep, and some never get a turn. Threads of one process wake each other. A process beside them, as the worker is beside
the server, would find the database taken each time it looks, for the next thread has it at once: so processes queue too, by
locks on two bytes of a file. Whoever is next holds the first until the turn (the second) is theirs; the others wait for the
first. Only the order depends on it: what keeps two writers apart is SQLite's own lock.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

NEXT, TURN = 0, 1
"""The bytes of the file."""
LOOK_S = 0.002
IN_MEMORY = ("", ":memory:")


class Turns:
    """Who writes next. The locks of a process end with it, however it ends."""

    def __init__(self) -> None:
        self._among_threads = threading.Lock()
        self._files: dict[str, int] = {}

    @contextmanager
    def turn(self, database: str | None, patience_s: float) -> Iterator[None]:
        """Wait for the turn; what SQLite says in the end is said after `patience_s`. `database`: its file, if it has one."""
        until = time.monotonic() + patience_s
        if not self._among_threads.acquire(timeout=patience_s):
            raise _locked()
        try:
            file = self._file(database)
            if file is None:
                yield
                return
            _take(file, NEXT, until)
            try:
                _take(file, TURN, until)
            finally:
                _leave(file, NEXT)
            try:
                yield
            finally:
                _leave(file, TURN)
        finally:
            self._among_threads.release()

    def _file(self, database: str | None) -> int | None:
        """Open for as long as the process lives; None where no file can be made, there processes do not queue."""
        if database is None or database in IN_MEMORY:
            return None
        if database not in self._files:
            try:
                self._files[database] = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return None
        return self._files[database]


def _take(file: int, byte: int, until: float) -> None:
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
        except (BlockingIOError, PermissionError) as error:
            if time.monotonic() >= until:
                raise _locked() from error
            time.sleep(LOOK_S)
        else:
            return


def _leave(file: int, byte: int) -> None:
    fcntl.lockf(file, fcntl.LOCK_UN, 1, byte)


def _locked() -> OperationalError:
    return OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
