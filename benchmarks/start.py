"""What it costs to start the program: processor time, resident memory, loaded modules.

    python benchmarks/start.py [ROUNDS]          default: 5

Each round starts new processes; the median is printed as a Markdown table. Processor time is what the process and the
interpreter's end used, so other work on the machine matters less than it does for time by the clock.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from under_test import ROOT, environment_of

INSIDE = """
import json, resource, sys, time
import yanxiu.__main__
from yanxiu.app import create_app
marks = [time.process_time()]
for _ in range(2):
    create_app()
    marks.append(time.process_time())
pages = int(open("/proc/self/statm").read().split()[1])
mib = pages * resource.getpagesize() / 2**20
print(json.dumps([marks[0], marks[1] - marks[0], marks[2] - marks[1], mib, len(sys.modules)]))
"""
ROWS = ("imports, CPU s", "`create_app()`, CPU s", "`create_app()` again, CPU s", "resident MiB", "modules")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="yanxiu-start-") as folder:
        environment = environment_of(Path(folder))
        used = statistics.median(command_s(environment, "-m", "yanxiu", "--help") for _ in range(rounds))
        told = [json.loads(output_of(environment, "-c", INSIDE)) for _ in range(rounds)]
    print(f"| what | median of {rounds}, load {os.getloadavg()[0]:.1f} |\n|---|---|")
    print(f"| `yanxiu --help`, CPU s | {used:.2f} |")
    for name, values in zip(ROWS, zip(*told, strict=True), strict=True):
        print(f"| {name} | {statistics.median(values):,.{0 if name in ROWS[3:] else 3}f} |")


def command_s(environment: dict[str, str], *arguments: str) -> float:
    """Processor time in seconds of a new interpreter, from its start to its end."""
    before = os.times()
    output_of(environment, *arguments)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def output_of(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, check=True)
    return done.stdout.decode()


if __name__ == "__main__":
    main()
