"""A recording that comes on a USB stick goes on where the line had stopped, known by its bytes."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, NotFoundError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.observations.models import RecordingVersion
from yanxiu.observations.uploads.folder import open_store
from yanxiu.observations.uploads.stick import bring

FILM = bytes(range(256)) * 400


@pytest.fixture
def store(app: Flask) -> UploadStore:
    return open_store(app.config["YANXIU"])


@pytest.fixture
def begun(cast, store: UploadStore, new_lesson: Callable[..., int]) -> Callable[[bytes], Upload]:
    """`begun(b"…")`: an upload of FILM's length to a lesson of its own, of which that much has come."""

    def begin(come: bytes) -> Upload:
        lesson_id = new_lesson(recorded=False)
        upload = store.create(cast.teacher.id, lesson_id, len(FILM), {"filename": "课堂实录.mp4"}, time.time())
        store.append(upload, 0, io.BytesIO(come))
        return upload

    return begin


def on_stick(folder: Path, content: bytes, name: str = "VID~1.MP4") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def versions() -> list[tuple[str, int]]:
    return [(version.original_name, version.size) for version in db.session.query(RecordingVersion)]


def test_a_begun_upload_gets_its_rest_from_the_stick(app, store, begun, tmp_path):
    begun(b"another film")
    ours = begun(FILM[:3000])
    with app.app_context():
        upload, start = bring(store, on_stick(tmp_path, FILM), None)
        assert (upload.id, start) == (ours.id, 3000)
        assert store.data_path(ours.id).read_bytes() == FILM
        assert versions() == [("课堂实录.mp4", len(FILM))]


def test_a_film_that_differs_in_what_has_come_is_none_of_ours(app, store, begun, tmp_path, new_lesson):
    begun(FILM[:3000])
    lesson_id = new_lesson(recorded=False)
    with app.app_context():
        other = on_stick(tmp_path, b"x" + FILM[1:])
        with pytest.raises(NotFoundError, match="--lesson"):
            bring(store, other, None)
        upload, start = bring(store, other, lesson_id)
        assert (upload.subject_id, start) == (lesson_id, 0)
        assert versions() == [("VID~1.MP4", len(FILM))]


def test_where_two_could_be_meant_one_is_asked_for(app, store, begun, tmp_path):
    uploads = [begun(FILM[:size]) for size in (10, 20)]
    with app.app_context():
        film = on_stick(tmp_path, FILM)
        with pytest.raises(ConflictError, match="--lesson"):
            bring(store, film, None)
        assert bring(store, film, uploads[1].subject_id)[1] == 20
