"""Run a module as `python -m` would, in a process of its own that need not import the program first.

The standard library's fork server imports it once for each test process; every command is a fresh child of that one.
Starting the interpreter for each command cost more than the commands.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

from tests.support.imports import ROOT

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.support.preloaded"])


class Child:
    """A module that runs; the leader of a process group of its own."""

    def __init__(self, module: str, arguments: tuple[str, ...], env: Mapping[str, str], out: Path, err: Path) -> None:
        # The environment of the fork server itself, when this is its first child.
        os.environ.setdefault("PYTHONPATH", f"{ROOT / 'platform'}{os.pathsep}{ROOT}")
        self._process = _CONTEXT.Process(target=_be, args=(module, arguments, dict(env), str(out), str(err)))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def wait(self, limit_s: float) -> int:
        """Its exit status; TimeoutExpired after `limit_s`, when it has been killed."""
        self._process.join(limit_s)
        if self._process.exitcode is None:
            self.kill()
            raise subprocess.TimeoutExpired(str(self.pid), limit_s)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        """Kill it and its children without a warning; nothing when it has ended."""
        if self._process.exitcode is None:
            with contextlib.suppress(ProcessLookupError):  # ended before it led a group
                os.killpg(self.pid, signal.SIGKILL)
            self._process.kill()
        self._process.join(10)


def run_module(module: str, arguments: tuple[str, ...], env: Mapping[str, str], limit_s: float) -> tuple[int, str, str]:
    """Return the exit status and what was written to standard output and standard error."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        status = Child(module, arguments, env, out, err).wait(limit_s)
        return status, out.read_text("utf-8"), err.read_text("utf-8")


def _be(module: str, arguments: tuple[str, ...], env: dict[str, str], out: str, err: str) -> None:
    """In the child: take over the environment, the streams and the words of the command, then run it."""
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
