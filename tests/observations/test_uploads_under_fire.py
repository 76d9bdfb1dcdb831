"""The upload door of a real server: killed in the middle of a piece, and left hanging by a phone without a signal."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlsplit

import pytest

from tests.support.clients import session_cookie
from tests.support.eventually import eventually
from tests.support.instance import Instance, new_instance
from tests.support.ports import free_port
from tests.support.tus import meta
from yanxiu.web import resumable as door

pytestmark = pytest.mark.once
MIB = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def answer_of(port: int, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def creation(lesson_id: int, length: int) -> dict[str, str]:
    return {**TUS, "Upload-Length": str(length), "Upload-Metadata": meta(filename="a.mp4", lesson=lesson_id)}


def begin_piece(port: int, path: str, cookie: str, offset: int, length: int) -> socket.socket:
    """Open a PATCH that announces `length` bytes; the caller sends as many as it likes."""
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    lines = [f"PATCH {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Cookie: {cookie}", f"Upload-Offset: {offset}"]
    lines += [f"{name}: {value}" for name, value in PIECE.items()]
    link.sendall("\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode())
    return link


@contextmanager
def server(instance: Instance, port: int) -> Iterator[Callable[[], None]]:
    """The server as operators run it; yields what kills it, workers and all, without a warning."""
    with instance.started("yanxiu", "serve", "--port", str(port), "--no-worker") as process:
        eventually(lambda: is_up(port), 60)
        yield process.kill


def is_up(port: int) -> bool:
    try:
        return answer_of(port, "GET", "/login", {}).status == 200
    except (OSError, HTTPException):
        return False


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_server_killed_in_the_middle_of_pieces_goes_on_from_what_had_arrived(tmp_path):
    content, document = random.Random(7).randbytes(24 * MIB), "草船借箭\n".encode() * 200_000
    with new_instance(tmp_path / "instance") as instance:
        made = instance.python("-m", "tests.support.upload_server")
        assert made.returncode == 0, made.stderr
        world = json.loads(made.stdout.splitlines()[-1])
        cookie, port = {"Cookie": world["cookie"]}, free_port()
        with server(instance, port) as kill:
            headers = {**creation(world["lesson"], len(content)), **cookie}
            created = answer_of(port, "POST", "/uploads", headers)
            assert created.status == 201
            path = urlsplit(created.headers["Location"]).path
            part = instance.folder / "uploads" / f"{path.rsplit('/', 1)[1]}.part"
            headers = {**TUS, "Upload-Length": str(len(document)), "Upload-Metadata": meta(filename="a.txt"), **cookie}
            created = answer_of(port, "POST", "/uploads/resources", headers)
            library = urlsplit(created.headers["Location"]).path
            page = instance.folder / "uploads" / f"{library.rsplit('/', 1)[1]}.part"
            with (
                begin_piece(port, path, world["cookie"], 0, len(content)) as link,
                begin_piece(port, library, world["cookie"], 0, len(document)) as second,
            ):
                link.sendall(content[: 10 * MIB])
                second.sendall(document[: 2 * MIB])
                eventually(lambda: part.stat().st_size > 8 * MIB and page.stat().st_size > MIB, 20)
                kill()
        with server(instance, port):
            offset = int(answer_of(port, "HEAD", path, {**TUS, **cookie}).headers["Upload-Offset"])
            assert 8 * MIB < offset <= 10 * MIB
            rest = {**PIECE, **cookie, "Upload-Offset": str(offset)}
            assert answer_of(port, "PATCH", path, rest, content[offset:]).status == 204
            assert part.read_bytes() == content
            offset = int(answer_of(port, "HEAD", library, {**TUS, **cookie}).headers["Upload-Offset"])
            assert MIB < offset <= 2 * MIB
            rest = {**PIECE, **cookie, "Upload-Offset": str(offset)}
            assert answer_of(port, "PATCH", library, rest, document[offset:]).status == 204
            assert page.read_bytes() == document


def test_a_link_that_fell_silent_does_not_lock_the_upload_for_ever(live_server, client_for, new_lesson, monkeypatch):
    """Without a read time-out every retry would get 423 for ever (observation.md 3a)."""
    monkeypatch.setattr(door, "READ_TIMEOUT_S", 1)
    port = int(live_server.url.rsplit(":", 1)[1])
    cookie = f"yanxiu={session_cookie(client_for('teacher'))}"
    content = random.Random(8).randbytes(MIB)
    headers = {**creation(new_lesson(recorded=False), MIB), "Cookie": cookie}
    path = urlsplit(answer_of(port, "POST", "/uploads", headers).headers["Location"]).path

    def offset() -> int:
        return int(answer_of(port, "HEAD", path, {**TUS, "Cookie": cookie}).headers["Upload-Offset"])

    def retry() -> int:
        """What a tus client does: ask how much arrived, send the rest."""
        at = offset()
        sent = {**PIECE, "Cookie": cookie, "Upload-Offset": str(at)}
        return answer_of(port, "PATCH", path, sent, content[at:]).status

    with begin_piece(port, path, cookie, 0, MIB) as link:
        link.sendall(content[: 300 * 1024])
        eventually(lambda: offset() >= 192 * 1024)
        assert retry() == 423
        eventually(lambda: retry() == 204, 10)
    assert offset() == MIB
