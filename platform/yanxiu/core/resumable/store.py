"""Unfinished uploads on disk: one data file and one small JSON file each.

The rules come from measurements (observation.md 3a): the offset is the real size of the data file, never a stored
number; bytes are appended and synced before the answer; one writer at a time by `flock`, never waited for; what
arrived before a link broke stays.
"""

import errno
import fcntl
import json
import math
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from yanxiu.core.resumable.protocol import Checksum, ProtocolError

BLOCK = 64 * 1024
GIB = 1024**3
FOLDER = "uploads"
ASK_AGAIN = 64 * 1024**2
"""After so many bytes of one request it is asked again whether there is room."""
LEFTOVER_S = 86400.0
REMEMBERED_S = 3600.0
QUOTA_FULL = "您还有没传完的文件占着空间，请先传完或取消它们"
DISK_FULL = "服务器磁盘空间不足，请联系管理员"
_ID = re.compile(r"[0-9a-f]{32}")


class Source(Protocol):
    """Anything bytes can be read from in portions."""

    def read(self, size: int, /) -> bytes: ...


class Settings(Protocol):
    """What of the configuration matters here."""

    @property
    def instance_path(self) -> Path: ...
    @property
    def upload_max_gb(self) -> int: ...
    @property
    def upload_quota_gb(self) -> int: ...


@dataclass(frozen=True)
class Upload:
    """What is known about one unfinished upload besides its bytes; times are Unix seconds.

    `purpose` says which feature it is for, `subject_id` to what of that feature it belongs (a lesson; 0 for nothing).
    """

    id: str
    owner_id: int
    purpose: str
    subject_id: int
    length: int | None
    metadata: dict[str, str]
    created_at: float
    expires_at: float
    finished: bool = False


@dataclass(frozen=True)
class Limits:
    """How much one upload, one person and the disk may hold, in bytes; `ttl` in seconds."""

    max_bytes: int
    quota_bytes: int
    ttl: float = 7 * 86400
    reserve_bytes: int = 2 * GIB
    reserve_share: float = 0.05


@dataclass(frozen=True)
class Ceiling:
    """Up to which byte an upload may grow, and what is said to whoever sends more."""

    limit: int
    beyond: ProtocolError


_parsed: dict[Path, dict[str, tuple[tuple[int, int, int], Upload]]] = {}
"""Folder → what its files said when they were last looked at, by id, and which files those were. Always a whole new dict."""


