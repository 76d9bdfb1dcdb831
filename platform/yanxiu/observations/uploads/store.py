"""Unfinished uploads on disk: one data file and one small JSON file each.

The rules come from measurements (observation.md 3a): the offset is the real size of the data file, never a stored
number; bytes are appended and synced before the answer; one writer at a time by `flock`, never waited for; what
arrived before a link broke stays.
"""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any, Protocol

from yanxiu.observations.uploads.protocol import Checksum, ProtocolError

BLOCK = 64 * 1024
GIB = 1024**3
_ID = re.compile(r"[0-9a-f]{32}")


class Source(Protocol):
    """Anything bytes can be read from in portions."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """What is known about one unfinished upload besides its bytes; times are Unix seconds."""

    id: str
    owner_id: int
    lesson_id: int
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


class UploadStore:
    """The folder of unfinished uploads."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        root.mkdir(parents=True, exist_ok=True)

    def create(self, owner_id: int, lesson_id: int, length: int | None, metadata: dict[str, str], now: float) -> Upload:
        """Open an empty upload; 413 beyond the size limit or the person's quota, 507 when the disk is nearly full."""
        self._check_room(owner_id, length)
        upload = Upload(
            secrets.token_hex(16), owner_id, lesson_id, length, metadata, now, now + self.limits.ttl, finished=False
        )
        self._write(upload)
        with open(self.data_path(upload.id), "xb"):
            pass
        return upload

    def find(self, upload_id: str, owner_id: int, now: float) -> Upload:
        """Return the caller's upload; 404 for anybody else's, 410 when its time has passed."""
        upload = self.load(upload_id)
        if upload is None or upload.owner_id != owner_id:
            raise ProtocolError(404, "没有这个上传任务")
        if upload.expires_at <= now:
            raise ProtocolError(410, "这个上传任务已过期，请重新选择文件")
        return upload

    def load(self, upload_id: str) -> Upload | None:
        """Return an upload by id whoever owns it, None when there is none."""
        if not _ID.fullmatch(upload_id):
            return None
        try:
            return Upload(**json.loads(self._info_path(upload_id).read_text("utf-8")))
        except FileNotFoundError:
            return None

    def offset(self, upload: Upload) -> int:
        """Return how many bytes have arrived: the size of the file, also while somebody writes."""
        try:
            return self.data_path(upload.id).stat().st_size
        except FileNotFoundError:
            return upload.length or 0

    def declare_length(self, upload: Upload, length: int) -> Upload:
        """Set the length that was deferred; it can be told once."""
        if upload.length is not None and upload.length != length:
            raise ProtocolError(400, "Upload-Length 已经确定")
        if length > self.limits.max_bytes:
            raise ProtocolError(413, too_large(self.limits.max_bytes))
        if length < self.offset(upload):
            raise ProtocolError(400, "Upload-Length 小于已收到的字节数")
        declared = replace(upload, length=length)
        self._write(declared)
        return declared

    def append(self, upload: Upload, offset: int, source: Source, checksum: Checksum | None = None) -> int:
        """Append the rest of `source` at `offset`, return the new offset.

        409 on another offset, 413 on a body beyond the length (nothing of it is kept), 423 while another request
        writes, 460 on a wrong checksum (nothing of it is kept). When the link breaks the part that came stays and the
        error of the source is raised.
        """
        with self._locked(upload) as data:
            if data.seek(0, os.SEEK_END) != offset:
                raise ProtocolError(409, "偏移量与已收到的字节数不一致")
            limit = self.limits.max_bytes if upload.length is None else upload.length
            try:
                return _copy(source, data, offset, limit, checksum)
            finally:
                data.flush()
                os.fsync(data.fileno())

    def is_complete(self, upload: Upload) -> bool:
        return upload.length is not None and self.offset(upload) >= upload.length

    def finish(self, upload: Upload) -> None:
        """Remember that the bytes were handed over; the file itself may have moved away."""
        self._write(replace(upload, finished=True))

    def delete(self, upload: Upload) -> None:
        """Remove an upload; 423 while a request writes to it."""
        with self._locked(upload):
            self._remove(upload.id)

    def forget(self, upload_id: str) -> None:
        """Remove the leftovers of an upload that was handed over."""
        if _ID.fullmatch(upload_id):
            self._remove(upload_id)

    def all(self) -> Iterator[Upload]:
        """Yield every upload of the folder, oldest first."""
        found = (self.load(path.stem) for path in self.root.glob("*.json"))
        yield from sorted((upload for upload in found if upload is not None), key=lambda upload: upload.created_at)

    def unfinished(self, owner_id: int, now: float) -> list[Upload]:
        """Return the uploads the person may still continue, oldest first."""
        return [
            upload
            for upload in self.all()
            if upload.owner_id == owner_id and not upload.finished and upload.expires_at > now
        ]

    def sweep(self, now: float) -> int:
        """Remove what has expired and is not being written to; return how many."""
        removed = 0
        for upload in list(self.all()):
            if upload.expires_at > now:
                continue
            try:
                self.delete(upload)
                removed += 1
            except ProtocolError:
                continue
        return removed

    def data_path(self, upload_id: str) -> Path:
        return self.root / f"{upload_id}.part"

    def _info_path(self, upload_id: str) -> Path:
        return self.root / f"{upload_id}.json"

    def _check_room(self, owner_id: int, length: int | None) -> None:
        wanted = length or 0
        if wanted > self.limits.max_bytes:
            raise ProtocolError(413, too_large(self.limits.max_bytes))
        mine = [upload for upload in self.all() if upload.owner_id == owner_id and not upload.finished]
        if sum(upload.length or self.offset(upload) for upload in mine) + wanted > self.limits.quota_bytes:
            raise ProtocolError(413, "您还有没传完的实录占着空间，请先传完或取消它们")
        usage = shutil.disk_usage(self.root)
        reserve = min(self.limits.reserve_bytes, int(usage.total * self.limits.reserve_share))
        if usage.free - wanted < reserve:
            raise ProtocolError(507, "服务器磁盘空间不足，请联系管理员")

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
    def _locked(self, upload: Upload) -> Iterator[IO[bytes]]:
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


def too_large(limit: int) -> str:
    return f"文件超过 {limit / GIB:.0f} GB 的上限，请先压缩或分段"


def _copy(source: Source, data: IO[bytes], offset: int, limit: int, checksum: Checksum | None) -> int:
    start, digest, intact = offset, checksum.new() if checksum else None, checksum is None
    try:
        while block := source.read(BLOCK):
            if offset + len(block) > limit:
                intact = False
                raise ProtocolError(413, "收到的内容比声明的长度多")
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
            raise ProtocolError(507, "服务器磁盘空间不足，请联系管理员") from error
        raise


def describe(upload: Upload, offset: int) -> dict[str, Any]:
    """Return what the page shows of an unfinished upload."""
    return {
        "id": upload.id,
        "lesson_id": upload.lesson_id,
        "name": upload.metadata.get("filename", ""),
        "size": upload.length,
        "offset": offset,
    }
