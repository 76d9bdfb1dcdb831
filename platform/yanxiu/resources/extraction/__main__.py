"""The child: `python -m yanxiu.resources.extraction <task> <extension> <file> <folder>`.

It limits itself before it imports any parser, does one task and leaves `result.json` in the folder.
Limits: 10 s CPU, 512 MB address space, 64 MB per written file, no core dumps; who unpacks a part of a ZIP may have a film
of a gigabyte in it, and gets 60 s and as much.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024
FILE_BYTES = 64 * 1024 * 1024
UNPACK_CPU_SECONDS, UNPACK_FILE_BYTES = 60, 1024 * 1024 * 1024


def main(arguments: list[str]) -> int:
    task, extension, path, out = arguments
    _limit_self(task)
    with open(os.path.join(out, "result.json"), "w", encoding="utf-8") as handle:
        json.dump(_outcome(task, extension, path, out), handle, ensure_ascii=False)
    return 0


def _limit_self(task: str) -> None:
    seconds, length = (UNPACK_CPU_SECONDS, UNPACK_FILE_BYTES) if task == "unpack" else (CPU_SECONDS, FILE_BYTES)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, length))


def _outcome(task: str, extension: str, path: str, out: str) -> dict[str, Any]:
    from yanxiu.resources.extraction.formats import UnsuitableFileError

    try:
        return {"ok": True, **_run(task, extension, path, out)}
    except UnsuitableFileError as error:
        return {"ok": False, "message": str(error)}
    except Exception as error:  # any fault of a parser on a stranger's file is a refusal, not a crash
        return {"ok": False, "message": "", "fault": type(error).__name__}


def _run(task: str, extension: str, path: str, out: str) -> dict[str, Any]:
    if task == "check":
        from yanxiu.resources.extraction.checking import check_file

        return check_file(path, extension, out)
    if task in ("unpack", "survey"):
        from yanxiu.resources.extraction.unpacking import survey_archive, unpack_archive

        return (unpack_archive if task == "unpack" else survey_archive)(path, out)
    if task == "text":
        from yanxiu.resources.extraction.reading import read_text

        return read_text(path, extension, out)
    if task == "blocks":
        from yanxiu.resources.extraction.word_blocks import read_blocks

        return read_blocks(path, out)
    if task == "bare":
        from yanxiu.resources.extraction.office_links import without_links

        return without_links(path, extension, out)
    if task in ("placeholders", "fill"):
        from yanxiu.resources.extraction.word_layouts import fill_layout, find_placeholders

        return find_placeholders(path) if task == "placeholders" else fill_layout(path, out)
    from yanxiu.resources.preview.building import build_preview

    return build_preview(path, extension, out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
