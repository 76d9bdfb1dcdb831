"""Parsers of strangers' files run in a child process that can neither eat the machine nor hang it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yanxiu.core.scratch import scratch_folder
from yanxiu.core.tether import tethered
from yanxiu.resources.extraction.formats import UnsuitableFileError

WALL_SECONDS = 25
UNPACK_WALL_SECONDS = 150
"""For a part of a ZIP, which may be one film of a gigabyte; nobody waits for it but the worker."""
MAX_RESULT_BYTES = 8 * 1024 * 1024
_SOURCE_ROOT = Path(__file__).resolve().parents[3]
_UNREADABLE = "文件打不开，可能已损坏。请用原来的软件打开确认后重新保存再上传。"
_BUSY = "现在读文件的人多，这个文件还没有轮到。请过一分钟再试。"
_TOO_HEAVY = "文件太复杂，在规定的时间和内存里读不完。请拆成几个小一点的文件再上传。"


class TookTooLongError(UnsuitableFileError):
    """The wall clock ended the child: perhaps the file is too heavy, perhaps the machine was busy."""


class NoTurnError(TookTooLongError):
    """Others had their files read all the while."""

    code = "busy"
    status = 503


# Two children at a time: a burst of uploads must not take the whole machine from those who only read.
_slots = threading.BoundedSemaphore(2)


@contextmanager
def examined(
    task: str, extension: str, path: str | os.PathLike[str], beside: Mapping[str, bytes] | None = None
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Run `check`, `survey`, `unpack`, `text`, `blocks`, `placeholders`, `fill`, `bare` or `preview` on a file; gives the result and the folder with
    what was written. `beside` are files that the child finds in the folder.

    The folder is gone when the block ends. Raises UnsuitableFileError when the file is refused, TookTooLongError (one
    of these) when the wall clock ended the child, NoTurnError (one of those) when none of the slots became free.
    """
    with scratch_folder() as folder:
        for name, data in (beside or {}).items():
            (folder / name).write_bytes(data)
        with _turn():
            code = _run_child(task, extension, os.fspath(path), os.fspath(folder))
        yield _result(folder, code), folder


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of the slots, as long as a child may run."""
    if not _slots.acquire(timeout=WALL_SECONDS):
        raise NoTurnError(_BUSY)
    try:
        yield
    finally:
        _slots.release()


def _run_child(task: str, extension: str, path: str, folder: str) -> int:
    command = [sys.executable, "-m", "yanxiu.resources.extraction", task, extension, path, folder]
    child = subprocess.Popen(
        tethered(command),
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return child.wait(UNPACK_WALL_SECONDS if task == "unpack" else WALL_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise TookTooLongError(_TOO_HEAVY) from None


def _environment(folder: str) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_SOURCE_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "TMPDIR": folder,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _result(folder: Path, code: int) -> dict[str, Any]:
    path = folder / "result.json"
    if code != 0 or not path.exists() or path.stat().st_size > MAX_RESULT_BYTES:
        raise UnsuitableFileError(_TOO_HEAVY)
    try:
        result: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UnsuitableFileError(_UNREADABLE) from error
    if result.get("ok"):
        return result
    if result.get("fault") == "MemoryError":
        raise UnsuitableFileError(_TOO_HEAVY)
    raise UnsuitableFileError(result.get("message") or _UNREADABLE)
