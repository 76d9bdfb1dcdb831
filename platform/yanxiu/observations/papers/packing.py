"""Writing an archive pack: a ZIP with a list of what is in it and the SHA-256 of each file, and checking one.

A file goes through in blocks, so that memory does not grow with a recording. `SHA256SUMS` is what `sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from yanxiu.core.archives.names import Names
from yanxiu.core.clock import LOCAL_ZONE

BLOCK = 256 * 1024
LIST, SUMS = "清单.txt", "SHA256SUMS"


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
    target: Path, head: Sequence[str], sheets: Iterable[Sheet], made_at: datetime, alive: Callable[[], None]
) -> int:
    """Write the pack; `head` are the first lines of its list. Return how many files it holds besides list and sums."""
    names, sums, sizes = Names(), dict[str, str](), dict[str, int]()
    with zipfile.ZipFile(target, "w") as pack:
        for one in sheets:
            path = names.path(one.folder, one.name) if one.folder else names.path(one.name)
            with one.opens() as source:
                sums[path], sizes[path] = _put(pack, path, source, made_at, one.is_film)
            alive()
        lines = [*head, "", *(f"{path}\t{sizes[path]} 字节\tSHA-256 {sums[path]}" for path in sums), ""]
        sums[LIST], _size = _put(pack, LIST, io.BytesIO("\r\n".join(lines).encode("utf-8-sig")), made_at, False)
        body = "".join(f"{digest}  {path}\n" for path, digest in sums.items())
        _put(pack, SUMS, io.BytesIO(body.encode()), made_at, False)
    return len(sizes)


def _put(pack: zipfile.ZipFile, path: str, source: BinaryIO, made_at: datetime, is_film: bool) -> tuple[str, int]:
    about = zipfile.ZipInfo(path, made_at.astimezone(LOCAL_ZONE).timetuple()[:6])
    about.compress_type = zipfile.ZIP_STORED if is_film else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with pack.open(about, "w", force_zip64=True) as out:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
    return digest.hexdigest(), size


def is_unchanged(source: BinaryIO, sha256: str) -> bool:
    """Tell whether the pack is to the byte what was stored, and each file in it what its list of sums says."""
    if _digest(source) != sha256:
        return False
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as pack:
            lines = (line.split("  ", 1) for line in pack.read(SUMS).decode().splitlines())
            said = {path: digest_of for digest_of, path in lines}
            here = {name for name in pack.namelist() if name != SUMS}
            return here == set(said) and all(_digest_in(pack, name) == said[name] for name in here)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return False


def _digest_in(pack: zipfile.ZipFile, name: str) -> str:
    with pack.open(name) as file:
        return _digest(file)


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := source.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()
