"""Writing an archive: entry after entry into a ZIP file, each hashed on the way, and a manifest of them all at the end."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Self

from yanxiu.core import clock
from yanxiu.core.archives.names import Names

CHUNK = 256 * 1024
FORMAT = 1
"""Raised when a program that reads an older form could misunderstand a new one."""

DATA = "数据"
MANIFEST = f"{DATA}/manifest.json"
_PACKED = {".docx", ".xlsx", ".pptx", ".zip", ".jpg", ".jpeg", ".png", ".webp", ".gif", ".mp4", ".webm", ".mp3", ".m4a"}


class HashedEntry:
    """The open entry of an archive; what is written is counted and hashed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._digest, self.size = stream, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += len(data)
        return self._stream.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class ArchiveWriter:
    """A ZIP file under way. Memory does not grow with the size of what is put in."""

    def __init__(self, path: Path) -> None:
        self.path, self.names = path, Names()
        self.entries: dict[str, tuple[int, str]] = {}
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    @contextmanager
    def entry(self, path: str) -> Iterator[HashedEntry]:
        """Write one entry under a path that `names` gave."""
        info = zipfile.ZipInfo(path, clock.now().astimezone(clock.LOCAL_ZONE).timetuple()[:6])
        packed = PurePosixPath(path).suffix.lower() in _PACKED
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as stream:
            hashed = HashedEntry(stream)
            yield hashed
        self.entries[path] = (hashed.size, hashed.sha256)

    def add_bytes(self, path: str, data: bytes) -> None:
        with self.entry(path) as out:
            out.write(data)

    def add_stream(self, path: str, source: BinaryIO) -> None:
        with self.entry(path) as out:
            while chunk := source.read(CHUNK):
                out.write(chunk)

    def add_file(self, path: str, source: Path) -> None:
        with source.open("rb") as stream:
            self.add_stream(path, stream)

    def finish(self, card: Mapping[str, Any]) -> None:
        """Write the manifest: what the archive is, and size and SHA-256 of every other entry."""
        files = {path: {"size": size, "sha256": digest} for path, (size, digest) in self.entries.items()}
        content = {"format": FORMAT, **card, "files": files}
        self._zip.writestr(MANIFEST, json.dumps(content, ensure_ascii=False, indent=1))
