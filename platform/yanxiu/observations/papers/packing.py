"""Writing an archive pack: a ZIP with a list of what is in it and the SHA-256 of each file, and checking one.

A file goes through in blocks, so that memory does not grow with a recording, and whoever waits hears how far it is. `SHA256SUMS` is what `sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from yanxiu.core.archives.names import Names
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.storage import base_name

BLOCK = 256 * 1024
LIST, SUMS = "清单.txt", "SHA256SUMS"
MOST_ENTRIES, MOST_MORE, MOST_PATH = 10_000, 200, 200
MOST_LISTING = 4 * 1024**2
"""Bytes of the list at the end of a ZIP; Python reads it whole, and takes ten times as much memory for it."""
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How we press; other ways may take gigabytes of memory to undo."""
ENCRYPTED = 1
Told = Callable[[int], None]
"""Hears of so many bytes more that went through."""


class Verdict(StrEnum):
    """What a check says of a file."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    MORE = "more"

    @property
    def label(self) -> str:
        return {"same": "相符", "changed": "不符", "missing": "缺少", "more": "多出"}[self.value]


class Problem(StrEnum):
    """Why nothing of a ZIP could be compared."""

    NONE = ""
    UNREADABLE = "unreadable"
    """It is no ZIP, or the list at its end is cut off or broken."""
    CROWDED = "crowded"
    """It holds more files than any pack of ours, or its list is longer."""


@dataclass(frozen=True)
class Finding:
    """What a check says of one file: `size` in bytes as the ZIP tells it, None where there is none; `sha256` where it was read."""

    path: str
    verdict: Verdict
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Comparison:
    """What a check found, what was frozen first; `unlisted` are further files that are not ours and not named."""

    findings: Sequence[Finding]
    unlisted: int = 0
    problem: Problem = Problem.NONE


@dataclass(frozen=True)
class Entry:
    """A file of a frozen pack: its path, its bytes, its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Sheet:
    """A file for the pack: its folder and name, what opens it; a film is stored as it is, everything else pressed."""

    folder: str
    name: str
    opens: Callable[[], BinaryIO]
    is_film: bool = False


def sheet(folder: str, name: str, body: bytes) -> Sheet:
    """Return a file that is held in memory already."""
    return Sheet(folder, name, lambda: io.BytesIO(body))


def write_pack(
    target: Path, head: Sequence[str], sheets: Iterable[Sheet], made_at: datetime, told: Told = lambda _bytes: None
) -> list[Entry]:
    """Write the pack; `head` are the first lines of its list, `told` hears of each block. Return what it holds, its list and
    its sums last."""
    names, entries = Names(), list[Entry]()
    with zipfile.ZipFile(target, "w") as pack:

        def put(path: str, source: BinaryIO, *, is_film: bool = False) -> None:
            entries.append(_put(pack, path, source, made_at, is_film, told))

        for one in sheets:
            with one.opens() as source:
                put(
                    names.path(one.folder, one.name) if one.folder else names.path(one.name),
                    source,
                    is_film=one.is_film,
                )
        lines = [*head, "", *(f"{one.path}\t{one.size} 字节\tSHA-256 {one.sha256}" for one in entries), ""]
        put(LIST, io.BytesIO("\r\n".join(lines).encode("utf-8-sig")))
        body = "".join(f"{one.sha256}  {one.path}\n" for one in entries)
        put(SUMS, io.BytesIO(body.encode()))
    return entries


def _put(pack: zipfile.ZipFile, path: str, source: BinaryIO, made_at: datetime, is_film: bool, told: Told) -> Entry:
    about = zipfile.ZipInfo(path, made_at.astimezone(LOCAL_ZONE).timetuple()[:6])
    about.compress_type = zipfile.ZIP_STORED if is_film else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with pack.open(about, "w", force_zip64=True) as out:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
            told(len(block))
    return Entry(path, size, digest.hexdigest())


def compare_pack(source: BinaryIO, frozen: Sequence[Entry], told: Told = lambda _bytes: None) -> Comparison:
    """Say of each file of a ZIP whether it is the frozen one; where nothing can be compared, all of them are missing.

    What comes from outside cannot make us read more than was frozen: a file of another size is not opened, one that we
    never made is only named, a ZIP with a list larger than ours could be is none. Nothing is unpacked to the disk.
    """
    try:
        with zipfile.ZipFile(cast(BinaryIO, _ShortListed(source))) as pack:
            if len(pack.filelist) > MOST_ENTRIES:
                return _nothing_of(frozen, Problem.CROWDED)
            return _compared(pack, sorted(frozen, key=lambda each: each.path), told)
    except _ListTooLongError:
        return _nothing_of(frozen, Problem.CROWDED)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, OverflowError):
        return _nothing_of(frozen, Problem.UNREADABLE)


def _nothing_of(frozen: Sequence[Entry], problem: Problem) -> Comparison:
    return Comparison([Finding(one.path, Verdict.MISSING) for one in frozen], 0, problem)


def _compared(pack: zipfile.ZipFile, frozen: Sequence[Entry], told: Told) -> Comparison:
    expected = {one.path for one in frozen}
    here, more = dict[str, zipfile.ZipInfo](), list[zipfile.ZipInfo]()
    for info in pack.filelist:
        if info.filename in expected and info.filename not in here:
            here[info.filename] = info
        elif not info.filename.endswith("/"):  # `is_dir` of Python 3.11 fails where there is no name
            more.append(info)
    found = [_finding(pack, here.get(one.path), one, told) for one in frozen]
    named = sorted(more, key=lambda info: info.filename)[:MOST_MORE]
    others = [Finding(_shown(info.filename), Verdict.MORE, info.file_size) for info in named]
    return Comparison([*found, *others], len(more) - len(named))


def _shown(path: str) -> str:
    """A path from outside is only shown: on one line, with nothing hidden in it, not longer than ours."""
    return path if 0 < len(path) <= MOST_PATH and path.isprintable() else base_name(path)


class _ListTooLongError(zipfile.BadZipFile):
    """The list at the end of a ZIP is longer than that of any pack."""


class _ShortListed:
    """A file of which nobody reads more than `MOST_LISTING` bytes at once: only the list of a ZIP is read in one piece."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def read(self, size: int = -1) -> bytes:
        if size > MOST_LISTING:
            raise _ListTooLongError
        return self._source.read(size)


def _finding(pack: zipfile.ZipFile, info: zipfile.ZipInfo | None, one: Entry, told: Told) -> Finding:
    if info is None:
        return Finding(one.path, Verdict.MISSING)
    changed = Finding(one.path, Verdict.CHANGED, info.file_size)
    if info.file_size != one.size or info.compress_type not in READABLE or info.flag_bits & ENCRYPTED:
        return changed
    try:
        with pack.open(info) as file:
            sha256 = digest_of(file, told, one.size)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError):
        return changed
    return Finding(one.path, Verdict.SAME if sha256 == one.sha256 else Verdict.CHANGED, info.file_size, sha256)


def digest_of(source: IO[bytes], told: Told = lambda _bytes: None, most: int | None = None) -> str:
    """Return the SHA-256 of what can be read, of not much more than `most` bytes."""
    digest, seen = hashlib.sha256(), 0
    while (most is None or seen <= most) and (block := source.read(BLOCK)):
        digest.update(block)
        seen += len(block)
        told(len(block))
    return digest.hexdigest()
