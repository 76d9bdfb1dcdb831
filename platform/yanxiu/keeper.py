"""The process between `yanxiu serve` and its worker: it starts the worker again whenever it ends.

A process of its own and a small one, because the server's own process forks and reaps children by itself. Started as
`python -m yanxiu.keeper <parent's process id> <command …>`; it ends the command when it is told to end or when that
parent dies.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType

from yanxiu.core.tether import die_with

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
STEADY_S = 120.0
"""A command that ran this long was well; the pause before its next start is the first again."""
END_S = 25.0
"""How long the command may take to finish what it is doing."""


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each start after a failure: doubling, up to a minute."""
    pause = FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE_S)


class Keeper:
    """Keeps one command running; the command is one that ends by itself when its parent dies, as the worker does."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = list(command)
        self.stopping = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start the command and start it again each time it ends, until `stop`."""
        waits = pauses()
        while not self.stopping.is_set():
            began = time.monotonic()
            self.child = subprocess.Popen(self.command)
            code = self._wait(self.child)
            if self.stopping.is_set():
                return
            if time.monotonic() - began > STEADY_S:
                waits = pauses()
            pause = next(waits)
            log.error("the worker ended (%s) and starts again in %.1f s", code, pause)
            self.stopping.wait(pause)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Let the command finish, then return from `run`; may be called by a signal."""
        self.stopping.set()

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        while not self.stopping.is_set():
            try:
                return child.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        child.terminate()
        try:
            return child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def main(parent: int, command: Sequence[str]) -> None:
    """Keep `command` running until SIGTERM, SIGINT or the end of `parent`."""
    keeper = Keeper(command)
    signal.signal(signal.SIGTERM, keeper.stop)
    signal.signal(signal.SIGINT, keeper.stop)
    die_with(parent, signal.SIGTERM)
    keeper.run()


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    main(int(sys.argv[1]), sys.argv[2:])
