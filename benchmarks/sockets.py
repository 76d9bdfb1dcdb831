"""How many live sockets one process of `yanxiu serve` carries.

    python benchmarks/sockets.py [STEP …] [--minutes M] [--bare]          default: 50 100 200 400 600

Starts the real server with a demo database in a temporary folder, connects that many clients to one live list (/live, as
pages do), lets somebody post, and measures how long the slowest of them waits for the notice. Clients run in processes
of their own on the same machine, so the figures are a lower bound. With `--minutes` the posts are spread over so many
of them, and connections that were lost meanwhile are counted. Prints a Markdown table.

Those clients are python-socketio's, ten processes with some hundred threads each: on a machine of two cores a notice to
all of them makes them wait for one another. With `--bare` one process listens to all lines as they are and takes the
time when bytes arrive, so that what is measured is the server. *CPU ms* is its processor time for one post and its notices,
*searched* its memory once somebody has searched, which loads the dictionary, NumPy and the index.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import msgpack
from raw_lines import OwnLine
from under_test import ROOT, Server, environment_of, serving

from tests.support.sockets import hang_up_at_once, new_socket
from yanxiu.web.lines import frames

CLIENTS_EACH = 50
POSTS = 10
SPREAD_S = 10.0
SETTLE_S = 3.0
THREADS = 700


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", type=int, nargs="*", default=[50, 100, 200, 400, 600])
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--bare", action="store_true")
    chosen = parser.parse_args()
    posts = max(POSTS, round(chosen.minutes * 60 / SPREAD_S))
    pause = max(1.0, chosen.minutes * 60 / posts)
    print(
        "| sockets | connected | RSS MiB | searched | threads | notice p50 ms | p95 ms | slowest ms | missed | lost lines | CPU ms | load |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for number in chosen.steps:
        with tempfile.TemporaryDirectory(prefix="yanxiu-sockets-") as folder:
            print(measure(number, Path(folder), posts, pause, chosen.bare), flush=True)


def measure(number: int, folder: Path, posts: int, pause: float, bare: bool) -> str:
    environment = environment_of(folder, YANXIU_THREADS=str(THREADS))
    made = subprocess.run(
        [sys.executable, "-m", "tests.crash.stage", "prepare"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
    with serving(environment) as server:
        return with_clients(number, server, stage, environment, posts, pause, bare)


def with_clients(
    number: int,
    server: Server,
    stage: dict[str, Any],
    environment: dict[str, str],
    posts: int,
    pause: float,
    bare: bool,
) -> str:
    each = number if bare else CLIENTS_EACH
    sizes = [min(each, number - start) for start in range(0, number, each)]
    groups = [
        subprocess.Popen(
            [sys.executable, __file__, "listen-bare" if bare else "listen", server.url, str(size), json.dumps(stage)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for size in sizes
    ]  # fmt: skip
    connected = sum(int(read_line(group)) for group in groups)
    time.sleep(SETTLE_S)  # who is here is still being told
    used = server.cpu_s()
    sent = [post(server.url, stage, index, pause) for index in range(posts)]
    used = server.cpu_s() - used
    memory, threads = server.use()
    search(server.url, stage)
    searched, _threads = server.use()
    waits: list[float] = []
    lost = 0
    for group in groups:
        assert group.stdin is not None
        group.stdin.write("\n")
        group.stdin.flush()
        told = json.loads(read_line(group))
        lost += told["lost"]
        for arrivals in told["arrivals"]:
            waits += [1000 * (arrived - begun) for begun, arrived in zip(sent, arrivals, strict=False)]
        group.wait(30)
    waits.sort()
    missed = connected * posts - len(waits)
    p95 = waits[int(len(waits) * 0.95)] if waits else float("nan")
    middle = statistics.median(waits) if waits else float("nan")
    slowest = waits[-1] if waits else float("nan")
    return (
        f"| {number} | {connected} | {memory:.0f} | {searched:.0f} | {threads} | {middle:.0f} | {p95:.0f} | {slowest:.0f} | {missed}"
        f" | {lost} | {1000 * used / posts:.0f} | {os.getloadavg()[0]:.1f} |"
    )


def read_line(group: subprocess.Popen[str]) -> str:
    assert group.stdout is not None
    return group.stdout.readline()


def post(url: str, stage: dict[str, Any], index: int, pause: float) -> float:
    """Answer the topic; returns when (on the clock that all processes of a machine share) it was sent."""
    import requests

    headers = {"Cookie": stage["cookie"], "X-CSRFToken": stage["csrf"], "Accept": "application/json"}
    address = f"{url}/workshops/{stage['workshop']}/topics/{stage['topic']}/posts"
    begun = time.monotonic()
    answer = requests.post(address, data={"html": f"第 {index} 条"}, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text[:200]
    time.sleep(pause)  # one notice at a time: what is measured is how long one takes, not how they queue
    return begun


def search(url: str, stage: dict[str, Any]) -> None:
    """Search as a person does: words that are found, and letters that have to be understood."""
    import requests

    for words in ("教学", "beike", "没有这样的词"):
        answer = requests.get(f"{url}/search", params={"q": words}, headers={"Cookie": stage["cookie"]}, timeout=60)
        assert answer.status_code == 200, answer.text[:200]


def listen(url: str, number: int, stage: dict[str, Any]) -> None:
    """A group of clients: connect, tell how many did, collect notices until told to report them."""
    hang_up_at_once()
    arrivals: list[list[float]] = []
    lost: list[str] = []
    lock = threading.Lock()
    sockets = []
    for _ in range(number):
        mine: list[float] = []
        socket = new_socket()
        socket.on("changed", lambda _message, mine=mine: mine.append(time.monotonic()), namespace="/live")
        socket.on("disconnect", lambda *why: lost.append(str(why)), namespace="/live")
        try:
            socket.connect(
                url,
                headers={"Cookie": stage["cookie"]},
                namespaces=["/live"],
                transports=["websocket"],
                wait_timeout=30,
            )
            joined = socket.call("join", {"topic": f"topic:{stage['topic']}", "seq": 0}, namespace="/live", timeout=30)
        except Exception as error:
            print(error, file=sys.stderr)
            continue
        if joined["ok"]:
            sockets.append(socket)
            with lock:
                arrivals.append(mine)
    print(len(sockets), flush=True)
    sys.stdin.readline()
    print(json.dumps({"arrivals": arrivals, "lost": len(lost)}), flush=True)
    os._exit(0)


class LiveLine(OwnLine):
    """One that follows a live list; facts: `topic`, `cookie`."""

    def path(self) -> str:
        return "/socket.io/?EIO=4&transport=websocket"

    def packet(self, kind: int, data: Any = None, number: int | None = None) -> bytes:
        parts = {"type": kind, "nsp": "/live", "data": data, "id": number}
        return self.frame(msgpack.packb({key: value for key, value in parts.items() if value is not None}))

    def follow(self) -> bool:
        """Join the list; tell whether one was let in."""
        self.joined: bool | None = None
        more = b""
        while self.joined is None:
            for _ in self.take(more):
                pass
            more = self._more() if self.joined is None else b""
        self.arrivals: list[float] = []
        return self.joined

    def heard(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.TEXT:
            if payload[:1] in b"02":
                self.say(self.packet(0) if payload[:1] == b"0" else self.still_here())
            return
        packet = msgpack.unpackb(payload)
        if packet["type"] == 0:
            self.say(self.packet(2, ["join", {"topic": self.facts["topic"], "seq": 0}], 1))
        elif packet["type"] == 3:
            self.joined = packet["data"][0]["ok"]
        elif packet["data"][0] == "changed":
            self.arrivals.append(time.monotonic())


def listen_bare(url: str, number: int, stage: dict[str, Any]) -> None:
    """All clients in one thread: connect, tell how many did, note when notices come until told to report them."""
    facts = {"cookie": stage["cookie"], "topic": f"topic:{stage['topic']}"}
    made = [LiveLine(url, "", facts) for _ in range(number)]
    lines = {line.socket.fileno(): line for line in made if line.follow()}
    print(len(lines), flush=True)
    poll, lost = select.epoll(), 0
    for each in (sys.stdin.fileno(), *lines):
        poll.register(each, select.EPOLLIN)
    while True:
        for descriptor, _events in poll.poll():
            if descriptor == sys.stdin.fileno():
                arrivals = [line.arrivals for line in made if line.joined]
                print(json.dumps({"arrivals": arrivals, "lost": lost}), flush=True)
                os._exit(0)
            data = lines[descriptor].socket.recv(1 << 16)
            if not data:
                poll.unregister(descriptor)
                lost += 1
            for _ in lines[descriptor].take(data):
                pass


if __name__ == "__main__":
    if sys.argv[1:2] == ["listen-bare"]:
        listen_bare(sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
    elif sys.argv[1:2] == ["listen"]:
        listen(sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
    else:
        main()
