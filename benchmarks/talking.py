"""How fast may people talk about one recording while many have its page open?

    python benchmarks/talking.py [COMMENTS_PER_SECOND [PAGES [SECONDS]]]          default: 100 50 20

Starts the real server (SQLite, rate limits as they are shipped). As many teachers of the school as wanted open the lesson:
each is one Socket.IO client that does what the page does: it hears the notices, asks for what is new after the page's random
wait, one request at a time, with the rest between two that live-list.js keeps, and asks on at once after `X-More`. Others,
who have no page open, post the comments at even times. A comment is timed from the moment at which it was *to be* sent, so
that a server that falls behind is seen; POST is the time of the request itself. Writers and pages are two processes on the
same machine. Prints a Markdown table: how long until one page and until all pages had it, for all comments and for those of five
seconds in the middle and at the end: where the end is slower than the middle, the server does not keep up.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from under_test import ROOT, Server, environment_of, serving

from tests.support.sockets import hang_up_at_once, new_socket

JITTER_S = (0.04, 0.2)
REST_S, LONGEST_REST_S = 0.5, 5.0
"""What static/src/live/live-list.js waits before and between requests."""
QUIET_S = 8.0
"""After the last comment: whatever a page has not seen by then counts as missed."""
PART_S = 5.0
EACH_S = 4
"""Comments a second of one writer."""
HEAD = (
    "| offered /s | accepted /s | refused | POST p50 / p95 ms | missed | requests a page and s | KB a page and comment "
    "| server CPU ms a comment | busy | RSS MiB before / after |"
)
ITEM = re.compile(r'<article class="comment[^"]*" id="comment-(\d+)"')


def main() -> None:
    asked = dict(enumerate(sys.argv))
    rate, pages, seconds = int(asked.get(1, 100)), int(asked.get(2, 50)), int(asked.get(3, 20))
    writers = max(1, rate // EACH_S)
    with tempfile.TemporaryDirectory(prefix="yanxiu-talking-") as folder:
        environment = environment_of(Path(folder), YANXIU_RATE_LIMITS="1")
        made = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks/talking_stage.py"), str(pages), str(writers)],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
        with serving(environment) as server:
            print(report(rate, seconds, talk(server, stage, environment, rate, seconds)))


def talk(server: Server, stage: dict[str, Any], environment: dict[str, str], rate: int, seconds: int) -> dict[str, Any]:
    reading = started("read", [server.url, json.dumps(stage)], environment)
    open_pages = int(line_of(reading))
    writing = started("write", [server.url, json.dumps(stage), str(rate), str(seconds)], environment)
    line_of(writing)  # everybody is connected
    used, memory, begun = server.cpu_s(), server.use()[0], time.monotonic()
    tell(writing)
    said = json.loads(line_of(writing))
    used_talking = server.cpu_s() - used
    took = time.monotonic() - begun
    time.sleep(QUIET_S)
    tell(reading)
    seen = json.loads(line_of(reading))
    for process in (reading, writing):
        process.wait(30)
    return {
        "pages": open_pages, "said": said, **seen, "took": took, "cpu": used_talking, "all_cpu": server.cpu_s() - used,
        "memory": (memory, server.use()[0]), "load": os.getloadavg()[0],
    }  # fmt: skip


def report(rate: int, seconds: int, found: dict[str, Any]) -> str:
    said = [(row["id"], row["due"], row["took"]) for row in found["said"] if row["id"]]
    first = min(row["due"] for row in found["said"])
    by_page, by_all, missed = [], [], 0
    for number, due, _took in said:
        times = [page[str(number)] - due for page in found["seen"] if str(number) in page]
        missed += found["pages"] - len(times)
        by_page.extend((due - first, value) for value in times)
        if len(times) == found["pages"]:
            by_all.append((due - first, max(times)))
    middle = (seconds - PART_S) / 2
    parts = {
        "whole": (0.0, float(seconds)), "middle 5 s": (middle, middle + PART_S), "last 5 s": (seconds - PART_S, seconds)
    }  # fmt: skip
    posts = [took for _id, _due, took in said]
    accepted, reading, memory = len(said), found["pages"] * found["took"], found["memory"]
    costs = (
        f"{found['requests'] / reading:.1f}",
        f"{found['bytes'] / found['pages'] / accepted / 1024:.2f}",
        f"{1000 * found['all_cpu'] / accepted:.1f}",
        f"{100 * found['cpu'] / found['took']:.0f} %",
        f"{memory[0]:.0f} / {memory[1]:.0f} |",
    )
    lines = [
        f"{found['pages']} pages, {seconds} s, load {found['load']:.1f}\n",
        HEAD,
        "|---|---|---|---|---|---|---|---|---|---|",
        f"| {rate} | {accepted / max(found['took'], seconds):.0f} | {len(found['said']) - accepted} | {both(posts)} | {missed} | "
        + " | ".join(costs),
        "",
        "| of comments offered in | seen by a page p50 / p95 ms | seen by all p50 / p95 ms |",
        "|---|---|---|",
    ]
    for name, (start, end) in parts.items():
        inside = [[value for at, value in rows if start <= at < end] for rows in (by_page, by_all)]
        lines.append(f"| {name} | {both(inside[0])} | {both(inside[1])} |")
    return "\n".join(lines)


def both(values: list[float]) -> str:
    ordered = sorted(values)
    if not ordered:
        return "—"
    return " / ".join(
        f"{1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]:.0f}" for share in (0.5, 0.95)
    )


def started(what: str, arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, what, *arguments]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@dataclass
class Page:
    """One open page: what live-list.js does, without a browser."""

    url: str
    address: str
    cookie: str
    seq: int = 0
    wanted: int = 0
    more: bool = False
    requests: int = 0
    bytes: int = 0
    seen: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        place = urlsplit(self.url)
        self.connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        self.news = threading.Event()
        self.fetch()
        while self.more:
            self.fetch()

    def hear(self, message: dict[str, Any]) -> None:
        self.wanted = max(self.wanted, message["seq"])
        self.news.set()

    def follow(self) -> None:
        rests_until = 0.0
        while True:
            self.news.wait()
            self.news.clear()
            wait = random.uniform(*JITTER_S)
            while self.wanted > self.seq or self.more:
                time.sleep(max(wait, 0.0 if self.more else rests_until - time.monotonic()))
                begun, wait = time.monotonic(), JITTER_S[0]
                self.fetch()
                ended = time.monotonic()
                rests_until = ended + min(max(ended - begun, REST_S), LONGEST_REST_S)

    def fetch(self) -> None:
        asked = self.wanted
        path = f"{self.address}?since={self.seq}&upto={asked}"
        headers = {"Cookie": self.cookie, "Accept": "text/html", "Accept-Encoding": "gzip", "X-Requested-With": "fetch"}
        try:
            body, answer = self.ask(path, headers)
        except (http.client.HTTPException, OSError):
            # As a browser does: the server had closed a connection that was quiet for long.
            self.connection.close()
            body, answer = self.ask(path, headers)
        assert answer.status == 200, answer.status
        self.requests += 1
        self.bytes += len(body) + len(str(answer.headers))
        self.seq = max(self.seq, int(answer.headers["X-Seq"]))
        self.more = "X-More" in answer.headers
        html = (gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body).decode()
        at = time.monotonic()
        for number in ITEM.findall(html):
            self.seen.setdefault(int(number), at)

    def ask(self, path: str, headers: dict[str, str]) -> tuple[bytes, http.client.HTTPResponse]:
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer.read(), answer


def read(url: str, stage: dict[str, Any]) -> None:
    """Open the pages, tell how many are, go on until told to report."""
    hang_up_at_once()
    address, topic, pages = f"/lessons/{stage['lesson']}/comments", f"lesson:{stage['lesson']}", []
    for cookie in stage["readers"]:
        page = Page(url, address, cookie)
        socket = new_socket()
        socket.on("changed", page.hear, namespace="/live")
        socket.connect(url, headers={"Cookie": cookie}, namespaces=["/live"], transports=["websocket"], wait_timeout=30)
        joined = socket.call("join", {"topic": topic, "seq": page.seq}, namespace="/live", timeout=30)
        assert joined["ok"], joined
        page.requests = page.bytes = 0
        threading.Thread(target=page.follow, daemon=True).start()
        pages.append(page)
    print(len(pages), flush=True)
    sys.stdin.readline()
    found = {
        "seen": [page.seen for page in pages],
        "requests": sum(page.requests for page in pages),
        "bytes": sum(page.bytes for page in pages),
    }
    print(json.dumps(found), flush=True)
    os._exit(0)


def write(url: str, stage: dict[str, Any], rate: int, seconds: int) -> None:
    """Post comments at even times, each writer every `writers / rate` seconds, and tell what became of each."""
    cookies, rows = stage["writers"], []
    connections = [connected(url) for _cookie in cookies]
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.monotonic() + 0.1
    lock = threading.Lock()

    def go(writer: int) -> None:
        for index in range(writer, rate * seconds, len(cookies)):
            due = begun + index / rate
            time.sleep(max(0.0, due - time.monotonic()))
            row = said(connections[writer], cookies[writer], stage, index) | {"due": due}
            with lock:
                rows.append(row)

    threads = [threading.Thread(target=go, args=(writer,)) for writer in range(len(cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(rows), flush=True)


def connected(url: str) -> http.client.HTTPConnection:
    place = urlsplit(url)
    return http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)


def said(connection: http.client.HTTPConnection, cookie: str, stage: dict[str, Any], index: int) -> dict[str, Any]:
    fields = {
        "body": f"第{index}条：提问以后多等了三秒，学生说得更完整，可以再追问一句。",
        "start_ms": str(index * 997 % 2_390_000), "kind": ("highlight", "question", "suggestion")[index % 3],
        "visibility": "everybody", "client_uuid": str(UUID(int=random.getrandbits(128), version=4)),
    }  # fmt: skip
    headers = {
        "Cookie": cookie, "X-CSRFToken": stage["csrf"], "Accept": "application/json", "X-Requested-With": "fetch",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    sent = time.monotonic()
    connection.request("POST", f"/lessons/{stage['lesson']}/comments", urlencode(fields), headers)
    answer = connection.getresponse()
    body = answer.read()
    number = json.loads(body)["id"] if answer.status == 200 else None
    return {"id": number, "took": time.monotonic() - sent}


if __name__ == "__main__":
    match sys.argv[1:2]:
        case ["read"]:
            read(sys.argv[2], json.loads(sys.argv[3]))
        case ["write"]:
            write(sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
        case _:
            main()