class UploadStore:
    """The unfinished uploads of one feature.

    All features keep theirs in one folder, because quota and disk are shared; each finds only its own.
    """

    def __init__(self, root: Path, limits: Limits, purpose: str) -> None:
        self.root = root
        self.limits = limits
        self.purpose = purpose
        root.mkdir(parents=True, exist_ok=True)

    def create(
        self, owner_id: int, subject_id: int, length: int | None, metadata: dict[str, str], now: float
    ) -> Upload:
        """Open an empty upload; 413 beyond the size limit or the person's quota, 507 when the disk is nearly full."""
        name, until = secrets.token_hex(16), now + self.limits.ttl
        upload = Upload(name, owner_id, self.purpose, subject_id, length, metadata, now, until)
        if length is not None and length > self.limits.max_bytes:
            raise ProtocolError(413, too_large(self.limits.max_bytes))
        with self._one_at_a_time():
            self._ceiling(upload, 0, now)
            with open(self.data_path(upload.id), "xb"):
                pass  # before the other file: an upload that is known and has no bytes was taken away
            self._write(upload)
        return upload

    def find(self, upload_id: str, owner_id: int, now: float) -> Upload:
        """Return the caller's upload; 404 for anybody else's, 410 when its time has passed or its bytes are gone."""
        upload = self.load(upload_id)
        if upload is None or upload.owner_id != owner_id:
            raise ProtocolError(404, "没有这个上传任务")
        if upload.expires_at <= now or not self._is_there(upload):
            raise ProtocolError(410, "这个上传任务已过期，请重新选择文件")
        return upload

    def load(self, upload_id: str) -> Upload | None:
        """Return an upload of this feature by id whoever owns it, None when there is none."""
        upload = self._read(upload_id) if _ID.fullmatch(upload_id) else None
        return upload if upload is not None and upload.purpose == self.purpose else None

    def offset(self, upload: Upload) -> int:
        """Return how many bytes have arrived: the size of the file, also while somebody writes.

        The file of a finished upload has moved on, all of it; a file lost before that is no bytes.
        """
        try:
            return self.data_path(upload.id).stat().st_size
        except FileNotFoundError:
            return (upload.length or 0) if upload.finished else 0

    def declare_length(self, upload: Upload, length: int) -> Upload:
        """Set the length that was deferred; it can be told once. 413 and 507 as for a new upload."""
        if upload.length == length:
            return upload
        if upload.length is not None:
            raise ProtocolError(400, "Upload-Length 已经确定")
        if length > self.limits.max_bytes:
            raise ProtocolError(413, too_large(self.limits.max_bytes))
        offset = self.offset(upload)
        if length < offset:
            raise ProtocolError(400, "Upload-Length 小于已收到的字节数")
        declared = replace(upload, length=length)
        with self._one_at_a_time():
            self._ceiling(declared, offset, time.time())
            self._write(declared)
        return declared

    def append(self, upload: Upload, offset: int, source: Source, checksum: Checksum | None = None) -> int:
        """Append the rest of `source` at `offset`, return the new offset.

        409 on another offset, 413 on a body beyond the length or the quota (nothing of it is kept), 423 while another
        request writes, 460 on a wrong checksum (nothing of it is kept), 507 when the disk is nearly full. When the
        link breaks the part that came stays and the error of the source is raised.
        """
        with self._locked(upload) as data:
            if data.seek(0, os.SEEK_END) != offset:
                raise ProtocolError(409, "偏移量与已收到的字节数不一致")

            def ceiling(arrived: int) -> Ceiling:
                return self._ceiling(upload, arrived, time.time())

            try:
                return _copy(source, data, offset, ceiling, checksum)
            finally:
                data.flush()
                os.fsync(data.fileno())

    @contextmanager
    def reading(self, upload: Upload) -> Iterator[BinaryIO]:
        """Give the bytes of an upload from the first one; 423 while somebody writes or reads them, 410 when gone."""
        with self._locked(upload) as data:
            yield data

    def is_complete(self, upload: Upload) -> bool:
        return upload.length is not None and self._is_there(upload) and self.offset(upload) >= upload.length

    def finish(self, upload: Upload) -> None:
        """Remember that the bytes were handed over; the file itself may have moved away."""
        self._write(replace(upload, finished=True))

    def drop_bytes(self, upload: Upload, now: float) -> None:
        """Finish an upload whose bytes were copied; it is remembered as long as a lost answer may be asked for again."""
        self._write(replace(upload, finished=True, expires_at=now + REMEMBERED_S))
        self.data_path(upload.id).unlink(missing_ok=True)

    def delete(self, upload: Upload) -> None:
        """Remove an upload; 423 while a request writes to it."""
        if not self.data_path(upload.id).exists():
            self._remove(upload.id)
            return
        with self._locked(upload):
            self._remove(upload.id)

    def forget(self, upload_id: str) -> None:
        """Remove the leftovers of an upload that was handed over."""
        if _ID.fullmatch(upload_id):
            self._remove(upload_id)

    def all(self) -> Iterator[Upload]:
        """Yield every upload of this feature, oldest first."""
        mine = (upload for upload in self._everything() if upload.purpose == self.purpose)
        yield from sorted(mine, key=lambda upload: upload.created_at)

    def unfinished(self, owner_id: int, now: float) -> list[Upload]:
        """Return the uploads the person may still continue, oldest first."""
        return [
            upload
            for upload in self.all()
            if upload.owner_id == owner_id and self._is_open(upload, now) and self._is_there(upload)
        ]

    def sweep(self, now: float) -> int:
        """Remove what has expired and is not being written to, and what a killed process began; return how many."""
        removed = 0
        for upload in list(self.all()):
            if upload.expires_at > now:
                continue
            try:
                self.delete(upload)
                removed += 1
            except ProtocolError:
                continue
        for path in self._leftovers(now - LEFTOVER_S):
            path.unlink(missing_ok=True)
            removed += 1
        return removed

    def data_path(self, upload_id: str) -> Path:
        return self.root / f"{upload_id}.part"

    def _info_path(self, upload_id: str) -> Path:
        return self.root / f"{upload_id}.json"

    def _everything(self) -> Iterator[Upload]:
        """Yield the uploads of all features. A file is read again only when it was written again: others wait meanwhile."""
        before, there = _parsed.get(self.root, {}), {}
        for path in self.root.glob("*.json"):
            written = _version_of(path)
            known = before.get(path.stem)
            if known is None or known[0] != written:
                upload = self._read(path.stem)
                known = (written, upload) if upload is not None else None
            if known is not None:
                there[path.stem] = known
        _parsed[self.root] = there
        yield from (upload for _written, upload in there.values())

    def _read(self, upload_id: str) -> Upload | None:
        try:
            facts = json.loads(self._info_path(upload_id).read_text("utf-8"))
        except FileNotFoundError:
            return None
        if "lesson_id" in facts:  # begun before an update of the server, when only recordings came this way
            facts |= {"purpose": "recording", "subject_id": facts.pop("lesson_id")}
        return Upload(**facts)

    def _is_open(self, upload: Upload, now: float) -> bool:
        return not upload.finished and upload.expires_at > now

    def _is_there(self, upload: Upload) -> bool:
        return upload.finished or self.data_path(upload.id).exists()

    def _leftovers(self, before: float) -> list[Path]:
        """Files of no upload: bytes whose other file was never written, and that file half written."""
        lone = [path for path in self.root.glob("*.part") if not self._info_path(path.stem).exists()]
        return [path for path in (*lone, *self.root.glob("*.new")) if _written_at(path) < before]

    def _ceiling(self, upload: Upload, offset: int, now: float) -> Ceiling:
        """Return how far the upload may grow; 413 beyond the person's quota, 507 when the disk cannot take its rest."""
        rooms = self._rooms(upload, offset, now)
        for room in rooms:
            if (offset if upload.length is None else upload.length) > room.limit:
                raise room.beyond
        if upload.length is not None:
            return Ceiling(upload.length, ProtocolError(413, "收到的内容比声明的长度多"))
        by_size = Ceiling(self.limits.max_bytes, ProtocolError(413, too_large(self.limits.max_bytes)))
        return min(by_size, *rooms, key=lambda room: room.limit)

    def _rooms(self, upload: Upload, offset: int, now: float) -> tuple[Ceiling, Ceiling]:
        """What the person's quota and what the disk allows.

        An open upload counts with its whole length, or with what has come of it while nobody told the length. The
        disk belongs to whoever began first: what is still to come of older uploads is not there for younger ones.
        """
        mine = promised = 0
        for other in self._everything():
            if other.id == upload.id or not self._is_open(other, now):
                continue
            arrived = self.offset(other)
            size = arrived if other.length is None else other.length
            if other.owner_id == upload.owner_id:
                mine += size
            if other.created_at <= upload.created_at:
                promised += max(0, size - arrived)
        return (
            Ceiling(self.limits.quota_bytes - mine, ProtocolError(413, QUOTA_FULL)),
            Ceiling(offset + self._spare() - promised, ProtocolError(507, DISK_FULL)),
        )

    def _spare(self) -> int:
        """Bytes the disk can take before the reserve begins; negative within it."""
        usage = shutil.disk_usage(self.root)
        return usage.free - min(self.limits.reserve_bytes, int(usage.total * self.limits.reserve_share))

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Between asking for room and writing down that it is taken nobody else asks."""
        with open(self.root / "lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, upload: Upload) -> None:
        path = self._info_path(upload.id)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}.new")
        with open(fresh, "w", encoding="utf-8") as info:
            json.dump(asdict(upload), info, ensure_ascii=False)
            info.flush()
            os.fsync(info.fileno())
        os.replace(fresh, path)

    def _remove(self, upload_id: str) -> None:
        self.data_path(upload_id).unlink(missing_ok=True)
        self._info_path(upload_id).unlink(missing_ok=True)

    @contextmanager
    def _locked(self, upload: Upload) -> Iterator[BinaryIO]:
        try:
            data = open(self.data_path(upload.id), "r+b")  # noqa: SIM115 - closed below; opening may itself fail
        except FileNotFoundError as error:
            raise ProtocolError(410, "这个上传任务已经结束") from error
        with data:
            try:
                fcntl.flock(data, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ProtocolError(423, "上一段还在写入，请稍后再试") from error
            yield data


def store_of(config: Settings, purpose: str, max_bytes: int) -> UploadStore:
    """Return the unfinished uploads of one purpose in this installation, each of at most `max_bytes`."""
    limits = Limits(max_bytes=max_bytes, quota_bytes=config.upload_quota_gb * GIB)
    return UploadStore(uploads_folder(config.instance_path), limits, purpose)


def uploads_folder(instance: Path) -> Path:
    """Return where the unfinished uploads of an installation lie."""
    return instance / FOLDER


def too_large(limit: int) -> str:
    return f"文件超过 {limit / GIB:.0f} GB 的上限，请先压缩或分段"


def _version_of(path: Path) -> tuple[int, int, int]:
    """What differs once a file is replaced: its inode, its size, and when it was written. Zeros for one that has just gone."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _written_at(path: Path) -> float:
    """When a file was last written; one that has just gone needs no removing."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _copy(
    source: Source, data: IO[bytes], offset: int, ceiling: Callable[[int], Ceiling], checksum: Checksum | None
) -> int:
    start, digest, intact = offset, checksum.new() if checksum else None, checksum is None
    room, asked_at = ceiling(offset), offset
    try:
        while block := source.read(BLOCK):
            if offset - asked_at >= ASK_AGAIN:
                room, asked_at = ceiling(offset), offset
            if offset + len(block) > room.limit:
                intact = False
                raise room.beyond
            _write_block(data, block)
            offset += len(block)
            if digest is not None:
                digest.update(block)
        if checksum is not None and digest is not None:
            if digest.digest() != checksum.digest:
                raise ProtocolError(460, "校验不一致，这一段需要重传")
            intact = True
        return offset
    finally:
        if not intact:
            data.truncate(start)


def _write_block(data: IO[bytes], block: bytes) -> None:
    try:
        data.write(block)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ProtocolError(507, DISK_FULL) from error
        raise
