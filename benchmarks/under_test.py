"""A real `yanxiu serve` in a temporary instance, for the benchmarks that speak to it over the network."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from tests.support.eventually import eventually  # noqa: E402  (the source root must be on the path first)
from tests.support.ports import free_port  # noqa: E402

WHOLE = ("serve", "--no-worker")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """The server under test."""

    url: str
    process: subprocess.Popen[bytes]

    def processes(self) -> list[int]:
        done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [self.process.pid, *(int(pid) for pid in done.stdout.split())]

    def use(self) -> tuple[float, int]:
        """Resident memory in MiB and threads of the process that serves (the one with the most threads)."""
        return max((status_of(pid) for pid in self.processes()), key=lambda pair: pair[1])

    def cpu_s(self) -> float:
        """Processor time used so far by all its processes, in seconds."""
        return sum(cpu_of(pid) for pid in self.processes())


def status_of(pid: int) -> tuple[float, int]:
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["Threads"])


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def environment_of(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of an instance of its own in `folder`."""
    outside = {key: value for key, value in os.environ.items() if not key.startswith("YANXIU_")}
    path = f"{ROOT / 'platform'}{os.pathsep}{ROOT}"
    return {**outside, "YANXIU_INSTANCE": str(folder), "YANXIU_RATE_LIMITS": "0", "PYTHONPATH": path, **settings}


def staged(environment: dict[str, str], *numbers: int) -> dict[str, Any]:
    """Make plans and writers who are signed in (`spells_stage.py`) in an instance; return their ids and cookies."""
    command = [sys.executable, str(ROOT / "benchmarks" / "spells_stage.py"), *map(str, numbers)]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    facts: dict[str, Any] = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
    return facts


@contextlib.contextmanager
def serving(
    environment: dict[str, str], ready: Callable[[str], bool] | None = None, role: Sequence[str] = WHOLE
) -> Iterator[Server]:
    """Start the server on a free port and end it afterwards. It is there when `ready`, by default when it answers a page.

    `role` is the command, the whole program if not another.
    """
    port = free_port()
    command = [sys.executable, "-m", "yanxiu", *role, "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        eventually(lambda: (ready or answers)(server.url), timeout=180)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/login", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
