"""A separate instance of the program, driven as an operator would: by its commands, in processes of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.empty_database import empty_database
from tests.support.forked import Child, run_module
from tests.support.imports import ROOT


@dataclass
class Instance:
    """An instance folder and its database."""

    folder: Path
    database_url: str

    @property
    def env(self) -> dict[str, str]:
        """The environment its processes run in: ours, without settings of the run around it."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("YANXIU_")}
        return {
            **kept,
            "DATABASE_URL": self.database_url,
            "YANXIU_INSTANCE": str(self.folder),
            "YANXIU_OFFICE": "off",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }

    def python(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m …` in this instance's environment, with further settings."""
        assert arguments[0] == "-m"
        status, out, err = run_module(arguments[1], arguments[2:], {**self.env, **settings}, 280)
        return subprocess.CompletedProcess(arguments, status, out, err)

    def yanxiu(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the program."""
        return self.python("-m", "yanxiu", *arguments, **settings)

    @contextmanager
    def started(self, module: str, *arguments: str, log: Path | None = None, **settings: str) -> Iterator[Child]:
        """`python -m …` running beside the test, with what it prints in `log`; killed at the end if it still runs."""
        output = log or self.folder / "printed"
        output.touch()
        child = Child(module, arguments, {**self.env, **settings}, output, output)
        try:
            yield child
        finally:
            child.kill()

    def ask(self, action: str) -> list[str]:
        """Run one action of `tests.support.inside` in the instance; return the lines it answers."""
        done = self.python("-m", "tests.support.inside", action)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.split("ANSWER\n", 1)[1].splitlines()


@contextmanager
def new_instance(folder: Path) -> Iterator[Instance]:
    """Yield an instance with an empty database of this run's kind."""
    folder.mkdir(parents=True, exist_ok=True)
    with empty_database(folder) as url:
        yield Instance(folder, url)
