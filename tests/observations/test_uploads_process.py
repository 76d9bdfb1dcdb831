"""`yanxiu uploads`: a process that only takes bytes refuses what the application refuses, and loses no upload."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import update

from tests.maintenance.test_serving import LATER
from tests.support.clients import Client, anonymous_client, client_of, session_cookie
from tests.support.eventually import eventually
from tests.support.imports import ROOT
from tests.support.ports import free_port
from tests.support.tus import BASE, OFFSET, Tus
from yanxiu import cli
from yanxiu.accounts.models import User, UserSession
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.resumable.store import UploadStore
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import RecordingVersion
from yanxiu.observations.uploads.folder import SWEEP_JOB, open_store
from yanxiu.uploads import DOORS, NEW_PASSWORD, create_uploads_app

MIB = 1024 * 1024
PIECE = {**BASE, "Content-Type": OFFSET, "Upload-Offset": "0", "X-Requested-With": "fetch"}


@pytest.fixture
def role(app: Flask) -> Iterator[Flask]:
    """The application of that process, over the data of the tests' application."""
    made = create_uploads_app(app.config["YANXIU"])
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def store(app: Flask) -> UploadStore:
    return open_store(app.config["YANXIU"])


@pytest.fixture
def begin(client_for: Callable[[str], Client], new_lesson: Callable[..., int]) -> Callable[[int], str]:
    """`begin(length)`: a recording of 李强 that the application has begun; its path."""
    lesson = new_lesson(recorded=False)
    return lambda length: Tus(client_for("teacher"), filename="a.mp4", lesson=lesson).create(length).headers["Location"]


def test_it_refuses_whom_and_what_the_application_refuses_in_the_same_words(role, app, cast, client_for, store, begin):
    path = begin(4)
    number = path.rsplit("/", 1)[1]

    def same(key: str | None, status: int, to: str = path, data: bytes = b"abcd", **headers: str | None) -> None:
        sent = {name: value for name, value in {**PIECE, **headers}.items() if value is not None}
        clients = [client_of(each, cast, key) if key else anonymous_client(each) for each in (app, role)]
        answers = [client.patch(to, data=data, headers=sent) for client in clients]
        first, second = ((answer.status_code, answer.text, answer.headers.get("Location")) for answer in answers)
        assert first == second, to
        assert second[0] == status, second
        assert store.data_path(number).read_bytes() == b""

    same(None, 401)
    same("colleague", 404)
    same("admin", 404)
    same("teacher", 404, "/uploads/" + "0" * 32)
    for door in DOORS[1:]:
        same("teacher", 404, f"{door.prefix}/{number}")  # each door has only its own
    same("teacher", 403, Origin="https://elsewhere.example")
    same("teacher", 412, **{"Tus-Resumable": None})
    same("teacher", 415, **{"Content-Type": "video/mp4"})
    same("teacher", 400, **{"Upload-Offset": None})
    same("teacher", 409, **{"Upload-Offset": "2"})
    same("teacher", 413, data=b"abcdef")
    same("teacher", 460, **{"Upload-Checksum": "sha1 " + "A" * 27 + "="})
    with app.app_context(), unit_of_work():
        db.session.execute(update(User).where(User.id == cast.teacher.id).values(must_change_password=True))
    same("teacher", 302)
    with app.app_context(), unit_of_work():
        db.session.execute(
            update(User).where(User.id == cast.teacher.id).values(must_change_password=False, is_active=False)
        )
    same("teacher", 401)


def test_its_doors_are_the_applications_and_no_other_lies_behind_them(role, app, cast):
    known = {(rule.rule, rule.endpoint) for rule in app.url_map.iter_rules() if "PATCH" in rule.methods}
    served = {(rule.rule, rule.endpoint) for rule in role.url_map.iter_rules() if not rule.build_only}
    assert served == known
    with app.test_request_context():
        assert app.url_for(NEW_PASSWORD[0]) == NEW_PASSWORD[1]
    client = client_of(role, cast, "teacher")
    assert client.post("/uploads", headers={**BASE, "Upload-Length": "3"}).status_code == 404
    assert client.delete(f"/uploads/{'0' * 32}", headers=BASE).status_code == 405


