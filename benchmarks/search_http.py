"""Search as a teacher meets it: a county of many resources, a real `yanxiu serve`, answers over HTTP.

    python benchmarks/search_http.py [SIZE …] [--postgres URL] [--folder FOLDER]

SIZE is how many made-up resources are added to the demo county (10000 and 100000 by default): the same passages as in
`search.py`, by the same seed, shared with the county, a school, or nobody. With --postgres (an empty database) the
county and its index are there. Prints Markdown: times that pass, and processor time of the server, which compares
better on a machine that others use.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from under_test import ROOT, Server, environment_of, serving, status_of

sys.path.insert(0, str(ROOT / "benchmarks"))

import sqlalchemy as sa
from county import Copier, ago
from search import TEXTS, corpus, passages

QUERIES = ROOT / "benchmarks" / "search_queries.tsv"
SUBJECTS, GRADES, YEARS = ("语文", "数学", "英语", "科学", ""), ("三年级", "四年级", "五年级", ""), range(2015, 2027)
SHARED = (*["county"] * 7, *["school"] * 2, "private")
WRITES = 30
WARMING_S = 3
NEXT_ID = "SELECT setval(pg_get_serial_sequence('resource', 'id'), max(id)) FROM resource"
BEGINNINGS = (
    "三",
    "三国",
    "教",
    "教学",
    "数学",
    "怎样",
    "课",
    "草船",
    "语文",
    "学生",
    "jiao",
    "xue",
    "sg",
    "yuwen",
    "ccjj",
)


@dataclass
class Timed:
    """What requests took: as they passed, and the server's processor time for all of them, in milliseconds."""

    passed: list[float]
    cpu_ms: float

    def __str__(self) -> str:
        ordered = sorted(self.passed)
        p95 = ordered[int(len(ordered) * 0.95)]
        return f"{statistics.median(ordered):.1f} / {p95:.1f} | {self.cpu_ms / len(ordered):.1f}"


