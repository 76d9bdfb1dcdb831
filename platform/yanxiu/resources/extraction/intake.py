"""From the bytes a browser sent to a checked file in the store. No transaction is open meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import ReceivedFile, receive_file
from yanxiu.resources.extraction.formats import (
    HEAD_BYTES,
    MB,
    Format,
    UnsuitableFileError,
    clean_name,
    confirm_magic,
    format_of,
)
from yanxiu.resources.extraction.sandbox import examined

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed all three locks and lies in the store without a row."""

    received: ReceivedFile
    extension: str
    pages: int | None = None
    duration_ms: int | None = None
    head: tuple[str, ...] = ()
    """The first lines of its text, as far as it has one."""


def take_in(stream: BinaryIO, raw_name: str) -> CheckedFile:
    """Check a file by name, first bytes and parser, then store it; pictures are stored re-encoded.

    Raises UnsuitableFileError with words for the teacher.
    """
    name = clean_name(raw_name)
    fmt = format_of(name)
    with scratch_folder() as folder:
        path = folder / f"upload{fmt.extension}"
        _copy(stream, path, fmt)
        with path.open("rb") as head:
            confirm_magic(fmt, head.read(HEAD_BYTES))
        with examined("check", fmt.extension, path) as (result, out):
            return _stored(fmt, name, path, result, out)


def _copy(stream: BinaryIO, path: Path, fmt: Format) -> None:
    size = 0
    with path.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            check_size(fmt, size)
            target.write(chunk)
    check_size(fmt, size)


def check_size(fmt: Format, size: int) -> None:
    """Refuse a file of `size` bytes that is empty or larger than its format may be."""
    if size == 0:
        raise UnsuitableFileError("这是一个空文件，请确认后再上传。")
    if size > fmt.max_bytes:
        raise UnsuitableFileError(_too_large(fmt))


def _too_large(fmt: Format) -> str:
    limit = fmt.max_bytes // MB
    if fmt.family == "video":
        return f"视频超过 {limit} MB。课堂实录请到“观课”里上传，那里可以断点续传。"
    return f"{fmt.label}超过 {limit} MB，请压缩里面的图片或分成几个文件再上传。"


def _stored(fmt: Format, name: str, path: Path, result: dict[str, Any], out: Path) -> CheckedFile:
    mime, extension = fmt.mime, fmt.extension
    if "replacement" in result:
        path, mime = out / Path(result["replacement"]).name, str(result["mime"])
        extension = path.suffix
        name = f"{name.rsplit('.', 1)[0]}{extension}"
    with path.open("rb") as source:
        received = receive_file(source, name, mime)
    head = tuple(str(line) for line in result.get("head", ()))
    return CheckedFile(received, extension, result.get("pages"), result.get("duration_ms"), head)
