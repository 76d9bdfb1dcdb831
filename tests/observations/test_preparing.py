"""How recordings are prepared: a conversion that hangs, a worker that stops, a store far away, a backup meanwhile."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest
from sqlalchemy import select, update

from tests.support.eventually import eventually
from tests.support.observations import check_version, make_lesson, make_ready_version, some_comment, upload_clip
from yanxiu.core import backup, clock, ffmpeg
from yanxiu.core.db import db
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import LocalStorage, storage
from yanxiu.core.tasks import MAX_ATTEMPTS, QUEUED, Job, Worker, WorkerStoppingError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import lean_job
from yanxiu.observations.media import convert
from yanxiu.observations.media.probe import KilledError, NotPlayableError, inspect
from yanxiu.observations.models import RecordingVersion, Rendition, VersionState
from yanxiu.observations.services.recordings import PREPARE_JOB
from yanxiu.observations.uploads.annex import WaitingUploads
from yanxiu.observations.uploads.folder import open_store


@pytest.fixture
def silent(tmp_path, monkeypatch) -> Path:
    """An ffmpeg that says nothing and never ends; returns the file in which it leaves its process and its child's."""
    program, pids = tmp_path / "ffmpeg", tmp_path / "pids"
    program.write_text(f'#!/bin/sh\nsleep 600 &\necho $$ $! > "{pids}.new"\nmv "{pids}.new" "{pids}"\nwait\n')
    program.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "_configured", str(program))
    return pids


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def are_gone(pids: Path) -> bool:
    return not any(is_running(int(pid)) for pid in pids.read_text().split())


@pytest.mark.once
def test_a_conversion_that_falls_silent_is_ended_when_its_time_is_over(tmp_path, clips, silent, monkeypatch):
    clip = clips("plain.mp4", seconds=8)
    facts = inspect(clip)
    clock = SimpleNamespace(monotonic=lambda: 1e9 if silent.exists() else 0.0)
    monkeypatch.setattr(convert, "time", clock)
    with pytest.raises(NotPlayableError, match="用时过长"):
        convert.transcode(clip, tmp_path / "out.mp4", facts, 480, lambda percent: None)
    eventually(lambda: are_gone(silent))


@pytest.mark.once
def test_a_conversion_killed_for_want_of_memory_is_tried_again_and_says_the_truth(
    app, client_for, new_lesson, clips, tmp_path, monkeypatch, work
):
    killed = tmp_path / "ffmpeg"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    lesson_id = new_lesson(recorded=False)
    upload_clip(client_for("teacher"), lesson_id, clips("plain.mp4", seconds=8))
    monkeypatch.setattr(ffmpeg, "_configured", str(killed))
    work()
    page = client_for("leader").get(f"/lessons/{lesson_id}").text
    assert "服务器内存不够，处理到一半停下了，稍后会自动再试" in page
    assert "损坏" not in page
    _due_again(app, attempts=MAX_ATTEMPTS - 1)
    work()
    assert "请告诉管理员" in check_version(app, VersionState.FAILED)["reason"]
    ffmpeg.use_ffmpeg("")
    upload_clip(client_for("teacher"), lesson_id, clips("plain.mp4", seconds=8))
    monkeypatch.setattr(convert, "remux", _killed_once(convert.remux))
    work()
    _due_again(app, attempts=1)
    work()
    with app.app_context():
        newest = db.session.scalars(select(RecordingVersion).order_by(RecordingVersion.id.desc())).first()
        assert (newest.state, newest.reason) == (VersionState.READY, "")


def _due_again(app, attempts: int) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(Job).where(Job.state == QUEUED).values(run_at=clock.now(), attempts=attempts))


def _killed_once(real):
    """A conversion that the system ends the first time."""
    first = [True]

    def convert_(*given, **named):
        if first:
            first.clear()
            raise KilledError
        return real(*given, **named)

    return convert_


@pytest.mark.once
def test_a_worker_that_stops_ends_its_conversion_and_the_next_one_takes_it_up(
    app, client_for, new_lesson, clips, silent, work
):
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clips("plain.mp4", seconds=8))
    worker = Worker(app)
    running = threading.Thread(target=worker.run)
    running.start()
    eventually(silent.exists, 30)  # first a process of its own imports the program and looks into the film
    worker.stop()
    running.join(20)
    assert not running.is_alive()
    eventually(lambda: are_gone(silent))
    ffmpeg.use_ffmpeg("")
    work()
    check_version(app, VersionState.READY)


