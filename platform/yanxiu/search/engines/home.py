"""Where indexes live on disk: one folder with a directory for each built index and a pointer to the one in use.

A rebuild makes a new directory and replaces the pointer by a rename, so readers have the old index until the new
one is whole. The name of a directory tells the schema and the segmenter that built it; another one means a rebuild.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POINTER = "CURRENT"


class IndexBusyError(Exception):
    """Another process is the indexer."""


def sync_directory(path: Path) -> None:
    """Make the names in a directory survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class IndexHome:
    """The folder of all indexes, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Create the folder, 0700: what is in it could run code when it is read."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def current(self) -> Path | None:
        """The directory in use."""
        try:
            name = (self.folder / POINTER).read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        path = self.folder / name
        return path if name and "/" not in name and path.is_dir() else None

    def new(self, prefix: str) -> Path:
        """An empty directory for an index to be built in."""
        self.prepare()
        path = self.folder / f"{prefix}-{secrets.token_hex(4)}"
        path.mkdir(mode=0o700)
        return path

    def change_over(self, path: Path) -> None:
        """Point at `path`, durably, and remove every other index."""
        sync_directory(path)
        pointer = self.folder / f"{POINTER}.new"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(path.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.folder / POINTER)
        sync_directory(self.folder)
        self.sweep()

    def sweep(self) -> None:
        """Remove directories that are not in use: older indexes and builds that were broken off."""
        current = self.current()
        for path in self.folder.iterdir():
            if path.is_dir() and path != current:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def indexer_lock(self) -> Iterator[None]:
        """Be the only indexer; the system frees the lock when the process dies."""
        self.prepare()
        with (self.folder / "indexer.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IndexBusyError(str(self.folder)) from error
            yield
