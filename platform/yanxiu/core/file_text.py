"""Text inside files. Files of strangers are read in a confined child process, which one feature has and others only ask."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO

from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import storage

FileReader = Callable[[str | os.PathLike[str], str], str]
"""Takes the path of a file and its extension (".docx"); gives its text, an empty one where there is none.

Raises SlowFileError.
"""
WITH_TEXT = frozenset({".docx", ".pptx", ".pdf", ".txt"})
"""Extensions of files that hold sentences; of others nothing is to be compared."""
_CHUNK = 1024 * 1024

_readers: list[FileReader] = []


class SlowFileError(Exception):
    """Not read within the time that a file has: it may be too heavy, or the machine was busy."""


def register_file_reader(reader: FileReader) -> None:
    """Make known who reads files; called once by `wiring`."""
    _readers[:] = [reader]


def text_in_file(key: str, extension: str) -> str:
    """Read the text of a stored file; takes seconds, so never within a transaction. One that is gone has none."""
    try:
        with storage().local_copy(key) as path:
            return _readers[0](path, extension) if _readers else ""
    except FileNotFoundError:
        return ""


def text_in_stream(stream: IO[bytes], extension: str, max_bytes: int) -> str | None:
    """Read the text of a file that is being shown to us and not kept; None where it is larger than that."""
    with scratch_folder() as folder:
        path = folder / f"shown{extension}"
        with path.open("wb") as target:
            while chunk := stream.read(_CHUNK):
                if target.tell() + len(chunk) > max_bytes:
                    return None
                target.write(chunk)
        return _readers[0](path, extension) if _readers else ""


def extension_of(name: str) -> str:
    """Return ".docx" of a file's name."""
    return os.path.splitext(name)[1].lower()