class FarStorage(LocalStorage):
    """A store on another machine: its files have no path here, and are fetched into a work folder to be read."""

    def path(self, key: str) -> Path:
        raise OSError("not on this machine")

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        with scratch_folder() as folder, self.open(key) as source, (folder / "copy").open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            yield folder / "copy"

    def open(self, key: str, start: int = 0) -> BinaryIO:
        source = LocalStorage.path(self, key).open("rb", buffering=0)
        source.seek(start)
        return source


@pytest.mark.once
@pytest.mark.parametrize(("codec", "kinds"), [("libx264", "source"), ("libx265", "480p")])
def test_recordings_are_prepared_from_a_store_on_another_machine(
    app, client_for, new_lesson, clips, work, monkeypatch, codec, kinds
):
    far = FarStorage(storage().root)
    monkeypatch.setattr("yanxiu.core.storage._storage", far)
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clips(f"{codec}.mp4", codec=codec, seconds=4))
    work()
    check_version(app, VersionState.READY, kinds, "peaks", "poster", "sprite")


def test_what_waits_to_be_prepared_belongs_into_a_backup_wherever_it_is_by_then(
    app, client_for, new_lesson, clips, work, tmp_path
):
    clip = clips("plain.mp4", seconds=8)
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clip)
    with app.app_context():
        store = open_store(app.config["YANXIU"])
        (upload,) = store.all()
        uploads = WaitingUploads(store.root)
        wanted = uploads.wanted(db.session.connection())
        assert {file.name: file.needed for file in wanted} == {f"{upload.id}.part": True, f"{upload.id}.json": False}
        db.session.rollback()
    work()  # the database is copied, its files are not yet
    with app.app_context():
        assert not store.data_path(upload.id).exists()
        with backup.open_beside(uploads, f"{upload.id}.part", storage()) as source:
            assert source.read() == clip.read_bytes()
        assert uploads.moved_to(f"{upload.id}.json") is None
        assert uploads.wanted(db.session.connection()) == []


def test_old_films_get_their_lean_one_when_nothing_waits_and_none_is_tried_twice(app, cast, work, monkeypatch):
    """The last watched first; one that fails, or whose file is gone, is passed over; a worker that stops tries it again."""
    tried, outcomes = [], {b"s": WorkerStoppingError(), b"f": NotPlayableError("nothing"), b"g": OSError("gone")}

    def lean(source: Path, target: Path, *_about: object) -> convert.Size:
        film = source.read_bytes()[:1]
        tried.append(film.decode())
        if film in outcomes:
            raise outcomes.pop(film)
        target.write_bytes(b"lean")
        return convert.Size(2, 2)

    def begun(kind: str, **changes: object) -> None:
        with app.app_context(), unit_of_work():
            db.session.execute(update(Job).where(Job.kind == kind, Job.state == QUEUED).values(**changes))

    monkeypatch.setattr(convert, "lean", lean)
    monkeypatch.setattr(lean_job, "REST_S", 0)
    with app.app_context(), unit_of_work():
        teacher, days = cast.user("teacher"), {b"a": 9, b"b": 8, b"s": 7, b"f": 6, b"g": 5, b"d": 1, b"m": 1, b"t": 4}
        for film, ago in days.items():
            lesson = make_lesson(teacher, visibility="school")
            with clock.frozen(clock.now() - timedelta(days=ago)):
                version = make_ready_version(lesson, 9_999 if film == b"m" else 20_000, content=film * 9)
            if film == b"a":
                some_comment(cast.user("colleague"), lesson, version)
            if film == b"d":
                lesson.deleted_at = clock.now()
            if film == b"t":  # a better film came later: only that one is watched
                with clock.frozen(clock.now() - timedelta(days=3)):
                    make_ready_version(lesson, content=b"n" * 9)
        lean_job.schedule_lean()
        lean_job.schedule_lean()
    at_once = clock.now() - timedelta(days=30)
    begun(PREPARE_JOB, run_at=clock.now() + timedelta(days=1))
    begun(lean_job.LEAN_JOB, run_at=at_once)
    work()
    assert tried == [], "a recording waits for the worker, so it goes first"
    begun(PREPARE_JOB, state="done", open_key=None)
    begun(lean_job.LEAN_JOB, run_at=at_once)
    work()
    assert tried == ["a", "n", "g", "f", "s", "s", "b"]
    with app.app_context():
        made = db.session.scalars(select(RecordingVersion).join(Rendition).where(Rendition.kind == "lean")).all()
        assert len(made) == 4
        assert db.session.scalars(select(Job).where(Job.kind == lean_job.LEAN_JOB, Job.state == QUEUED)).all() == []
        with unit_of_work():
            lean_job.schedule_lean()
            assert db.session.scalars(select(Job.state).where(Job.kind == lean_job.LEAN_JOB)).all().count(QUEUED) == 0
