"""Children that die with whoever started them, and that every child of the program is one of them."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.imports import ROOT
from yanxiu.core.tether import tethered

FREE = {
    "keeper.py": "ends its command itself; the worker watches its parent",
    "serving.py": "the keeper tethers itself",
    "core/backup.py": "a command that somebody sits before",
    "core/doctor.py": "a command that somebody sits before",
}
PARENT = """
import subprocess, sys
from yanxiu.core.tether import tethered
child = subprocess.Popen(tethered([sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]),
                         start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux only")
def test_a_tethered_child_dies_with_a_killed_parent_though_in_a_session_of_its_own() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "platform")}
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not alive(child))


def test_a_tethered_command_is_that_command() -> None:
    done = subprocess.run(tethered([sys.executable, "-c", "import sys; sys.exit(7)"]), check=False)
    assert done.returncode == 7


def test_every_child_of_the_program_is_tethered() -> None:
    platform = ROOT / "platform" / "yanxiu"
    loose = [
        f"{path.relative_to(platform)}:{call.lineno}"
        for path in platform.rglob("*.py")
        if str(path.relative_to(platform)) not in FREE
        for call in started_children(path)
        if not is_tethered(call)
    ]
    assert not loose


def started_children(path: Path) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) in ("subprocess.Popen", "subprocess.run")]


def is_tethered(call: ast.Call) -> bool:
    return isinstance(call.args[0], ast.Call) and ast.unparse(call.args[0].func) == "tethered"
