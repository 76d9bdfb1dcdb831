"""Opening an archive somebody brings. It may be cut off, changed or made to harm: nothing of it is unpacked to a path
of its own, every byte is compared with the manifest, and sizes are known before anything is read."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

from yanxiu.core.archives.writing import CHUNK, DATA, FORMAT, MANIFEST
from yanxiu.core.errors import InvalidError

MAX_ENTRIES = 500_000
MAX_MANIFEST = 128 * 1024**2
MAX_RATIO, SMALL = 250, 10 * 1024**2
"""Text of posts shrinks to a tenth; what shrinks to less than a 250th and is not small is made to fill a disk."""

MAX_LINE = 128 * 1024**2


class ArchiveError(InvalidError):
    """An archive that cannot be read back; the message says why."""

    default_message = "这份档案读不出来"


class OpenedArchive:
    """An archive whose manifest was read. `verify` compares every byte; nothing is to be believed before."""

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        try:
            self._zip = _unzipped(self._file)
            self._infos = _listed(self._zip)
            self.manifest = self._read_manifest()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()
        self._file.close()

    def _read_manifest(self) -> dict[str, Any]:
        if MANIFEST not in self._infos:
            raise ArchiveError("这不是工作坊档案：里面没有数据清单（数据/manifest.json）")
        if self._infos[MANIFEST].file_size > MAX_MANIFEST:
            raise ArchiveError("数据清单大得不合常理，没有导入")
        with _plain_errors(), self._zip.open(MANIFEST) as stream:
            raw = stream.read(MAX_MANIFEST + 1)
        try:
            manifest = json.loads(raw)
            known = manifest["format"]
            files = {str(path): (int(each["size"]), str(each["sha256"])) for path, each in manifest["files"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ArchiveError("数据清单（数据/manifest.json）已损坏") from None
        if known != FORMAT:
            raise ArchiveError(f"档案的格式版本是 {known}，本程序只认识 {FORMAT}；请用做出这份档案的版本，或先升级")
        manifest["files"] = files
        return dict(manifest)

    @property
    def files(self) -> dict[str, tuple[int, str]]:
        """Size and SHA-256 of every entry but the manifest."""
        return dict(self.manifest["files"])

    def verify(self, told: Callable[[int], None] = lambda _bytes: None) -> None:
        """Read everything once and compare it with the manifest; ArchiveError names the first thing that differs."""
        listed, there = set(self.manifest["files"]), set(self._infos) - {MANIFEST}
        for path in sorted(listed - there):
            raise ArchiveError(f"档案不完整：缺少“{path}”")
        for path in sorted(there - listed):
            raise ArchiveError(f"档案里多出了清单上没有的“{path}”，没有导入")
        for path, (size, digest) in self.manifest["files"].items():
            if self._infos[path].file_size != size:
                raise ArchiveError(f"“{path}”的大小和清单不符，档案已损坏或被改动")
            hasher = hashlib.sha256()
            with self.entry(path) as stream:
                while chunk := stream.read(CHUNK):
                    hasher.update(chunk)
                    told(len(chunk))
            if hasher.hexdigest() != digest:
                raise ArchiveError(f"“{path}”的内容和清单不符，档案已损坏或被改动")

    @contextmanager
    def entry(self, path: str) -> Iterator[IO[bytes]]:
        """Open an entry that the manifest names."""
        if path not in self.manifest["files"]:
            raise ArchiveError(f"档案不完整：缺少“{path}”")
        with _plain_errors(), self._zip.open(path) as stream:
            yield stream

    def has(self, path: str) -> bool:
        return path in self.manifest["files"]

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table, one at a time."""
        path = f"{DATA}/{name}.jsonl"
        with self.entry(path) as stream:
            while line := stream.readline(MAX_LINE):
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    raise ArchiveError(f"“{path}”里有一行读不出来，档案已损坏") from None
                if not isinstance(row, dict):
                    raise ArchiveError(f"“{path}”里有一行读不出来，档案已损坏")
                yield row


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        raise ArchiveError(f"打不开文件 {path}，请核对文件名") from None


def _unzipped(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise ArchiveError("这不是完整的压缩包（.zip）：可能没有下载完，请重新下载后再试") from None


def _listed(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = opened.infolist()
    if len(infos) > MAX_ENTRIES:
        raise ArchiveError("档案里的文件多得不合常理，没有导入")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if not is_inside(info.filename) or info.filename in found or info.flag_bits & 1:
            raise ArchiveError(f"档案里有不合规矩的文件名“{info.filename[:80]}”，没有导入")
        if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise ArchiveError(f"“{info.filename[:80]}”解压后大得不合常理，没有导入")
        found[info.filename] = info
    return found


def is_inside(name: str) -> bool:
    """Tell whether a name stays inside the folder it would be unpacked to, on any computer."""
    if not name or name.startswith("/") or "\\" in name or "\0" in name or ":" in name:
        return False
    return all(part not in ("", ".", "..") for part in name.split("/"))


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What a broken ZIP makes Python say, in words."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        UnicodeError,
        struct.error,
    ) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ArchiveError("档案已损坏，有的内容解不出来；请重新下载或重新导出") from error