def test_a_complete_recording_is_handed_over_by_the_page_that_asks_or_by_the_worker(role, app, cast, begin, work):
    tus, asked, left = Tus(client_of(role, cast, "teacher")), begin(3), begin(3)
    for path in (asked, left):
        assert tus.patch(path, 0, b"abc").headers["Upload-Offset"] == "3"

    def arrived() -> list[str]:
        with app.app_context():
            return sorted(db.session.scalars(db.select(RecordingVersion.upload_id)))

    work()
    assert arrived() == []  # the page has its time to ask first
    client_of(app, cast, "teacher").head(asked, headers=BASE)
    assert arrived() == [asked.rsplit("/", 1)[1]]
    with app.app_context(), unit_of_work():
        db.session.execute(update(Job).where(Job.kind == SWEEP_JOB).values(run_at=clock.now() - timedelta(seconds=1)))
    work()
    assert arrived() == sorted(path.rsplit("/", 1)[1] for path in (asked, left))


@pytest.mark.once
def test_killed_in_the_middle_or_signed_out_nothing_that_came_is_lost(app, cast, device_for, store, begin):
    content, path, port, config = random.Random(9).randbytes(2 * MIB), begin(2 * MIB), free_port(), app.config["YANXIU"]
    device = device_for("teacher")
    cookie = f"yanxiu={session_cookie(device)}"
    part = store.data_path(path.rsplit("/", 1)[1])
    outside = {name: value for name, value in os.environ.items() if not name.startswith("YANXIU_")}
    settings = {"YANXIU_INSTANCE": config.instance, "DATABASE_URL": config.database_url, "YANXIU_SECRET_KEY": "test"}
    environment = {**outside, **settings, "PYTHONPATH": str(ROOT / "platform")}

    def begin_piece(start: int) -> HTTPConnection:
        """Send half a MiB of the rest from there."""
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        line.putrequest("PATCH", path)
        for name, value in {**PIECE, "Upload-Offset": str(start), "Cookie": cookie}.items():
            line.putheader(name, value)
        line.putheader("Content-Length", str(2 * MIB - start))
        line.endheaders(content[start : start + MIB // 2])
        return line

    def is_up() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return True
        except OSError:
            return False

    command = [sys.executable, "-m", "yanxiu.uploads", "127.0.0.1", str(port)]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        eventually(is_up, 60)
        line = begin_piece(0)
        eventually(lambda: part.stat().st_size == MIB // 2)
        with app.app_context(), unit_of_work():
            last = db.session.scalars(db.select(UserSession.id).order_by(UserSession.id.desc())).first()
            db.session.execute(update(UserSession).where(UserSession.id == last).values(revoked_at=clock.now()))
        again = begin_piece(MIB // 2)
        assert again.getresponse().status == 401
        again.close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    line.close()
    came = part.stat().st_size
    assert part.read_bytes() == content[:came]
    assert came >= MIB // 2
    tus = Tus(client_of(app, cast, "teacher"))
    assert tus.head(path).headers["Upload-Offset"] == str(came)
    assert tus.patch(path, came, content[came:]).status_code == 204
    assert part.read_bytes() == content


@pytest.mark.once
def test_the_command_gives_way_to_the_lean_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _path, words: begun.append(words[1:]))
    port = str(free_port())
    assert CliRunner().invoke(cli.main, ["uploads", "--port", port]).exit_code == 0
    assert begun == [["-m", "yanxiu.uploads", "127.0.0.1", port]]


NOT_FOR_BYTES = LATER - {"gunicorn"} | {"flask_socketio", "socketio", "flask_limiter", "flask_compress", "yanxiu.cli"}
OURS = ("core", "accounts", "web", "config", "guards", "listening", "uploads")
OF_FEATURES = {
    "observations", "observations.uploads", "observations.uploads.folder",
    "resources", "resources.unfinished", "resources.extraction", "resources.extraction.formats",
}  # fmt: skip


@pytest.mark.once
def test_it_loads_nothing_of_what_people_see(tmp_path: Path) -> None:
    asked = (
        "import sys, yanxiu.uploads; yanxiu.uploads.create_uploads_app();"
        f"print(sorted({NOT_FOR_BYTES!r} & set(sys.modules)));"
        "print(*(name[7:] for name in sys.modules if name.startswith('yanxiu.')))"
    )
    outside = {name: value for name, value in os.environ.items() if not name.startswith("YANXIU_")}
    environment = {**outside, "YANXIU_INSTANCE": str(tmp_path), "PYTHONPATH": str(ROOT / "platform")}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    too_heavy, ours = done.stdout.splitlines()
    assert too_heavy == "[]"
    assert {name for name in ours.split() if name.split(".")[0] not in OURS} <= OF_FEATURES