class Reader:
    """Somebody signed in, on one connection that stays open."""

    def __init__(self, url: str, cookie: str) -> None:
        self.address = urlsplit(url).netloc
        self.cookie = cookie
        self.connection = http.client.HTTPConnection(self.address, timeout=120)

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def post(self, path: str, form: dict[str, str]) -> str:
        return self._ask("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None) -> str:
        headers = {"Cookie": f"yanxiu={self.cookie}", "Sec-Fetch-Site": "same-origin", **(more or {})}
        if body is not None:
            headers["Origin"] = f"http://{self.address}"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        assert answer.status in (200, 302), (answer.status, path, text[:300])
        return text


# ---- the county ----------------------------------------------------------------------------------------------------


def make_county(size: int) -> None:
    """Run in a process of its own: fill the instance of the environment, print who may sign in and what is whose."""
    from tests.support.cast import cast_from_world
    from tests.support.clients import session_cookie, signed_in_client
    from yanxiu.app import create_app
    from yanxiu.cli import upgrade_database
    from yanxiu.core.db import db
    from yanxiu.core.demo import DemoWorld
    from yanxiu.core.unit_of_work import unit_of_work
    from yanxiu.demo_county import seed_demo

    app, world = create_app(), DemoWorld()
    with app.app_context():
        upgrade_database()
        with unit_of_work():
            seed_demo(world)
        with unit_of_work():
            own = add_resources(Copier(None), size)  # type: ignore[arg-type]
        if db.engine.dialect.name == "sqlite":
            with unit_of_work():
                db.session.execute(sa.text("ANALYZE"))
        else:
            with unit_of_work():
                db.session.execute(sa.text(NEXT_ID))
        cast = cast_from_world(world)
        db.session.remove()
    print(json.dumps({"cookie": session_cookie(signed_in_client(app, cast.teacher)), "own": own}))


def add_resources(copier: Copier, size: int) -> list[int]:
    """Add resources of all members of the county; ids of some that belong to the teacher."""
    markers = [part for line in _questions() for part in line.split("\t")[2].split("|")]
    texts = corpus(passages(TEXTS), markers, size)[:size]
    pattern, rng = copier.one("resource", visibility="county"), random.Random(size)
    from yanxiu.core.db import db

    people = db.session.execute(sa.text('SELECT id, username FROM "user" ORDER BY id')).all()
    teacher = next(row.id for row in people if row.username == "liqiang")
    owners = [row.id for row in people]

    def differing(i: int, _key: int) -> dict[str, Any]:
        return {
            "title": texts[i][: rng.randint(8, 24)], "summary": texts[i], "owner_id": rng.choice(owners),
            "visibility": rng.choice(SHARED), "subject": rng.choice(SUBJECTS), "grade": rng.choice(GRADES),
            "year": rng.choice(YEARS), "created_at": ago(pattern["created_at"], i + 60), "current_file_id": None,
            "plan_id": None,
        }  # fmt: skip

    ids = copier.copies("resource", pattern, size, differing)
    own = sa.text("UPDATE resource SET owner_id = :who, visibility = 'county' WHERE id = :id")
    for key in ids[-WRITES:]:
        db.session.execute(own, {"who": teacher, "id": key})
    return ids[-WRITES:]


def _questions() -> list[str]:
    lines = QUERIES.read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def build(environment: dict[str, str]) -> tuple[float, float, float]:
    """`yanxiu reindex`: seconds that passed, of processor time, and most memory in MiB."""
    began = time.monotonic()
    code = (
        "import resource,sys\nfrom yanxiu.cli import main\n"
        "try:\n    main(['reindex'])\nexcept SystemExit:\n    pass\n"
        "u=resource.getrusage(resource.RUSAGE_SELF)\nc=resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(u.ru_utime+u.ru_stime+c.ru_utime+c.ru_stime,max(u.ru_maxrss,c.ru_maxrss)/1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    cpu, most = done.stdout.splitlines()[-1].split()
    return time.monotonic() - began, float(cpu), float(most)


# ---- measuring -----------------------------------------------------------------------------------------------------


@contextmanager
def at_work(environment: dict[str, str], *, indexing: bool) -> Iterator[Server]:
    """The server; with `indexing` also what a worker does, which is the indexer too."""
    with serving(environment) as server:
        command = [sys.executable, "-m", "yanxiu", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment) if indexing else None
        try:
            yield server
        finally:
            if worker is not None:
                worker.terminate()
                worker.wait(60)


def timed(server: Server, ask: Callable[[str], object], paths: Iterable[str]) -> Timed:
    began, passed = server.cpu_s(), []
    for path in paths:
        start = time.perf_counter()
        ask(path)
        passed.append((time.perf_counter() - start) * 1000)
    return Timed(passed, (server.cpu_s() - began) * 1000)


def private_mib(server: Server) -> float:
    """Memory that the serving process alone has written, in MiB; what it only maps of the index's files, the system can drop."""
    serves = max(server.processes(), key=lambda pid: status_of(pid)[1])
    rows = Path(f"/proc/{serves}/smaps_rollup").read_text().splitlines()[1:]
    kept = {line.split(":")[0]: int(line.split()[1]) for line in rows if len(line.split()) > 2}
    return kept["Private_Dirty"] / 1024


def measure(environment: dict[str, str], known: dict[str, Any], name: str) -> None:
    asked = [line.split("\t")[0] for line in _questions()]
    everything = [f"/search?q={quote(text)}" for text in asked]
    one_kind = [f"/search?q={quote(text)}&kind=resource" for text in asked]
    typed = [
        f"/search/suggestions?q={quote(text)}" for text in (*BEGINNINGS, *(q[:n] for q in asked for n in (1, 2, 3)))
    ]
    print(f"\n| {name} | p50 / p95 ms | server CPU ms each | load |\n| --- | --- | --- | --- |")

    def row(what: str, taken: Timed) -> None:
        print(f"| {what} | {taken} | {os.getloadavg()[0]:.1f} |", flush=True)

    with at_work(environment, indexing=False) as server:
        reader = Reader(server.url, known["cookie"])
        reader.get("/help")
        empty = private_mib(server)
        first = timed(server, reader.get, [f"/search?q={quote('三国演义')}"])
        row("first answer after a start", first)
        reader.get("/search")  # somebody turns to the search box, as before every search: the rest is loaded meanwhile
        time.sleep(WARMING_S)
        row("all kinds, words asked for the first time", timed(server, reader.get, everything))
        row("all kinds", timed(server, reader.get, everything * 2))
        row("20 of one kind", timed(server, reader.get, one_kind * 2))
        row("suggestions, first time", timed(server, reader.get, typed))
        row("suggestions", timed(server, reader.get, typed))
        row("an empty page for comparison (/help)", timed(server, reader.get, ["/help"] * 60))
        print(
            f"\nPrivate memory: {empty:.0f} MiB before the first search, {private_mib(server):.0f} MiB after all of them."
        )
    with at_work(environment, indexing=True) as server:
        print(f"Findable after it was saved, one change a second: {lag(server, known)}", flush=True)


def lag(server: Server, known: dict[str, Any]) -> str:
    """Change a title a second; p50 and p95 of the time until a search finds it."""
    reader, writer = (Reader(server.url, known["cookie"]) for _ in range(2))
    edit = writer.get(f"/resources/{known['own'][0]}/edit")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', edit)[0]
    time.sleep(5)  # the indexer opens its index
    taken = []
    for number, resource in enumerate(known["own"]):
        word = "".join(chr(0x6000 + (number * 7919 + i * 104729) % 4000) for i in range(4))
        form = {"title": f"新写{word}", "kind": "plan", "visibility": "county", "license": "county"}
        writer.post(f"/resources/{resource}", {"csrf_token": token, **form})
        saved = time.perf_counter()
        while f'href="/resources/{resource}"' not in reader.get(f"/search?q={quote('“' + word + '”')}"):
            time.sleep(0.05)
            if time.perf_counter() - saved > 60:
                raise SystemExit("not found within a minute")
        taken.append((time.perf_counter() - saved) * 1000)
        time.sleep(max(0.0, 1 - taken[-1] / 1000))
    taken.sort()
    return f"p50 {statistics.median(taken):.0f} ms, p95 {taken[int(len(taken) * 0.95)]:.0f} ms ({len(taken)} changes, load {os.getloadavg()[0]:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--postgres", default="")
    parser.add_argument("--folder", default="", help="keep what is made here, and measure again what is there")
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make is not None:
        make_county(options.make)
        return
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="yanxiu-search-") as made:
            folder = Path(options.folder or made) / str(size)
            folder.mkdir(parents=True, exist_ok=True)
            settings = {"DATABASE_URL": options.postgres, "YANXIU_SEARCH": "postgres"} if options.postgres else {}
            environment = environment_of(folder, **settings)
            notes = folder / "known.json"
            if not notes.exists():
                command = [sys.executable, __file__, "--make", str(size)]
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
                passed, cpu, most = build(environment)
                print(
                    f"\nIndex of {size}: {passed:.0f} s passed, {cpu:.0f} s of processor time, {most:.0f} MiB at most",
                    flush=True,
                )
                notes.write_text(done.stdout.splitlines()[-1])
            measure(
                environment, json.loads(notes.read_text()), f"{size} documents{' in PostgreSQL' if settings else ''}"
            )


if __name__ == "__main__":
    main()
