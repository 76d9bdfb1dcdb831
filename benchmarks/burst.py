"""What one new post costs while many members have the topic's page open.

    python benchmarks/burst.py [PAGES …]          default: 50 100 200 300

Starts the real server, signs that many different teachers in and lets each do what an open page does: one socket that
follows the topic, and on every notice, after the page's own random wait, a request for what is new. A leader posts ten
times. Measured from the moment the post is sent to the moment a page holds the post's text. The clients run on the same
machine, in processes of their own, so the times are an upper bound. Prints a Markdown table; requests, processor time
and bytes (headers and all, both ways of the socket's notice included) are of one post.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from under_test import ROOT, Server, environment_of, serving

from tests.support.sockets import hang_up_at_once, new_socket

PAGES_EACH = 50
POSTS = 10
PAUSE_S = 3.0
"""Between two posts: longer than the slowest page is allowed to take, so that one burst is measured and not two."""
JITTER_S = (0.04, 0.2)
"""What static/src/live/live-list.js waits."""
THREADS = 700
NOTICE_BYTES = 90
"""One `changed` message with its frame, as measured on the wire."""


def main() -> None:
    steps = [int(word) for word in sys.argv[1:]] or [50, 100, 200, 300]
    print(
        "| open pages | seen p50 ms | p95 ms | slowest ms | missed | requests a post | server CPU ms a post | KB a post |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for number in steps:
        with tempfile.TemporaryDirectory(prefix="yanxiu-burst-") as folder:
            print(measure(number, Path(folder)), flush=True)


def measure(number: int, folder: Path) -> str:
    environment = environment_of(folder, YANXIU_THREADS=str(THREADS))
    made = subprocess.run(
        [sys.executable, __file__, "prepare", str(number)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    stage = json.loads(made.stdout.rsplit("ANSWER", 1)[1])
    with serving(environment) as server:
        return with_pages(number, server, stage, environment)


def prepare(number: int) -> None:
    """A workshop with a topic and `number` members, each signed in; answers with ids and cookies."""
    from tests.support.clients import csrf_token, session_cookie, signed_in_client
    from tests.support.workshops import make_post, make_topic, make_workshop
    from yanxiu.accounts import demo as accounts_demo
    from yanxiu.accounts.models import User
    from yanxiu.app import create_app
    from yanxiu.cli import upgrade_database
    from yanxiu.core.db import db
    from yanxiu.core.demo import DemoWorld
    from yanxiu.core.unit_of_work import unit_of_work

    app = create_app()
    with app.app_context():
        upgrade_database()
        world = DemoWorld(small=True)
        with unit_of_work():
            accounts_demo.seed(world)
            leader = world.users["leader"]
            members = [
                User(username=f"member{index}", name=f"坊员{index}", organization_id=leader.organization_id)
                for index in range(number)
            ]
            db.session.add_all(members)
            db.session.flush()
            workshop = make_workshop(leader, members)
            topic = make_topic(leader, workshop)
            for member in members[:20]:
                make_post(member, topic)
            ids = [member.id for member in members]
            answer = {"workshop": workshop.id, "topic": topic.id, "csrf": csrf_token(app), "leader": leader.id}
    cookies = [session_cookie(signed_in_client(app, Somebody(number))) for number in (answer["leader"], *ids)]
    print("ANSWER" + json.dumps({**answer, "cookies": [f"yanxiu={cookie}" for cookie in cookies]}))


@dataclass
class Somebody:
    """As much of a person as signing in needs."""

    id: int


def with_pages(number: int, server: Server, stage: dict[str, Any], environment: dict[str, str]) -> str:
    cookies = stage["cookies"][1:]
    groups, open_pages = [], 0
    for start in range(0, number, PAGES_EACH):  # one after the other: opening the pages is not what is measured
        mine = json.dumps({**stage, "cookies": cookies[start : start + PAGES_EACH]})
        command = [sys.executable, __file__, "watch", server.url, mine]
        groups.append(
            subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        open_pages += int(read_line(groups[-1]))
    cpu = server.cpu_s()
    sent = [post(server.url, stage, index) for index in range(POSTS)]
    cpu = server.cpu_s() - cpu
    found = [ended(group) for group in groups]
    waits = sorted(1000 * (seen - sent[index]) for each in found for page in each["seen"] for index, seen in page)
    missed = open_pages * POSTS - len(waits)
    requests = sum(each["requests"] for each in found) / POSTS
    kilobytes = (sum(each["bytes"] for each in found) / POSTS + open_pages * NOTICE_BYTES) / 1024
    at = lambda share: waits[min(len(waits) - 1, int(len(waits) * share))]  # noqa: E731
    return (
        f"| {open_pages} | {at(0.5):.0f} | {at(0.95):.0f} | {waits[-1]:.0f} | {missed} | {requests:.0f} | "
        f"{1000 * cpu / POSTS:.0f} | {kilobytes:.0f} |"
    )


def read_line(group: subprocess.Popen[str]) -> str:
    assert group.stdout is not None
    return group.stdout.readline()


def ended(group: subprocess.Popen[str]) -> dict[str, Any]:
    assert group.stdin is not None
    group.stdin.write("\n")
    group.stdin.flush()
    found: dict[str, Any] = json.loads(read_line(group))
    group.wait(30)
    return found


def post(url: str, stage: dict[str, Any], index: int) -> float:
    """Answer the topic; returns when (on the clock that all processes of a machine share) it was sent."""
    import requests

    headers = {"Cookie": stage["cookies"][0], "X-CSRFToken": stage["csrf"], "Accept": "application/json"}
    address = f"{url}/workshops/{stage['workshop']}/topics/{stage['topic']}/posts"
    begun = time.monotonic()
    answer = requests.post(address, data={"html": text_of(index)}, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text[:200]
    time.sleep(max(0.0, begun + PAUSE_S - time.monotonic()))
    return begun


def text_of(index: int) -> str:
    return f"第{index}条新回复：可以从人物关系图讲起"


@dataclass
class Page:
    """One open page: what live-list.js does, without a browser."""

    url: str
    address: str
    cookie: str
    seq: int = 0
    wanted: int = 0
    requests: int = 0
    bytes: int = 0
    seen: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.waiting = threading.Lock()
        place = urlsplit(self.url)
        self.connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        self.fetch()

    def hear(self, message: dict[str, Any]) -> None:
        self.wanted = max(self.wanted, message["seq"])
        if self.waiting.acquire(blocking=False):
            threading.Timer(random.uniform(*JITTER_S), self.catch_up).start()

    def catch_up(self) -> None:
        self.waiting.release()
        if self.wanted > self.seq:
            self.fetch()

    def fetch(self) -> None:
        headers = {"Cookie": self.cookie, "Accept": "text/html", "Accept-Encoding": "gzip", "X-Requested-With": "fetch"}
        path = f"{self.address}?since={self.seq}&upto={self.wanted}"
        try:
            body, answer = self.ask(path, headers)
        except (http.client.HTTPException, OSError):
            # As a browser does: the server had closed a connection that was quiet for long.
            self.connection.close()
            body, answer = self.ask(path, headers)
        assert answer.status == 200, answer.status
        self.requests += 1
        self.bytes += (
            len(path) + sum(map(len, headers)) + sum(map(len, headers.values())) + len(body) + len(str(answer.headers))
        )
        self.seq = max(self.seq, int(answer.headers["X-Seq"]))
        self.note(unpacked(body, answer))

    def ask(self, path: str, headers: dict[str, str]) -> tuple[bytes, http.client.HTTPResponse]:
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer.read(), answer

    def note(self, html: str) -> None:
        at = time.monotonic()
        for index in range(POSTS):
            if index not in self.seen and text_of(index) in html:
                self.seen[index] = at


def unpacked(body: bytes, answer: http.client.HTTPResponse) -> str:
    import gzip

    packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(body) if packed else body).decode()


def watch(url: str, stage: dict[str, Any]) -> None:
    """A group of pages: open them, tell how many are, go on until told to report."""
    hang_up_at_once()
    address = f"/workshops/{stage['workshop']}/topics/{stage['topic']}/posts"
    pages = []
    for cookie in stage["cookies"]:
        page = Page(url, address, cookie)
        socket = new_socket()
        socket.on("changed", page.hear, namespace="/live")
        socket.connect(url, headers={"Cookie": cookie}, namespaces=["/live"], transports=["websocket"], wait_timeout=30)
        joined = socket.call(
            "join", {"topic": f"topic:{stage['topic']}", "seq": page.seq}, namespace="/live", timeout=30
        )
        assert joined["ok"], joined
        page.requests = page.bytes = 0
        pages.append(page)
    print(len(pages), flush=True)
    sys.stdin.readline()
    report = {
        "seen": [list(page.seen.items()) for page in pages],
        "requests": sum(page.requests for page in pages),
        "bytes": sum(page.bytes for page in pages),
    }
    print(json.dumps(report), flush=True)
    os._exit(0)


if __name__ == "__main__":
    match sys.argv[1:2]:
        case ["prepare"]:
            prepare(int(sys.argv[2]))
        case ["watch"]:
            watch(sys.argv[2], json.loads(sys.argv[3]))
        case _:
            main()
