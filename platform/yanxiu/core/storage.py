"""Files: a row that describes each, and a store that keeps the bytes under a random key.

No feature ever sees a path it could build itself. `LocalStorage` is a folder; an S3 store implements the same
protocol.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core import clock
from yanxiu.core.db import Id, Model, db
from yanxiu.core.errors import StorageFullError, TooLargeError, YanxiuError
from yanxiu.core.html import is_blank, without_invisible

CHUNK = 256 * 1024
MIN_FREE_BYTES = 2 * 1024**3
MIN_FREE_SHARE = 0.05
FOLDER_MODE, FILE_MODE = 0o750, 0o640
"""Set whatever the umask says: a web server in our group may send the files, and needs to read nothing else."""

NAMELESS = "未命名文件"
_EDGES = " .\u00a0\u3000"
_LINE_BREAKS = re.compile(r"[\t\n\r\x80-\x9f\u2028\u2029]+")


class StoredFile(Model):
    """One uploaded or generated file. `size` in bytes, `sha256` in hex, `key` random."""

    __tablename__ = "stored_file"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    mime: Mapped[str] = mapped_column(String(127))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    owner_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Storage(Protocol):
    """Where the bytes are."""

    def write(self, stream: BinaryIO, max_bytes: int | None = None) -> tuple[str, int, str]:
        """Store a stream; return (key, size, sha256). TooLargeError beyond `max_bytes`."""

    def adopt_file(self, path: Path, sha256: str | None = None) -> tuple[str, int, str]:
        """Take over a finished local file (it is moved); its hash is read unless given."""

    def open(self, key: str, start: int = 0) -> BinaryIO:
        """Open for reading from byte `start`, without reading what is before; FileNotFoundError if it is gone."""

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        """Give a local path, for programs that need one, until the block ends; not to be written to."""

    def path(self, key: str) -> Path:
        """Return where the file lies, for tools of this machine (a web server's X-Sendfile, ffmpeg)."""

    def size(self, key: str) -> int:
        """Return the size in bytes; FileNotFoundError if it is gone."""

    def delete(self, key: str) -> None:
        """Remove; removing what is gone is no error."""

    def keys(self) -> Iterator[str]:
        """Yield every key in the store."""

    def stored_at(self, key: str) -> float | None:
        """Return when it came into the store (seconds since 1970); None if it is gone."""

    def drop_unfinished(self, older_than_s: float) -> int:
        """Remove what writes that never ended have left, once it is so old; return how many."""


class LocalStorage:
    """Files in one folder, spread over 256 subfolders, written durably."""

    def __init__(self, root: Path) -> None:
        self.root = root
        _make_folder(root)

    def write(self, stream: BinaryIO, max_bytes: int | None = None) -> tuple[str, int, str]:
        refuse_when_full(self.root)
        key = secrets.token_hex(20)
        target = self._new_path(key)
        digest, size = hashlib.sha256(), 0
        part = target.with_suffix(".part")
        try:
            with part.open("wb") as out:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if max_bytes is not None and size > max_bytes:
                        raise TooLargeError(f"文件超过 {max_bytes // 1024**2} MB，请压缩后再上传")
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            part.chmod(FILE_MODE)
            part.rename(target)
            _sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
        return key, size, digest.hexdigest()

    def adopt_file(self, path: Path, sha256: str | None = None) -> tuple[str, int, str]:
        key = secrets.token_hex(20)
        target = self._new_path(key)
        if sha256 is None:
            with path.open("rb") as source:
                sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        os.utime(path)  # its age in the store begins now, however long it took to arrive
        path.chmod(FILE_MODE)
        shutil.move(path, target)
        _sync_folder(target.parent)
        return key, target.stat().st_size, sha256

    def open(self, key: str, start: int = 0) -> BinaryIO:
        source = self.path(key).open("rb", buffering=0)
        source.seek(start)
        return source

    def local_copy(self, key: str) -> AbstractContextManager[Path]:
        return nullcontext(self.path(key))

    def path(self, key: str) -> Path:
        if not key.isalnum():
            raise FileNotFoundError(key)
        return self.root / key[:2] / key

    def size(self, key: str) -> int:
        return self.path(key).stat().st_size

    def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        for path in self.root.glob("??/*"):
            if path.suffix != ".part":
                yield path.name

    def stored_at(self, key: str) -> float | None:
        try:
            return self.path(key).stat().st_mtime
        except FileNotFoundError:
            return None

    def drop_unfinished(self, older_than_s: float) -> int:
        limit = time.time() - older_than_s
        left = [path for path in self.root.glob("??/*.part") if path.stat().st_mtime <= limit]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _new_path(self, key: str) -> Path:
        folder = self.root / key[:2]
        _make_folder(folder)
        return folder / key


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(FOLDER_MODE)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_storage: Storage | None = None


def set_storage(value: Storage) -> None:
    """Choose the store; called once by `create_app`."""
    global _storage
    _storage = value


def storage() -> Storage:
    """Return the application's store."""
    if _storage is None:
        raise RuntimeError("no storage configured")
    return _storage


def refuse_when_full(root: Path) -> None:
    """Raise StorageFullError below 2 GiB or 5 % of free disk, whichever asks for less."""
    usage = shutil.disk_usage(root)
    if usage.free < min(MIN_FREE_BYTES, usage.total * MIN_FREE_SHARE):
        raise StorageFullError


@dataclass(frozen=True)
class ReceivedFile:
    """Bytes that are in the store and have no row yet; `housekeeping` removes them if none is added within a day."""

    key: str
    size: int
    sha256: str
    name: str
    mime: str


def receive_file(stream: BinaryIO, name: str, mime: str, max_bytes: int | None = None) -> ReceivedFile:
    """Store a stream, outside any transaction. TooLargeError beyond `max_bytes`, StorageFullError on a full disk."""
    key, size, sha256 = storage().write(stream, max_bytes)
    return ReceivedFile(key, size, sha256, base_name(name), mime)


@contextmanager
def gone_if_refused(received: ReceivedFile | None) -> Iterator[None]:
    """Let go of a file at once that is refused in the block; nobody will ask for it again."""
    try:
        yield
    except YanxiuError:
        if received is not None:
            storage().delete(received.key)
        raise


def receive_local_file(path: Path, name: str, mime: str, sha256: str | None = None) -> ReceivedFile:
    """Take over a finished local file (it is moved), outside any transaction; `sha256` saves reading it again."""
    key, size, digest = storage().adopt_file(path, sha256)
    return ReceivedFile(key, size, digest, base_name(name), mime)


def keep_file(received: ReceivedFile, owner_id: int | None) -> StoredFile:
    """Add the row of a received file; the caller is inside a unit of work."""
    file = StoredFile(
        key=received.key,
        name=received.name,
        mime=received.mime,
        size=received.size,
        sha256=received.sha256,
        owner_id=owner_id,
    )
    db.session.add(file)
    db.session.flush()
    return file


def base_name(name: str) -> str:
    """Return the last part of a file name as sent by a browser, on one line, without control characters, ≤ 200 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = _LINE_BREAKS.sub(" ", without_invisible(last)).strip(_EDGES)
    if is_blank(kept):
        return NAMELESS
    stem, dot, extension = kept.rpartition(".")
    if dot and len(kept) > 200:
        extension = extension[:20]
        return f"{stem[: 199 - len(extension)]}.{extension}"
    return kept[:200]
