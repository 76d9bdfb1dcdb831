"""kill -9 of the real server in the middle of posting, co-editing and uploading: nothing acknowledged is lost.

`CRASH_ROUNDS` says how often (50; 500 before a release). A killed process loses nothing that the kernel has, so this proves
the order of things (commit before acknowledge, one transaction per act, re-sending is harmless), not the disk.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.people import BLOCK, Person, Poster, Uploader, Writer
from tests.support.eventually import eventually
from tests.support.imports import ROOT
from tests.support.instance import Instance, new_instance
from tests.support.ports import free_port

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
LIVES_S = (0.0, 0.25)
"""How long a server goes on working before it is killed, once it has acknowledged something to everybody."""

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(120 + 20 * ROUNDS)]


class Nursery:
    """Servers of one instance, one after another."""

    def __init__(self, instance: Instance, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        env = {**instance.env, "YANXIU_RATE_LIMITS": "0"}
        self.log = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", str(self.port)],
            cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        self.group = 0

    def start(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        self.group = int(self.process.stdout.readline())
        eventually(self.answers, timeout=60)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/login", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """No warning, no time to tidy up: the master and the worker it forked, at once."""
        os.killpg(self.group, signal.SIGKILL)
        eventually(lambda: not self.answers(), timeout=30)

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(20)
        self.log.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def separate(tmp_path: Path) -> Iterator[Instance]:
    with new_instance(tmp_path / "instance") as made:
        yield made


@pytest.fixture
def nursery(separate: Instance, tmp_path: Path) -> Iterator[Nursery]:
    made = Nursery(separate, tmp_path / "server.log")
    yield made
    made.close()


def stage(separate: Instance, *arguments: str) -> dict:
    done = separate.python("-m", "tests.crash.stage", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.rsplit("ANSWER", 1)[1])


def one_life(nursery: Nursery, people: list[Person], rng: random.Random) -> None:
    """A server starts, people come back to it and work, it is killed."""
    nursery.start()
    before = [person.progress() for person in people]
    for person in people:
        person.resume()

    def all_went_on() -> bool:
        return all(p.failure or p.progress() > was for p, was in zip(people, before, strict=True))

    eventually(all_went_on, timeout=60)
    time.sleep(rng.uniform(*LIVES_S))
    nursery.kill()
    for person in people:
        person.rest()


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(separate: Instance, nursery: Nursery) -> None:
    prepared = stage(separate, "prepare")
    poster, writer, uploader = (role(prepared, nursery.url) for role in (Poster, Writer, Uploader))
    rng = random.Random(2026)
    for _round in range(ROUNDS):
        one_life(nursery, [poster, writer, uploader], rng)
    found = stage(separate, "inspect", str(prepared["plan"]), uploader.upload_id)

    assert len(poster.acknowledged) > ROUNDS
    assert poster.acknowledged.items() <= found["posts"].items()
    assert found["post_rows"] == len(found["posts"]), "sending twice is the same as sending once"

    assert len(writer.acknowledged) > ROUNDS
    assert not set(writer.acknowledged) - set(found["plan_lines"])
    kept = set(found["plan_text"].splitlines())
    assert not set(writer.acknowledged) - kept, "what search and lists know is what is on disk"
    written = [line for line in found["plan_lines"] if line.startswith("第 ")]
    assert len(written) == len(set(written)), "no line is there twice"

    assert uploader.acknowledged > 0
    assert found["upload"] >= uploader.acknowledged
    assert is_the_recording(Path(found["upload_path"]))

    assert found["indexed"] == found["rebuilt"]
    assert found["lost_files"] == []
    assert found["broken_audit"] is None
    assert found["lost_audit"] == ""
    assert found["integrity"] == "GOOD"


def is_the_recording(path: Path) -> bool:
    """Whether what arrived is the beginning of what was sent, byte for byte."""
    with path.open("rb") as source:
        while block := source.read(len(BLOCK)):
            if block != BLOCK[: len(block)]:
                return False
    return True
