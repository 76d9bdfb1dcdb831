"""From the bytes a browser sent to a checked file in the store. No transaction is open meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import ReceivedFile, receive_file, receive_local_file
from yanxiu.resources.extraction.formats import (
    HEAD_BYTES,
    Format,
    check_size,
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


def take_in_file(path: Path, raw_name: str) -> CheckedFile:
    """The same for a finished file of this machine that nobody writes to any more: its bytes are not copied, the store
    gets another name of them, and `path` is left to whoever owns it.
    """
    name = clean_name(raw_name)
    fmt = format_of(name)
    with _own(path, fmt) as own:
        check_size(fmt, own.stat().st_size)
        with examined("check", fmt.extension, own) as (result, out):
            return _stored(fmt, name, own, result, out, moves=True)


def take_in_bundle(path: Path, raw_name: str) -> CheckedFile:
    """Store the ZIP of an import, whose size its door has limited: only its table of contents is looked at, for to unpack
    it takes a while. Bytes and `path` as with `take_in_file`.
    """
    name = clean_name(raw_name)
    fmt = format_of(name)
    with _own(path, fmt) as own:
        with examined("survey", fmt.extension, own):
            pass
        return CheckedFile(_moved(own, name, fmt.mime), fmt.extension)


@contextmanager
def _own(path: Path, fmt: Format) -> Iterator[Path]:
    """Give another name of a file whose first bytes are those of its format; across disks a copy."""
    with scratch_folder() as folder:
        own = folder / f"upload{fmt.extension}"
        try:
            os.link(path, own)
        except OSError:
            shutil.copyfile(path, own)
        with own.open("rb") as head:
            confirm_magic(fmt, head.read(HEAD_BYTES))
        yield own


def _moved(path: Path, name: str, mime: str) -> ReceivedFile:
    """Move a file into the store once its bytes are on the disk, so that a power cut leaves all of it or nothing."""
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return receive_local_file(path, name, mime)


def _copy(stream: BinaryIO, path: Path, fmt: Format) -> None:
    size = 0
    with path.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            check_size(fmt, size)
            target.write(chunk)
    check_size(fmt, size)


def _stored(
    fmt: Format, name: str, path: Path, result: dict[str, Any], out: Path, *, moves: bool = False
) -> CheckedFile:
    mime, extension = fmt.mime, fmt.extension
    if "replacement" in result:
        path, mime = out / Path(result["replacement"]).name, str(result["mime"])
        extension = path.suffix
        name = f"{name.rsplit('.', 1)[0]}{extension}"
    if moves:
        received = _moved(path, name, mime)
    else:
        with path.open("rb") as source:
            received = receive_file(source, name, mime)
    head = tuple(str(line) for line in result.get("head", ()))
    return CheckedFile(received, extension, result.get("pages"), result.get("duration_ms"), head)
