"""How many live sockets one process of `yanxiu serve` carries.

    python benchmarks/sockets.py [STEP …] [--minutes M]          default: 50 100 200 400 600

Starts the real server with a demo database in a temporary folder, connects that many clients to one live list (/live, as
pages do), lets somebody post, and measures how long the slowest of them waits for the notice. Clients run in processes
of their own on the same machine, so the figures are a lower bound. With `--minutes` the posts are spread over so many
of them, and connections that were lost meanwhile are counted. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from under_test import ROOT, Server, environment_of, serving

from tests.support.sockets import hang_up_at_once, new_socket

CLIENTS_EACH = 50
POSTS = 10
SPREAD_S = 10.0
THREADS = 700


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", type=int, nargs="*", default=[50, 100, 200, 400, 600])
    parser.add_argument("--minutes", type=float, default=0.0)
    chosen = parser.parse_args()
    posts = max(POSTS, round(chosen.minutes * 60 / SPREAD_S))
    pause = max(1.0, chosen.minutes * 60 / posts)
    print(
        "| sockets | connected | RSS MiB | threads | notice p50 ms | p95 ms | slowest ms | missed | lost lines | load |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for number in chosen.steps:
        with tempfile.TemporaryDirectory(prefix="yanxiu-sockets-") as folder:
            print(measure(number, Path(folder), posts, pause), flush=True)


def measure(number: int, folder: Path, posts: int, pause: float) -> str:
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
        return with_clients(number, server, stage, environment, posts, pause)


def with_clients(
    number: int, server: Server, stage: dict[str, Any], environment: dict[str, str], posts: int, pause: float
) -> str:
    sizes = [min(CLIENTS_EACH, number - start) for start in range(0, number, CLIENTS_EACH)]
    groups = [
        subprocess.Popen(
            [sys.executable, __file__, "listen", server.url, str(size), json.dumps(stage)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for size in sizes
    ]  # fmt: skip
    connected = sum(int(read_line(group)) for group in groups)
    sent = [post(server.url, stage, index, pause) for index in range(posts)]
    memory, threads = server.use()
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
        f"| {number} | {connected} | {memory:.0f} | {threads} | {middle:.0f} | {p95:.0f} | {slowest:.0f} | {missed}"
        f" | {lost} | {os.getloadavg()[0]:.1f} |"
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


if __name__ == "__main__":
    if sys.argv[1:2] == ["listen"]:
        listen(sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
    else:
        main()
