"""The sweep: uploads that nobody handed over, and recordings that nobody works on any more."""

from __future__ import annotations

import io
import time

from flask import Flask

from tests.support.observations import upload_clip
from yanxiu.core.db import db
from yanxiu.core.tasks import Job, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations import jobs
from yanxiu.observations.models import RecordingVersion, VersionState
from yanxiu.observations.services import recordings
from yanxiu.observations.uploads.folder import open_store


def outcome(app: Flask) -> tuple[str, str]:
    """State and reason of the one version in the database."""
    with app.app_context():
        (version,) = db.session.query(RecordingVersion).all()
        return version.state, version.reason


def test_a_recording_nobody_works_on_any_more_says_so(app, client_for, new_lesson, clips):
    """A worker that dies each time leaves a failed job and no word to the teacher; the sweep says it."""
    upload_clip(client_for("teacher"), new_lesson(recorded=False), clips("plain.mp4", seconds=8))
    with app.app_context(), unit_of_work():
        recordings.give_up_forgotten()
    assert outcome(app)[0] == VersionState.WAITING  # its job is still open
    with app.app_context(), unit_of_work():
        for job in db.session.query(Job).where(Job.kind == "media.prepare"):
            job.state, job.open_key = "failed", None
        recordings.give_up_forgotten()
    state, reason = outcome(app)
    assert state == VersionState.FAILED
    assert "没有处理成功" in reason


def test_an_upload_that_cannot_be_handed_over_does_not_keep_the_others_waiting(
    app, cast, new_lesson, work, monkeypatch
):
    lesson_id = new_lesson(recorded=False)
    seen = []

    def hand_over(_store, upload, _viewer, _owner):
        seen.append(upload.id)
        raise ValueError("a name no column can hold")

    monkeypatch.setattr(jobs, "hand_over", hand_over)
    with app.app_context():
        store = open_store(app.config["YANXIU"])
        for _ in range(2):
            upload = store.create(cast.teacher.id, lesson_id, 4, {"filename": "a.mp4"}, time.time())
            store.append(upload, 0, io.BytesIO(b"data"))
        with unit_of_work():
            enqueue(jobs.SWEEP_JOB, {})
    work()
    assert len(set(seen)) == 2
    with app.app_context():
        assert db.session.query(Job).filter_by(kind=jobs.SWEEP_JOB, state="done").count() == 1
        for upload_id in set(seen):
            store.forget(upload_id)


def test_the_sweep_hands_over_what_a_dying_server_could_not(app, cast, client_for, new_lesson, clips, work):
    lesson_id = new_lesson(recorded=False)
    clip = clips("plain.mp4", seconds=8)
    with app.app_context():
        store = open_store(app.config["YANXIU"])
        upload = store.create(cast.teacher.id, lesson_id, clip.stat().st_size, {"filename": "a.mp4"}, time.time())
        with clip.open("rb") as file:
            store.append(upload, 0, file)
        with unit_of_work():
            enqueue(jobs.SWEEP_JOB, {})
    work()
    assert outcome(app)[0] == VersionState.READY
