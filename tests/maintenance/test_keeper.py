"""The worker beside the server is started again when it dies, and ends when it should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.imports import ROOT
from tests.support.instance import Instance, new_instance
from yanxiu.keeper import FIRST_PAUSE_S, LONGEST_PAUSE_S, Keeper, pauses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def separate(tmp_path: Path) -> Iterator[Instance]:
    with new_instance(tmp_path / "instance") as made:
        made.ask("populate")
        yield made


def child_of(pid: int) -> int:
    """The one child of a process, 0 while there is none."""
    return int((Path(f"/proc/{pid}/task/{pid}/children").read_text().split() or ["0"])[0])


@pytest.mark.once
def test_a_killed_worker_is_started_again_and_does_what_waits(separate: Instance) -> None:
    command = [sys.executable, "-m", "yanxiu.keeper", str(os.getpid()), sys.executable, "-m", "yanxiu", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=separate.env) as keeper:
        try:
            first = eventually(lambda: child_of(keeper.pid), timeout=20)
            os.kill(first, signal.SIGKILL)
            second = eventually(lambda: (now := child_of(keeper.pid)) != first and now, timeout=20)
            assert separate.ask("work_off_a_job") == ["done"]
        finally:
            keeper.terminate()
        assert keeper.wait(60) == 0
    assert not Path(f"/proc/{second}").exists()


def test_pauses_grow_so_that_a_worker_that_cannot_start_does_not_eat_the_machine() -> None:
    first = list(islice(pauses(), 10))
    assert first[0] == FIRST_PAUSE_S
    assert first == sorted(first)
    assert first[-1] == LONGEST_PAUSE_S


def test_each_end_is_followed_by_a_longer_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper([sys.executable, "-c", "raise SystemExit(3)"])
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            keeper.stop()

    monkeypatch.setattr(keeper.stopping, "wait", wait)
    keeper.run()
    assert waited == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
