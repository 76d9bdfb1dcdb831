"""An upload of 1 GiB through all that can happen to it: server and client killed, a link that falls silent.

    python benchmarks/broken_upload.py [MIB] [--role]          default: 1024

A client of its own process sends a recording by tus in portions of 16 MiB to a real `yanxiu serve`, asking after each
break how much is there. Spread over the way the server is killed with SIGKILL five times (all its processes) and started
again, the client four times, and twice a client's link falls silent in the middle of a portion without being closed, as when a phone loses its
signal: whoever goes on has to wait until the server lets go of it. After each break what was acknowledged must still be
there. Prints a Markdown table; the SHA-256 of what the server has is compared at the end.

With `--role` the portions go to `yanxiu uploads`, as behind nginx, which is what is killed and watched; a `yanxiu serve` that
begins the upload and says how much has come runs beside it throughout.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from under_test import Server, environment_of, serving
from upload import MIB, Sender, block, digest, digest_of, run, watching

from tests.support.eventually import eventually
from tests.support.tus import BASE, OFFSET

PORTION = 16 * MIB
SILENT = PORTION // 2
"""So many bytes of a portion come before its link falls silent."""
PAUSE_S = 0.3
BREAKS = ("server", "client", "server", "link", "client", "server", "client", "server", "link", "client", "server")


@dataclass
class Run:
    """One upload on its way, and what happened to it."""

    environment: dict[str, str]
    size: int
    folder: Path
    world: dict[str, str]
    waits_s: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    grown: list[float] = field(default_factory=list)
    beside: Server | None = None
    """Who begins the upload and says how much has come, when that is another than who takes the bytes."""
    path: str = ""
    client: subprocess.Popen[str] | None = None

    @property
    def stored(self) -> Path:
        """Where the server keeps what has come."""
        return self.folder / "uploads" / f"{self.path.rsplit('/', 1)[1]}.part"

    def arrived(self) -> int:
        return self.stored.stat().st_size

    @contextmanager
    def serving(self) -> Iterator[Server]:
        """The server that takes the bytes."""
        if self.beside is None:
            with serving(self.environment) as server:
                yield server
        else:
            with serving(self.environment, is_listening, ("uploads",)) as server:
                yield server

    def start_client(self, server: Server) -> None:
        facts = [(self.beside or server).url, server.url, self.world["cookie"], self.path, str(self.size)]
        command = [sys.executable, __file__, "send", *facts]
        self.client = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, text=True)

    def kill_client(self) -> int:
        """End it without a warning; return how many bytes were acknowledged to it."""
        assert self.client is not None
        self.client.kill()
        said, _nothing = self.client.communicate()
        whole = [int(line) for line in said.splitlines(keepends=True) if line.endswith("\n")]
        return max(whole, default=0)


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--role"]
    size = (int(words[0]) if words else 1024) * MIB
    with tempfile.TemporaryDirectory(prefix="yanxiu-broken-") as name, ExitStack() as servers:
        environment = environment_of(Path(name))
        world = json.loads(run(environment, "-m", "tests.support.upload_server")[-1])
        upload = Run(environment, size, Path(name), world)
        if "--role" in sys.argv:
            upload.beside = servers.enter_context(serving(environment))
        began = time.perf_counter()
        go_through(upload)
        seconds = time.perf_counter() - began
        equal = digest_of(upload.stored) == digest(block(number) for number in range(size // MIB))
        count = {what: BREAKS.count(what) for what in ("server", "client", "link")}
        print(
            "| MiB | server killed | client killed | links fallen silent | until going on after those s | seconds",
            end="",
        )
        print(" | memory at most MiB | growth at most | SHA-256 | load |\n|---|---|---|---|---|---|---|---|---|---|")
        print(
            f"| {size // MIB} | {count['server']} | {count['client']} | {count['link']}"
            f" | {', '.join(f'{wait:.0f}' for wait in upload.waits_s)} | {seconds:.0f} | {max(upload.memory):.0f}"
            f" | {max(upload.grown):.1f} | {'equal' if equal else 'DIFFERENT'} | {os.getloadavg()[0]:.1f} |"
        )


def is_listening(url: str) -> bool:
    """Tell whether somebody answers there, whatever it is."""
    try:
        with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), timeout=5):
            return True
    except OSError:
        return False


def go_through(upload: Run) -> None:
    """Send all of it; one break after another, each when its share has come."""
    marks = [upload.size * (number + 1) // (len(BREAKS) + 1) for number in range(len(BREAKS))]
    breaks = list(zip(BREAKS, marks, strict=True))
    while breaks:
        with upload.serving() as server:
            with watching(server) as seen:
                begin_or_go_on(upload, server)
                live_through(upload, server, breaks)
            note_memory(upload, seen)
            kill(server)
        acknowledged = upload.kill_client()
        assert upload.arrived() >= acknowledged, (upload.arrived(), acknowledged)
    with upload.serving() as server, watching(server) as seen:
        begin_or_go_on(upload, server)
        assert upload.client is not None
        upload.client.communicate(timeout=600)
        assert upload.client.returncode == 0
        note_memory(upload, seen)


def live_through(upload: Run, server: Server, breaks: list[tuple[str, int]]) -> None:
    """Break client and link when it is their turn, until it is the server's."""
    while breaks:
        what, mark = breaks.pop(0)
        eventually(lambda mark=mark: upload.arrived() >= mark, timeout=600)
        if what == "server":
            return
        acknowledged = upload.kill_client()
        assert upload.arrived() >= acknowledged, (upload.arrived(), acknowledged)
        if what == "link":
            fall_silent(upload, server)
        else:
            upload.start_client(server)


