"""The tus 1.0 server: what the protocol asks for, and what the measurements of observation.md 3a ask on top."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.clients import Client
from tests.support.tus import BASE, Tus, meta
from yanxiu.core.db import db
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Limits, Upload, UploadStore
from yanxiu.observations.models import RecordingVersion
from yanxiu.observations.uploads.folder import open_store
from yanxiu.observations.views.uploads import RecordingTaker

pytestmark = pytest.mark.once


def recordings(client: Client, lesson_id: int) -> Tus:
    """The door for recordings of a lesson."""
    return Tus(client, filename="课堂实录.mp4", lesson=lesson_id)


@pytest.fixture
def tus(client_for: Callable[[str], Client], new_lesson: Callable[..., int]) -> Tus:
    return recordings(client_for("teacher"), new_lesson(recorded=False))


@pytest.fixture
def store(app: Flask) -> UploadStore:
    return open_store(app.config["YANXIU"])


def stored_bytes(store: UploadStore, url: str) -> bytes:
    return store.data_path(url.rsplit("/", 1)[1]).read_bytes()


def test_options_tell_what_the_server_speaks(tus):
    answer = tus.client.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "creation-defer-length", "termination", "checksum", "expiration",
    }  # fmt: skip
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"
    assert int(answer.headers["Tus-Max-Size"]) > 0


def test_another_version_is_refused_with_ours(tus):
    answer = tus.client.post("/uploads", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "3"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "-1"},
        {"Upload-Length": "x"},
        {"Upload-Length": "1e3"},
        {},
        {"Upload-Defer-Length": "2"},
        {"Upload-Length": "3", "Upload-Defer-Length": "1"},
        {"Upload-Length": "3", "Upload-Metadata": "filename ###"},
        {"Upload-Length": "3", "Upload-Metadata": "filename /w=="},
        {"Upload-Length": "3", "Upload-Metadata": "a YQ==,a YQ=="},
        {"Upload-Length": "3", "Upload-Metadata": "a " + "A" * 5000},
        {"Upload-Length": "3", "Upload-Metadata": meta(filename="x")},
    ],
)
def test_a_broken_creation_is_a_bad_request(tus, headers):
    sent = {**BASE, "Upload-Metadata": meta(lesson=tus.pairs["lesson"]), **headers}
    assert tus.client.post("/uploads", headers=sent).status_code == 400


def test_a_file_beyond_the_limit_is_refused_in_words(tus, store):
    answer = tus.create(store.limits.max_bytes + 1)
    assert answer.status_code == 413
    assert "上限" in answer.text


def test_a_file_arrives_in_pieces_and_becomes_a_version_exactly_once(tus, store, app):
    content = bytes(range(256)) * 40
    url = tus.create(len(content)).headers["Location"]
    assert tus.head(url).headers["Upload-Offset"] == "0"
    first = tus.patch(url, 0, content[:4000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "4000")
    assert tus.head(url).headers["Upload-Offset"] == "4000"
    assert tus.patch(url, 4000, content[4000:]).headers["Upload-Offset"] == str(len(content))
    assert stored_bytes(store, url) == content
    assert tus.head(url).headers["Upload-Offset"] == str(len(content))
    with app.app_context():
        versions = db.session.query(RecordingVersion).all()
        assert [(v.original_name, v.size, v.state) for v in versions] == [("课堂实录.mp4", len(content), "waiting")]


def test_a_piece_may_be_larger_than_any_other_request(tus, store, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    url = tus.create(5000).headers["Location"]
    assert tus.patch(url, 0, bytes(5000)).status_code == 204
    assert stored_bytes(store, url) == bytes(5000)


def test_another_offset_is_a_conflict_and_changes_nothing(tus, store):
    url = tus.create(10).headers["Location"]
    assert tus.patch(url, 3, b"abc").status_code == 409
    assert stored_bytes(store, url) == b""


def test_more_than_announced_is_refused_and_not_kept(tus, store):
    url = tus.create(4).headers["Location"]
    assert tus.patch(url, 0, b"abcdef").status_code == 413
    assert stored_bytes(store, url) == b""


def test_another_content_type_is_unsupported(tus):
    url = tus.create(3).headers["Location"]
    assert tus.patch(url, 0, b"abc", content_type="video/mp4").status_code == 415


@pytest.mark.parametrize("offset", [None, "x", "-3"])
def test_a_piece_without_a_proper_offset_is_a_bad_request(tus, offset):
    url = tus.create(3).headers["Location"]
    headers = {} if offset is None else {"Upload-Offset": offset}
    assert tus.patch(url, None, b"abc", **headers).status_code == 400


def test_a_wrong_checksum_keeps_nothing_and_a_right_one_everything(tus, store):
    url = tus.create(6).headers["Location"]
    wrong = base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    right = base64.b64encode(hashlib.sha1(b"abc").digest()).decode()
    assert tus.patch(url, 0, b"abc", **{"Upload-Checksum": f"sha1 {wrong}"}).status_code == 460
    assert stored_bytes(store, url) == b""
    assert tus.patch(url, 0, b"abc", **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400
    assert tus.patch(url, 0, b"abc", **{"Upload-Checksum": f"sha1 {right}"}).status_code == 204
    assert stored_bytes(store, url) == b"abc"


def test_the_length_may_be_told_later_and_only_once(tus, store):
    url = tus.create(None, **{"Upload-Defer-Length": "1"}).headers["Location"]
    assert tus.head(url).headers["Upload-Defer-Length"] == "1"
    assert tus.patch(url, 0, b"abc").status_code == 204
    assert tus.patch(url, 3, b"", **{"Upload-Length": "2"}).status_code == 400
    assert tus.patch(url, 3, b"def", **{"Upload-Length": "8"}).status_code == 204
    assert tus.patch(url, 6, b"", **{"Upload-Length": "9"}).status_code == 400
    assert tus.patch(url, 6, b"gh").headers["Upload-Offset"] == "8"
    assert stored_bytes(store, url) == b"abcdefgh"


def test_the_first_bytes_may_come_with_the_creation(tus, store):
    answer = tus.create(6, b"abc")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "3")
    assert stored_bytes(store, answer.headers["Location"]) == b"abc"


def test_while_bytes_come_no_connection_to_the_database_is_held(tus, app, monkeypatch):
    with app.app_context():
        engine = db.engine
    held: list[int] = []
    real = UploadStore.append

    def append(*given: object) -> int:
        held.append(engine.pool.checkedout())
        return real(*given)

    def begun_before(*_: object) -> Upload:
        """As where the same upload is found again: rows were read last, nothing was written."""
        db.session.execute(sa.text("SELECT 1"))
        return upload

    monkeypatch.setattr(UploadStore, "append", append)
    url = tus.create(9, b"abc").headers["Location"]
    upload = open_store(app.config["YANXIU"]).load(url.rsplit("/", 1)[1])
    assert tus.patch(url, 3, b"def").status_code == 204
    monkeypatch.setattr(RecordingTaker, "begin", begun_before)
    assert tus.create(9, b"x").status_code == 409
    assert held == [0, 0, 0]


def test_an_expired_upload_is_gone_and_swept(tus, store):
    url = tus.create(6, b"abc").headers["Location"]
    upload = store.load(url.rsplit("/", 1)[1])
    store._write(replace(upload, expires_at=time.time() - 1))
    assert tus.head(url).status_code == 410
    assert tus.patch(url, 3, b"def").status_code == 410
    assert store.sweep(time.time()) == 1
    assert tus.head(url).status_code == 404


def test_a_second_writer_is_told_to_wait_and_head_still_answers(tus, store):
    url = tus.create(6, b"abc").headers["Location"]
    with open(store.data_path(url.rsplit("/", 1)[1]), "r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert tus.patch(url, 3, b"def").status_code == 423
        assert tus.client.delete(url, headers=BASE).status_code == 423
        assert tus.head(url).headers["Upload-Offset"] == "3"
    assert tus.patch(url, 3, b"def").status_code == 204


@pytest.mark.parametrize("name", ["x", "0" * 32, "..%2f..%2fyanxiu.db", "../secret_key", "A" * 32])
def test_an_id_that_is_none_is_not_found(tus, name):
    assert tus.head(f"/uploads/{name}").status_code == 404


def test_an_upload_can_be_given_up(tus):
    url = tus.create(6, b"abc").headers["Location"]
    assert tus.client.delete(url, headers=BASE).status_code == 204
    assert tus.head(url).status_code == 404


def test_nobody_else_sees_or_touches_an_upload(tus, client_for, store):
    url = tus.create(6, b"abc").headers["Location"]
    for key in ("colleague", "principal", "admin"):
        other = recordings(client_for(key), tus.pairs["lesson"])
        assert other.head(url).status_code == 404
        assert other.patch(url, 3, b"bad").status_code == 404
        assert other.client.delete(url, headers=BASE).status_code == 404
    assert stored_bytes(store, url) == b"abc"


def test_only_who_may_change_the_lesson_may_open_an_upload(tus, client_for):
    assert recordings(client_for("colleague"), tus.pairs["lesson"]).create(6).status_code == 403
    assert recordings(client_for("outsider"), tus.pairs["lesson"]).create(6).status_code == 404
    assert recordings(client_for("teacher"), 999_999).create(6).status_code == 404


def test_a_page_of_another_site_cannot_write(tus):
    assert tus.create(6, Origin="https://evil.example").status_code == 403
    assert tus.create(6, Origin="http://localhost").status_code == 201
    assert tus.client.post("/uploads", data={"x": "1"}).status_code == 412


def test_a_signed_out_client_is_told_so(client):
    headers = {**BASE, "Upload-Length": "3", "X-Requested-With": "fetch"}
    assert client.post("/uploads", headers=headers).status_code == 401


def test_a_lost_right_stops_the_hand_over(tus, app):
    url = tus.create(6, b"abc").headers["Location"]
    assert tus.client.post(f"/lessons/{tus.pairs['lesson']}/removal").status_code == 303
    assert tus.patch(url, 3, b"def").status_code == 404
    with app.app_context():
        assert db.session.query(RecordingVersion).count() == 0


def test_the_quota_of_a_person_counts_what_is_unfinished(tmp_path: Path):
    store = UploadStore(tmp_path, Limits(max_bytes=100, quota_bytes=150), "recording")
    store.create(1, 1, 100, {}, 0.0)
    with pytest.raises(ProtocolError) as refused:
        store.create(1, 1, 60, {}, 0.0)
    assert refused.value.status == 413
    store.create(2, 1, 60, {}, 0.0)


def test_what_is_known_of_other_uploads_is_read_once_until_it_is_written_again(tmp_path: Path, monkeypatch):
    store, now = UploadStore(tmp_path, Limits(max_bytes=100, quota_bytes=150), "recording"), time.time()
    first, second = store.create(1, 1, 50, {}, now), store.create(1, 1, 50, {}, now + 1)
    assert [upload.id for upload in store.unfinished(1, now)] == [first.id, second.id]
    read, asked = UploadStore._read, []
    monkeypatch.setattr(UploadStore, "_read", lambda self, name: (asked.append(name), read(self, name))[1])
    assert len(store.unfinished(1, now)) == 2
    assert asked == []
    store.finish(first)
    store.forget(second.id)
    assert [(upload.id, upload.finished) for upload in store.all()] == [(first.id, True)]
    assert asked == [first.id]
    store.create(1, 1, 100, {}, now)


def test_a_nearly_full_disk_refuses_new_uploads(tmp_path: Path):
    store = UploadStore(tmp_path, Limits(100, 1000, reserve_bytes=2**62, reserve_share=1.0), "recording")
    with pytest.raises(ProtocolError) as refused:
        store.create(1, 1, 10, {}, 0.0)
    assert refused.value.status == 507


def refused(action: Callable[[], object]) -> int:
    with pytest.raises(ProtocolError) as raised:
        action()
    return raised.value.status


def test_the_quota_is_asked_again_when_bytes_come_and_when_the_length_is_told(tmp_path: Path):
    store = UploadStore(tmp_path, Limits(max_bytes=100, quota_bytes=150), "recording")
    now = time.time()
    store.create(1, 1, 100, {}, now)
    unknown, other = store.create(1, 1, None, {}, now), store.create(2, 1, None, {}, now)
    assert refused(lambda: store.append(unknown, 0, io.BytesIO(b"x" * 51))) == 413
    assert store.offset(unknown) == 0
    assert store.append(unknown, 0, io.BytesIO(b"x" * 50)) == 50
    assert refused(lambda: store.declare_length(unknown, 51)) == 413
    assert store.load(unknown.id).length is None
    assert store.declare_length(unknown, 50).length == 50
    assert store.append(other, 0, io.BytesIO(b"x" * 100)) == 100


class Disk:
    """A disk whose free space the test sets; what lies in the folder counts."""

    def __init__(self, root: Path, size: int) -> None:
        self.root, self.size = root, size

    def __call__(self, _path: object) -> SimpleNamespace:
        used = sum(path.stat().st_size for path in self.root.glob("*.part"))
        return SimpleNamespace(total=self.size, free=self.size - used)


def test_what_others_have_still_to_send_is_not_there_for_a_younger_upload(tmp_path: Path, monkeypatch):
    store = UploadStore(tmp_path, Limits(1000, 10_000, reserve_bytes=100, reserve_share=1.0), "recording")
    disk = Disk(tmp_path, 1000)
    monkeypatch.setattr("yanxiu.core.resumable.store.shutil.disk_usage", disk)
    now = time.time()
    first = store.create(1, 1, 600, {}, now)
    assert refused(lambda: store.create(2, 1, 400, {}, now + 1)) == 507
    second, unknown = store.create(2, 1, 200, {}, now + 1), store.create(3, 1, None, {}, now + 2)
    assert refused(lambda: store.append(unknown, 0, io.BytesIO(b"x" * 101))) == 507
    disk.size = 800  # something else filled the disk: who came first may go on
    assert refused(lambda: store.append(second, 0, io.BytesIO(b"x" * 200))) == 507
    assert store.append(first, 0, io.BytesIO(b"x" * 600)) == 600


def test_one_long_request_is_asked_again_on_its_way(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("yanxiu.core.resumable.store.ASK_AGAIN", 200)
    store = UploadStore(tmp_path, Limits(10**6, 10**6, reserve_bytes=100, reserve_share=1.0), "recording")
    disk = Disk(tmp_path, 10**6)
    monkeypatch.setattr("yanxiu.core.resumable.store.shutil.disk_usage", disk)
    upload = store.create(1, 1, 5000, {}, time.time())

    class Slow:
        sent = 0

        def read(self, _size: int) -> bytes:
            self.sent += 100
            if self.sent == 1000:
                disk.size = 2000
            return b"x" * 100

    assert refused(lambda: store.append(upload, 0, Slow())) == 507
    assert 1000 <= store.offset(upload) <= 1300


def test_an_upload_whose_bytes_are_lost_is_gone_and_never_complete(tus, store):
    url = tus.create(6, b"abc").headers["Location"]
    upload = store.load(url.rsplit("/", 1)[1])
    store.data_path(upload.id).unlink()
    assert not store.is_complete(upload)
    assert store.offset(upload) == 0
    assert tus.head(url).status_code == 410
    assert tus.patch(url, 3, b"def").status_code == 410
    assert store.unfinished(upload.owner_id, time.time()) == []
    assert store.sweep(upload.expires_at) == 1
    assert store.load(upload.id) is None


def test_a_creation_killed_half_way_leaves_nothing_one_could_go_on_with(tmp_path: Path, monkeypatch):
    store = UploadStore(tmp_path, Limits(100, 1000), "recording")
    with monkeypatch.context() as patched, pytest.raises(MemoryError):
        patched.setattr(store, "_write", Mock(side_effect=MemoryError("killed")))
        store.create(1, 1, 10, {}, time.time())
    assert list(store.all()) == []
    assert store.sweep(time.time()) == 0
    assert store.sweep(time.time() + 2 * 86400) == 1
    assert list(tmp_path.glob("*.part")) == []


class BreakingLink:
    """Gives a few bytes, then the link is gone."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read(self, _size: int) -> bytes:
        if not self.pieces:
            raise ConnectionResetError("link lost")
        return self.pieces.pop(0)


def test_what_came_before_the_link_broke_stays(tmp_path: Path):
    store = UploadStore(tmp_path, Limits(100, 1000), "recording")
    opened = store.create(1, 1, 10, {}, 0.0)
    with pytest.raises(ConnectionResetError):
        store.append(opened, 0, BreakingLink(b"abc", b"de"))
    assert store.offset(opened) == 5


def test_a_large_body_is_never_held_in_memory(tmp_path: Path):
    """The store asks for portions: the largest read is one block."""
    store = UploadStore(tmp_path, Limits(2**33, 2**34), "recording")
    asked: list[int] = []

    class Endless:
        left = 5_000_000

        def read(self, size: int) -> bytes:
            asked.append(size)
            size = min(size, self.left)
            self.left -= size
            return b"\0" * size

    opened = store.create(1, 1, 5_000_000, {}, 0.0)
    assert store.append(opened, 0, Endless()) == 5_000_000
    assert max(asked) <= 256 * 1024
