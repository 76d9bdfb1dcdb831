"""kill -9 of one of two document servers in the middle of writing, again and again: is anything acknowledged lost?

    python tools/services.py -- python benchmarks/kills.py [--kills 500] [--servers 2] [--writers 6]

Two `yanxiu realtime` on one PostgreSQL and one Redis (what `tools/services.py` starts; without it one SQLite file and a
Redis of its own), writers of one plan spread over them. In turn each server is killed once every writer on it has something
acknowledged since it came in and more on its way, and started again, while those on the other go on. At the end a fresh reader looks for every
acknowledged line, and all replicas must be equal. Ends with 1 if anything is missing or doubled.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from under_test import ROOT, environment_of, staged

from tests.support.empty_database import empty_database
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.support.rt_client import PlanClient
from tests.support.sockets import hang_up_at_once

AHEAD = 20
PATIENCE_S = 20
PAUSE_S = 0.02


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--writers", type=int, default=6)
    chosen = parser.parse_args()
    hang_up_at_once()
    if url := os.environ.get("TEST_POSTGRES_URL"):
        os.environ["YANXIU_TEST_DATABASE_URL"] = url
    with (
        tempfile.TemporaryDirectory(prefix="yanxiu-kills-") as name,
        redis() as redis_url,
        empty_database(Path(name)) as database,
    ):
        environment = environment_of(Path(name), DATABASE_URL=database, YANXIU_REDIS_URL=redis_url)
        stage = staged(environment, chosen.writers)
        servers = [DocumentServer(environment) for _ in range(chosen.servers)]
        try:
            return run(servers, stage, chosen.kills)
        finally:
            for server in servers:
                server.kill()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """The Redis of `tools/services.py`, or one of our own."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    program, port = shutil.which("redis-server"), free_port()
    assert program, "no redis-server: apt-get install redis-server"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as own,
    ):
        yield f"redis://127.0.0.1:{port}/0"
        own.terminate()


class DocumentServer:
    """`yanxiu realtime` on one port, one process after another."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment, self.port = environment, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "yanxiu", "realtime", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Writer:
    """Writes line after line, at most `AHEAD` of them not acknowledged, and comes back when the line is lost."""

    client: PlanClient
    number: int
    written: int = 0
    lost_lines: int = 0
    arrived: int = -1
    """How many lines were acknowledged when it came in; -1 while it is not in."""
    over: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        while not self.over.is_set():
            try:
                self._come_in()
                self._write_on()
            except Exception:  # the server is dead: that is what this is about
                self.arrived = -1
                self.lost_lines += 1
                self.client.drop()
                self.over.wait(0.1)

    def _come_in(self) -> None:
        if self.client.handle is None:
            self.client.connect(PATIENCE_S)
        self.arrived = len(self.client.acknowledged)

    def _write_on(self) -> None:
        client = self.client
        while not self.over.is_set():
            assert client.socket is not None
            assert client.socket.connected, "the line is gone"
            if client.sent - client.acked < AHEAD:
                self.written += 1
                client.write(f"〔{self.number}·{self.written}〕")
            self.over.wait(PAUSE_S)

    @property
    def is_deep_in(self) -> bool:
        """Whether something was acknowledged by the present server, and more is on its way."""
        return 0 <= self.arrived < len(self.client.acknowledged) and self.client.sent > self.client.acked


def run(servers: list[DocumentServer], stage: dict, kills: int) -> int:
    writers = [
        Writer(PlanClient(servers[number % len(servers)].url, cookie, stage["plan"]), number)
        for number, cookie in enumerate(stage["cookies"])
    ]
    threads = [threading.Thread(target=each.work) for each in writers]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    try:
        for kill in range(kills):
            at = kill % len(servers)
            mine = [each for each in writers if each.number % len(servers) == at]
            eventually(lambda mine=mine: all(each.is_deep_in for each in mine), 120)
            servers[at].kill()
            for each in mine:
                each.arrived = -1
            servers[at].start()
            if kill % 50 == 49:
                print(f"{kill + 1} kills, {sum(each.written for each in writers)} lines", flush=True)
        eventually(lambda: all(each.arrived >= 0 for each in writers), 120)
    finally:
        for each in writers:
            each.over.set()
        for thread in threads:
            thread.join()
    return report(writers, kills, time.monotonic() - began)


def report(writers: list[Writer], kills: int, seconds: float) -> int:
    for each in writers:
        if each.client.handle is None:
            each.client.connect(PATIENCE_S)
    for each in writers:
        each.client.until_saved(60)
    eventually(lambda: len({"\n".join(each.client.text_lines()) for each in writers}) == 1, 60)
    fresh = PlanClient(writers[0].client.url, writers[0].client.cookie, writers[0].client.plan_id).connect(PATIENCE_S)
    lines = fresh.text_lines()
    there = Counter(line for line in lines if line.startswith("〔"))
    acknowledged = {line for each in writers for line in each.client.acknowledged if line.startswith("〔")}
    lost = acknowledged - there.keys()
    unsaid = sum(each.written for each in writers) - len(there)
    doubled = there.total() - len(there)
    equal = lines == writers[0].client.text_lines()
    print("| kills | seconds | writers | lines written | acknowledged | lost of these | of all | doubled | all equal |")
    print("|---|---|---|---|---|---|---|---|---|")
    print(
        f"| {kills} | {seconds:.0f} | {len(writers)} | {sum(w.written for w in writers)} | {len(acknowledged)} |"
        f" {len(lost)} | {unsaid} | {doubled} | {'yes' if equal else 'no'} |"
    )
    for client in (*(each.client for each in writers), fresh):
        client.drop()
    return 0 if equal and not lost and not unsaid and not doubled else 1


if __name__ == "__main__":
    raise SystemExit(main())
