"""The newest entry of the audit log, remembered in a file of the instance.

A chain of hashes shows what was changed or taken out in the middle; if the newest entries are taken off, what remains
is a chain as good as before. So number and hash of the newest are written down elsewhere, after each commit. Whoever
may write to the instance's folder can forge that too: `yanxiu verify-audit` prints both, to be kept on another machine.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from yanxiu.core.db import db

log = logging.getLogger(__name__)
NAME = "audit-head"
_WRITTEN = re.compile(rb"(\d{1,19}) ([0-9a-f]{64})\n")
_folder: Path | None = None


@dataclass(frozen=True)
class Mark:
    """An entry of the log: its number and its hash."""

    entry_id: int
    hash: str

    def written(self) -> bytes:
        return f"{self.entry_id} {self.hash}\n".encode()


def keep_mark_in(folder: Path) -> None:
    """Choose where; called once by `create_app`."""
    global _folder
    _folder = folder


def read_mark() -> Mark | None:
    """Return the newest entry written down, None when there is nothing one can read."""
    try:
        content = b"" if _folder is None else (_folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    return _parsed(content)


def note_head(previous: Mark | None, head: Mark) -> None:
    """Write the newest entry down; `previous` is the one it was chained to. Outside any transaction.

    An older mark that the log no longer holds stays, as the proof that entries are missing.
    """
    if _folder is None:
        return
    with open(os.open(_folder / NAME, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = _parsed(file.read())
        if known is not None and known.entry_id >= head.entry_id:
            return
        if known is not None and known != previous and not is_in_log(known):
            log.error("audit entry %s was written down and is not in the log any more", known.entry_id)
            return
        _write(file.fileno(), head)


def renew_mark() -> None:
    """Write down the log's newest entry whatever was written before: another database was put in place."""
    if _folder is None:
        return
    newest = text("SELECT id, hash FROM audit_entry ORDER BY id DESC LIMIT 1")
    with db.engine.connect() as connection:
        row = connection.execute(newest).first()
    (_folder / NAME).unlink(missing_ok=True)
    if row is not None:
        note_head(None, Mark(row.id, row.hash))


def lost_head() -> Mark | None:
    """Return what is written down as the newest entry if the log does not hold it, else None."""
    mark = read_mark()
    return None if mark is None or is_in_log(mark) else mark


def is_in_log(mark: Mark) -> bool:
    """Tell whether the log holds this entry now, whatever moment the session looks at."""
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT hash FROM audit_entry WHERE id = :id"), {"id": mark.entry_id})
        return found.scalar() == mark.hash


def _parsed(content: bytes) -> Mark | None:
    found = _WRITTEN.fullmatch(content)
    return None if found is None else Mark(int(found[1]), found[2].decode())


def _write(file: int, head: Mark) -> None:
    """One write over what was there, which is never longer: a killed process leaves the old or the new."""
    os.pwrite(file, head.written(), 0)
    os.ftruncate(file, len(head.written()))
