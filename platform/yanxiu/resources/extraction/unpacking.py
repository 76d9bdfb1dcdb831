"""Unpack a ZIP of an import into plain numbered files. Runs in the child: the worker never opens a stranger's ZIP itself.

Besides the child's own limits (processor time, memory, length of a file): 1,000 entries, 300 MB together and 100 times
the packed size, counted while unpacking; names that climb out, links and entries that share bytes are refused.
"""

from __future__ import annotations

import errno
import os
from typing import Any

from yanxiu.resources.extraction.archives import archive_entries, is_leftover
from yanxiu.resources.extraction.formats import FORMATS, UnsuitableFileError

_DISK_FULL = "服务器磁盘空间不足，请联系管理员"


def unpack_archive(path: str, out: str) -> dict[str, Any]:
    """Write each entry of an acceptable kind as `0.docx`, `1.pdf`, … into `out`; `files` are pairs of that and its own name.

    What is longer than its kind may be is left out: it would be refused with the same effect.
    """
    files: list[tuple[str, str]] = []
    with archive_entries(path) as entries:
        for name, chunks in entries:
            fmt = FORMATS.get(os.path.splitext(name)[1].lower())
            wanted = fmt is not None and not is_leftover(name)
            plain = f"{len(files)}{fmt.extension}" if fmt is not None else ""
            target = os.path.join(out, plain) if wanted else os.devnull
            size = 0
            try:
                with open(target, "wb") as written:
                    for chunk in chunks:
                        size += len(chunk)
                        if fmt is not None and size <= fmt.max_bytes:
                            written.write(chunk)
            except OSError as error:
                raise UnsuitableFileError(_DISK_FULL if error.errno == errno.ENOSPC else "") from error
            if fmt is not None and wanted and size <= fmt.max_bytes:
                files.append((plain, name))
    return {"files": files}
