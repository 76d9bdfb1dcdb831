"""Unpack a ZIP of an import into plain numbered files. Runs in the child: the worker never opens a stranger's ZIP itself.

A folder of a school year has a gigabyte, so a child unpacks a part and says where the next one goes on: neither memory nor
the work folder ever holds more than that. Besides the child's own limits (processor time, memory, length of a file): 3,000
entries, the bytes that the `Wish` allows and 100 times the packed size, counted while unpacking over all parts; names that
climb out, links, passwords and entries that share bytes are refused.
"""

from __future__ import annotations

import errno
import json
import os
import zipfile
from dataclasses import asdict, dataclass
from typing import Any

from yanxiu.resources.extraction.archives import (
    MAX_BUNDLED,
    DamagedError,
    Measured,
    is_leftover,
    measured_archive,
    readable_name,
)
from yanxiu.resources.extraction.formats import (
    MB,
    UnsuitableFileError,
    check_size,
    clean_name,
    format_of,
)

WISH = "wish.json"
"""What the child finds in its folder: which part of the ZIP is wanted."""
ENOUGH_BYTES = 64 * MB
"""After so much a part ends, or after so many files as the `Wish` says."""
OVER = -1
"""The `next` part after the last one."""
PROGRESS = ("next", "packed", "of", "unpacked")
MAX_SHEETS = 5
MAX_SHEET_BYTES = 5 * MB
_DISK_FULL = "服务器磁盘空间不足，请联系管理员"


@dataclass(frozen=True)
class Wish:
    """Which part: from the entry `at` on, of `files` files; `unpacked` bytes came out of earlier ones, `most` may come out
    of all.

    With `sheets` only the workbooks that may be the sheet: the nearest to the top, of 5 MB at most.
    """

    at: int = 0
    unpacked: int = 0
    most: int = 0
    files: int = 0
    sheets: bool = False

    def as_file(self) -> dict[str, bytes]:
        """What to put beside the ZIP for the child."""
        return {WISH: json.dumps(asdict(self)).encode()}


def survey_archive(path: str, _out: str) -> dict[str, Any]:
    """Refuse at once what no part of which would be unpacked, by the table of contents alone."""
    with measured_archive(path, MAX_BUNDLED):
        return {}


def unpack_archive(path: str, out: str) -> dict[str, Any]:
    """Write entries of acceptable kinds as `0.docx`, `1.pdf`, … into `out`; `files` are pairs of that and their own names.

    `refused` are pairs of a name and why it is left out. `next` is where the next part begins, OVER after the last one;
    `packed` of `of` bytes of the ZIP are done, `unpacked` bytes have come out so far.
    """
    with open(os.path.join(out, WISH), encoding="utf-8") as handle:
        wish = Wish(**json.load(handle))
    with measured_archive(path, MAX_BUNDLED, wish.most, wish.unpacked) as archive:
        return _sheets(archive, out) if wish.sheets else _part(archive, out, wish)


def _sheets(archive: Measured, out: str) -> dict[str, Any]:
    books = [
        (name.count("/"), name, info)
        for info in archive.infos
        if (name := _name(info)).lower().endswith(".xlsx")
        and not is_leftover(name)
        and info.file_size <= MAX_SHEET_BYTES
    ]
    nearest = sorted(books, key=lambda each: each[:2])[:MAX_SHEETS]
    files = []
    for number, (_depth, name, info) in enumerate(nearest):
        try:
            _write(archive, info, os.path.join(out, f"{number}.xlsx"))
        except DamagedError:
            continue
        files.append((f"{number}.xlsx", name))
    return {"files": files}


def _part(archive: Measured, out: str, wish: Wish) -> dict[str, Any]:
    files: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    at, before, infos = wish.at, archive.unpacked, archive.infos
    while at < len(infos) and len(files) < wish.files and archive.unpacked - before < ENOUGH_BYTES:
        info, name = infos[at], _name(infos[at])
        at += 1
        if info.is_dir() or is_leftover(name):
            continue
        try:
            fmt = format_of(clean_name(name))
            check_size(fmt, info.file_size)
        except UnsuitableFileError as error:
            refused.append((name, error.message))
            continue
        plain = f"{len(files)}{fmt.extension}"
        try:
            _write(archive, info, os.path.join(out, plain))
        except DamagedError as error:
            refused.append((name, error.message))
            continue
        files.append((plain, name))
    return {
        "files": files,
        "refused": refused,
        "next": at if at < len(infos) else OVER,
        "packed": sum(info.compress_size for info in infos[:at]),
        "of": archive.packed,
        "unpacked": archive.unpacked,
    }


def _write(archive: Measured, info: zipfile.ZipInfo, target: str) -> None:
    """Write an entry; the reader gives no more bytes of one than its header says."""
    try:
        with open(target, "wb") as written:
            for chunk in archive.chunks(info):
                written.write(chunk)
    except OSError as error:
        raise UnsuitableFileError(_DISK_FULL if error.errno == errno.ENOSPC else "") from error


def _name(info: zipfile.ZipInfo) -> str:
    return readable_name(info).replace("\\", "/")
