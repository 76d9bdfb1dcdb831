"""A child process that dies with whoever started it, even when that one is killed.

`tethered(command)` puts this file in front of a command: it asks the kernel for SIGKILL at the death of its parent
and then becomes the command. Done in the child and not by `preexec_fn`, which may deadlock where there are threads.
The kernel watches the thread that started the child, so that thread has to wait for it, as ours do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def tethered(command: Sequence[str]) -> list[str]:
    """Return `command` so that it ends with this process; where the system is not Linux, as it is."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), str(os.getpid()), *command]


def die_with(parent: int, deadly: signal.Signals = signal.SIGKILL) -> None:
    """Ask for `deadly` at the end of process `parent`, our parent; end now if it has gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(deadly), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    die_with(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
