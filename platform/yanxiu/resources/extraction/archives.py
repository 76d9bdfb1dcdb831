"""Zip containers (docx, pptx, xlsx and plain zip) measured before a parser may open them.

Sizes are counted while unpacking, never believed from the headers. Limits: 1,000 entries (Office
files 5,000 parts, a long slide show really has them), 300 MB unpacked, ratio 100 once more than
10 MB came out. The ZIP of an import holds whole folders: 3,000 entries, and its caller says how much.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from yanxiu.resources.extraction.formats import UnsuitableFileError

MB = 1024 * 1024
MAX_ENTRIES = 1000
MAX_PARTS = 5000
MAX_BUNDLED = 3000
"""Entries of an import's ZIP: 800 files with their folders, and twice that where a Mac has put its own beside each."""
MAX_UNPACKED = 300 * MB
MAX_RATIO = 100
RATIO_FLOOR = 10 * MB
MAX_XML_PART = 64 * MB
LONGEST_NAME = 1000
_CHUNK = 64 * 1024
_LOCAL_HEADER = 30
"""Bytes that stand before an entry's own at the least (APPNOTE.TXT 4.3.7)."""
_BOMB = "文件解压后过大，像是压缩炸弹，没有接收。请重新导出后再上传。"
_BROKEN = "文件损坏，打不开。请用原来的软件打开确认后重新保存再上传。"


@dataclass(frozen=True)
class Entry:
    """One line of an archive's listing."""

    name: str
    size: int
    is_folder: bool


class DamagedError(UnsuitableFileError):
    """The bytes of an entry are not what they say; others may be whole."""


def guard_office(path: str, main_part: str) -> None:
    """Refuse an Office container that is broken, a bomb, has macros or XML entities, or is another kind."""
    with _opened(path) as archive:
        names = set(archive.namelist())
        if main_part not in names or "[Content_Types].xml" not in names:
            raise UnsuitableFileError("文件内容和扩展名对不上，请用原来的软件另存后再上传。")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise UnsuitableFileError("文件里带有宏，不能上传。请另存为不带宏的格式。")
        _measure(archive, MAX_PARTS, refuse_entities=True)


def open_workbook(path: str) -> Any:
    """A workbook for reading cell values only. By handle: openpyxl would refuse a stored file without extension."""
    import openpyxl

    return openpyxl.load_workbook(open(path, "rb"), read_only=True, data_only=True, keep_links=False)


def guard_archive(path: str) -> None:
    """Refuse a plain zip that is broken, encrypted, a bomb or tries to climb out of its folder."""
    with measured_archive(path) as archive:
        for info in archive.infos:
            for _chunk in archive.chunks(info):
                pass


class Measured:
    """The entries of a zip; their bytes are counted as they are read, with the `unpacked` ones of earlier readings.

    UnsuitableFileError for too many entries, entries that share bytes or have a password, and in the middle of reading
    for more than `max_unpacked` bytes, or a ratio that no honest file has.
    """

    def __init__(self, archive: zipfile.ZipFile, max_entries: int, max_unpacked: int, unpacked: int = 0) -> None:
        self.infos = archive.infolist()
        if len(self.infos) > max_entries:
            raise UnsuitableFileError(f"文件里的条目超过 {max_entries} 个，请分成几个文件再上传。")
        _guard_overlaps(archive)
        if any(info.flag_bits & 0x1 for info in self.infos):
            raise UnsuitableFileError("文件有密码，别人打不开。请去掉密码后再上传。")
        self.packed = max(1, sum(info.compress_size for info in self.infos))
        self.unpacked = unpacked
        self._archive, self._max_unpacked = archive, max_unpacked

    def chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Give the bytes of an entry in portions."""
        for chunk in _chunks(self._archive, info):
            self.unpacked += len(chunk)
            if self.unpacked > self._max_unpacked:
                raise UnsuitableFileError(_BOMB)
            if self.unpacked > RATIO_FLOOR and self.unpacked / self.packed > MAX_RATIO:
                raise UnsuitableFileError(_BOMB)
            yield chunk


@contextmanager
def measured_archive(
    path: str, max_entries: int = MAX_ENTRIES, max_unpacked: int = MAX_UNPACKED, unpacked: int = 0
) -> Iterator[Measured]:
    """Open a plain zip none of whose entries climbs out of its folder or leads elsewhere. See `Measured`."""
    with _opened(path) as archive:
        for info in archive.infolist():
            _guard_name(info)
        yield Measured(archive, max_entries, max_unpacked, unpacked)


def is_leftover(path: str) -> bool:
    """Whether it is what systems and offices leave in folders (.DS_Store, ~$教案.docx), which nobody means."""
    name = path.rsplit("/", 1)[-1].lower()
    return name.startswith((".", "~$")) or name in ("thumbs.db", "desktop.ini") or path.startswith("__MACOSX/")


def listing(path: str) -> list[Entry]:
    """The names and sizes inside a zip, in its own order."""
    with _opened(path) as archive:
        infos = archive.infolist()[:MAX_ENTRIES]
        return [Entry(readable_name(info), info.file_size, info.is_dir()) for info in infos]


def readable_name(info: zipfile.ZipInfo) -> str:
    """Names written by Chinese Windows are GBK without the UTF-8 flag."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _opened(path: str) -> zipfile.ZipFile:
    with open(path, "rb") as handle:
        if handle.read(2) != b"PK":
            raise UnsuitableFileError(_BROKEN)
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnsuitableFileError(_BROKEN) from error


def _guard_name(info: zipfile.ZipInfo) -> None:
    name = readable_name(info).replace("\\", "/")
    if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
        raise UnsuitableFileError("压缩包里有不安全的路径，没有接收。请重新压缩后再上传。")
    if len(name) > LONGEST_NAME:
        raise UnsuitableFileError("压缩包里有名字太长的文件，没有接收。请改短后重新压缩再上传。")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnsuitableFileError("压缩包里有指向别处的链接，没有接收。请换成文件本身，重新压缩后再上传。")


def _measure(archive: zipfile.ZipFile, max_entries: int, *, refuse_entities: bool) -> None:
    measured = Measured(archive, max_entries, MAX_UNPACKED)
    for info in measured.infos:
        part = 0
        for chunk in measured.chunks(info):
            part += len(chunk)
            if refuse_entities:
                _guard_xml(info.filename, chunk, part)


def _guard_overlaps(archive: zipfile.ZipFile) -> None:
    """Refuse entries that share their packed bytes: so a small file becomes a large one without a high ratio."""
    ends_at = -1
    for info in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if info.header_offset < ends_at:
            raise UnsuitableFileError(_BOMB)
        ends_at = info.header_offset + _LOCAL_HEADER + info.compress_size
    if ends_at > archive.start_dir:
        raise UnsuitableFileError(_BROKEN)


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(info) as part:
            while chunk := part.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise DamagedError(_BROKEN) from error
    except Exception as error:
        if type(error).__module__ in {"zlib", "lzma"}:
            raise DamagedError(_BROKEN) from error
        raise


def _guard_xml(name: str, chunk: bytes, part_size: int) -> None:
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return
    if part_size > MAX_XML_PART:
        raise UnsuitableFileError(_BOMB)
    plain = chunk.replace(b"\x00", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise UnsuitableFileError("文件里有不安全的内容（XML 实体），没有接收。")
