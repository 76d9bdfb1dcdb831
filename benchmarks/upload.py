"""What a large upload costs the server: memory, time, and what comes back from the middle of it meanwhile.

    python benchmarks/upload.py [MIB]          default: 1024

Starts the real server in a temporary folder and sends a recording of that size by tus, in three ways: in portions of
32 MiB as the page does on a fast line, in one request, and twenty smaller ones at once. Before and during each, the
resident memory of the serving process is read every 20 ms. Then asks for 64 KiB out of a stored recording of 600 MiB while
another one is sent. Prints Markdown tables. The sender reads no file: it makes its bytes, and the server's are hashed at the end.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from under_test import ROOT, Server, environment_of, serving

from tests.support.tus import BASE, OFFSET, meta

MIB = 1024 * 1024
BLOCK = bytes(range(256)) * 4096
"""One MiB; the sent file repeats it, with its number in front."""
WARM_UP = 5
PIECE, FAR = 64 * 1024, 500 * MIB


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    with tempfile.TemporaryDirectory(prefix="yanxiu-upload-") as folder:
        environment = environment_of(Path(folder))
        world = json.loads(run(environment, "-m", "tests.support.upload_server")[-1])
        version_id = int(run(environment, __file__, "recording", str(world["lesson"]))[-1])
        with serving(environment) as server:
            person = Sender(server, world["cookie"], world["lesson"], Path(folder) / "uploads")
            for _ in range(WARM_UP):
                person.ask("GET", f"/lessons/{world['lesson']}")
                person.whole(4, 4)
            print("| upload | seconds | MiB/s | memory before MiB | most | growth | SHA-256 |")
            print("|---|---|---|---|---|---|---|")
            print(measured(f"{size} MiB in portions of 32 MiB", size, server, lambda: [person.whole(size, 32)]))
            print(measured(f"{size} MiB in one request", size, server, lambda: [person.whole(size, size)]))
            print(measured("20 × 50 MiB at once", 1000, server, lambda: person.many(20, 50)))
            print(middle(person, size, version_id))


def run(environment: dict[str, str], *arguments: str) -> list[str]:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def block(number: int) -> bytes:
    return number.to_bytes(8, "big") + BLOCK[8:]


class Sender:
    """A small tus client."""

    def __init__(self, server: Server, cookie: str, lesson_id: int, folder: Path) -> None:
        self.server, self.cookie, self.lesson_id, self.folder = server, cookie, lesson_id, folder

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        line = HTTPConnection(urlsplit(self.server.url).netloc, timeout=300)
        line.request(method, path, body, {"Cookie": self.cookie, **headers})  # type: ignore[arg-type]
        answer = line.getresponse()
        content = answer.read()
        line.close()
        return answer.status, dict(answer.headers), content

    def begin(self, mib: int) -> str:
        pairs = {"Upload-Length": str(mib * MIB), "Upload-Metadata": meta(filename="课.mp4", lesson=self.lesson_id)}
        status, headers, said = self.ask("POST", "/uploads", None, **BASE, **pairs)
        assert status == 201, (status, said.decode())
        return urlsplit(headers["Location"]).path

    def whole(self, mib: int, portion: int) -> bool:
        """Send that many MiB, so many in one request; tell whether the server has the very bytes."""
        path = self.begin(mib)
        for start in range(0, mib, portion):
            self.portion(path, start, min(portion, mib - start))
        stored = self.folder / f"{path.rsplit('/', 1)[1]}.part"
        same = digest_of(stored) == digest(block(number) for number in range(mib))
        stored.unlink()  # a benchmark must not fill the disk; nobody prepares these recordings
        return same

    def portion(self, path: str, start: int, mib: int) -> None:
        body = (block(number) for number in range(start, start + mib))
        headers = {"Content-Type": OFFSET, "Content-Length": str(mib * MIB), "Upload-Offset": str(start * MIB)}
        status, _headers, said = self.ask("PATCH", path, body, **BASE, **headers)
        assert status == 204, (status, said.decode())

    def many(self, count: int, mib: int) -> list[bool]:
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda _: self.whole(mib, 32), range(count)))


def digest(parts: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def watching(server: Server) -> Iterator[list[float]]:
    """Collect the resident memory of the serving process, in MiB, as long as the block runs."""
    seen, over = [server.use()[0]], threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            seen.append(server.use()[0])

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def measured(name: str, mib: int, server: Server, act: Callable[[], list[bool]]) -> str:
    with watching(server) as seen:
        began = time.perf_counter()
        same = act()
        seconds = time.perf_counter() - began
    before, most = seen[0], max(seen)
    equal = "equal" if all(same) else "DIFFERENT"
    return (
        f"| {name} | {seconds:.1f} | {mib / seconds:.0f} | {before:.0f} | {most:.0f} | {most - before:.1f} | {equal} |"
    )


def middle(person: Sender, size: int, version_id: int) -> str:
    """Ask again and again for 64 KiB of a stored recording, from its beginning and from far inside, while one is sent."""
    took: dict[int, list[float]] = {0: [], FAR: []}
    path = person.begin(size)
    sending = threading.Thread(target=person.portion, args=(path, 0, size))
    sending.start()
    while sending.is_alive():
        for start, moments in took.items():
            began = time.perf_counter()
            url = f"/lessons/{person.lesson_id}/media/{version_id}/source"
            status, _headers, piece = person.ask("GET", url, Range=f"bytes={start}-{start + PIECE - 1}")
            assert (status, len(piece)) == (206, PIECE), status
            moments.append(1000 * (time.perf_counter() - began))
    sending.join()
    (person.folder / f"{path.rsplit('/', 1)[1]}.part").unlink()
    lines = ["\n| 64 KiB of a stored recording meanwhile | asked | p50 ms | p95 ms |", "|---|---|---|---|"]
    for start, moments in took.items():
        p95 = sorted(moments)[int(len(moments) * 0.95)]
        lines.append(f"| at {start // MIB} MiB | {len(moments)} | {statistics.median(moments):.0f} | {p95:.0f} |")
    return "\n".join(lines)


def make_recording(lesson_id: int) -> None:
    """Give the lesson a recording of 600 MiB that can be watched; says its version."""
    from tests.support.observations import make_ready_version
    from yanxiu.app import create_app
    from yanxiu.core.db import db
    from yanxiu.core.storage import receive_local_file
    from yanxiu.core.unit_of_work import unit_of_work
    from yanxiu.observations.models import Lesson

    with create_app().app_context(), tempfile.NamedTemporaryFile(delete=False) as film:
        film.truncate(600 * MIB)
        received = receive_local_file(Path(film.name), "实录.mp4", "video/mp4")
        with unit_of_work():
            version = make_ready_version(db.session.get_one(Lesson, lesson_id))
            file = version.renditions[0].file
            file.key, file.size, file.sha256 = received.key, received.size, received.sha256
        print(version.id)


if __name__ == "__main__":
    if sys.argv[1:2] == ["recording"]:
        make_recording(int(sys.argv[2]))
    else:
        main()
