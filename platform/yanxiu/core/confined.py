"""A program that is not ours, held within limits: processor time, memory, size of files, and no network where the kernel lets us.

`confined(command, …)` puts this file in front of a command, as `tethered` does: it limits itself and then becomes the command.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Sequence

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000


def confined(command: Sequence[str], *, cpu_s: int, memory_bytes: int, file_bytes: int) -> list[str]:
    """Return `command` so that it may use `cpu_s` seconds of processor time, so much address space, and write files so long."""
    limits = (str(cpu_s), str(memory_bytes), str(file_bytes))
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), *limits, *command]


def _limit(cpu_s: int, memory_bytes: int, file_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


def _leave_network() -> None:
    """Go into a network of one's own, which has nothing in it. A container may forbid that; then it stays as it was."""
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(_NEW_NET if os.geteuid() == 0 else _NEW_NET | _NEW_USER)


if __name__ == "__main__":
    _limit(*(int(limit) for limit in sys.argv[1:4]))
    _leave_network()
    os.execvp(sys.argv[4], sys.argv[4:])