def begin_or_go_on(upload: Run, server: Server) -> None:
    door = upload.beside or server
    person = Sender(door, upload.world["cookie"], int(upload.world["lesson"]), upload.folder / "uploads")
    person.ask("GET", f"/lessons/{upload.world['lesson']}")
    if not upload.path:
        upload.path = person.begin(upload.size // MIB)
    upload.start_client(server)


def note_memory(upload: Run, seen: list[float]) -> None:
    upload.memory.append(max(seen))
    upload.grown.append(max(seen) - seen[0])


def kill(server: Server) -> None:
    for pid in server.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def fall_silent(upload: Run, server: Server) -> None:
    """Leave half a portion on a link that stays open, then go on with a new client; note how long that had to wait."""
    while (link := silent_link(upload, server)) is None:
        time.sleep(PAUSE_S)
    with link:
        began, there = time.perf_counter(), upload.arrived()
        upload.start_client(server)
        eventually(lambda: upload.arrived() > there, timeout=120)
        upload.waits_s.append(time.perf_counter() - began)


def silent_link(upload: Run, server: Server) -> socket.socket | None:
    """Open it; None when the server still holds the upload for the client that was killed."""
    address, start = urlsplit(server.url), upload.arrived()
    lines = [f"PATCH {upload.path} HTTP/1.1", f"Host: {address.netloc}", f"Cookie: {upload.world['cookie']}"]
    lines += [f"{name}: {value}" for name, value in BASE.items()]
    lines += [f"Content-Type: {OFFSET}", f"Upload-Offset: {start}", f"Content-Length: {PORTION}", "", ""]
    link = socket.create_connection((address.hostname or "", address.port or 0), timeout=30)
    try:
        link.sendall("\r\n".join(lines).encode())
        for part in content(start, start + SILENT):
            link.sendall(part)
        eventually(lambda: upload.arrived() == start + SILENT, timeout=10)
    except (OSError, AssertionError):
        link.close()
        return None
    return link


def content(start: int, end: int) -> Iterator[bytes]:
    """The bytes of the recording from `start` to `end`, in parts of one MiB at most."""
    while start < end:
        number, within = divmod(start, MIB)
        part = block(number)[within : within + end - start]
        yield part
        start += len(part)


def send(told: str, taken: str, cookie: str, path: str, size: int) -> None:
    """What the page does: ask (`told`) how much is there, send the next portion (`taken`), try again after any trouble."""
    asker, person = (
        Sender(Server(url, None), cookie, 0, Path())  # type: ignore[arg-type]  # only its address is asked for
        for url in (told, taken)
    )
    while True:
        try:
            status, headers, _said = asker.ask("HEAD", path, None, **BASE)
            at = int(headers["Upload-Offset"]) if status == 200 else -1
            if at == size:
                return
            if at >= 0 and (acknowledged := portion(person, path, at, min(at + PORTION, size))):
                print(acknowledged, flush=True)
                continue
        except (OSError, HTTPException):
            pass  # the server is away, or went away in the middle
        time.sleep(PAUSE_S)


def portion(person: Sender, path: str, start: int, end: int) -> int:
    """Send one; return how much is acknowledged, 0 if it was refused (somebody else holds the upload)."""
    headers = {"Content-Type": OFFSET, "Content-Length": str(end - start), "Upload-Offset": str(start)}
    status, answered, _said = person.ask("PATCH", path, content(start, end), **BASE, **headers)
    return int(answered["Upload-Offset"]) if status == 204 else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        send(*sys.argv[2:6], int(sys.argv[6]))
    else:
        main()
