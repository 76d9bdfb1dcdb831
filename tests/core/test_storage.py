"""Files in the local store."""

import hashlib
import os
import stat
from collections import namedtuple
from io import BytesIO

import pytest

from yanxiu.core import storage as module
from yanxiu.core.errors import StorageFullError, TooLargeError
from yanxiu.core.storage import LocalStorage, base_name, keep_file, receive_file, receive_local_file, storage
from yanxiu.core.unit_of_work import unit_of_work


def test_what_was_stored_comes_back(ctx, cast):
    received = receive_file(BytesIO("课件".encode()), "课件.txt", "text/plain")
    with unit_of_work():
        file = keep_file(received, cast.teacher.id)
        assert file.sha256 == hashlib.sha256("课件".encode()).hexdigest()
        assert file.size == 6
    with storage().open(received.key) as source:
        assert source.read() == "课件".encode()


def test_a_file_beyond_the_limit_leaves_nothing_behind(app):
    before = set(storage().keys())
    with pytest.raises(TooLargeError):
        receive_file(BytesIO(b"x" * 1025), "a.txt", "text/plain", max_bytes=1024)
    assert set(storage().keys()) == before


def test_a_full_disk_is_said_plainly(app, monkeypatch):
    usage = namedtuple("usage", "total used free")(100 * 2**30, 99 * 2**30, 2**30)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(StorageFullError, match="存储空间不足"):
        receive_file(BytesIO(b"x"), "a.txt", "text/plain")


def test_a_finished_file_is_moved_in(app, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"video")
    received = receive_local_file(tmp_path / "a.mp4", "a.mp4", "video/mp4")
    assert not (tmp_path / "a.mp4").exists()
    assert storage().path(received.key).read_bytes() == b"video"


def test_a_web_server_of_our_group_may_read_files_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        store = LocalStorage(tmp_path / "files")
        (tmp_path / "a.mp4").write_bytes(b"video")
        keys = [store.write(BytesIO(b"x"))[0], store.adopt_file(tmp_path / "a.mp4")[0]]
    finally:
        os.umask(before)
    for key in keys:
        path = store.path(key)
        assert [stat.S_IMODE(p.stat().st_mode) for p in (store.root, path.parent, path)] == [0o750, 0o750, 0o640]


def test_a_file_is_read_from_any_byte_and_as_a_local_file(app):
    received = receive_file(BytesIO(b"0123456789"), "a.txt", "text/plain")
    with storage().open(received.key, 7) as source:
        assert source.read() == b"789"
    with storage().local_copy(received.key) as path:
        assert path.read_bytes() == b"0123456789"


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", "."])
def test_a_key_is_never_a_path(app, key):
    with pytest.raises(FileNotFoundError):
        storage().path(key)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\li\\教案.docx", "教案.docx"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\u202e.txt", "ab.txt"),
        ("第一课　导学单.docx", "第一课　导学单.docx"),
        ("👩‍👩‍👧 合影.jpg", "👩‍👩‍👧 合影.jpg"),
        ("一\r\nSet-Cookie: a.txt", "一 Set-Cookie: a.txt"),
        ("一\u2028二\x85.txt", "一 二 .txt"),
        ("", "未命名文件"),
        ("\u200b\u3000", "未命名文件"),
        ("...", "未命名文件"),
        ("名" * 300 + "." + "x" * 300, "名" * 179 + "." + "x" * 20),
        ("a." + "x" * 300, "a." + "x" * 20),
        ("." + "x" * 300, "x" * 200),
    ],
)
def test_only_the_last_part_of_a_name_is_kept(sent, kept):
    assert base_name(sent) == kept


def test_a_very_long_name_keeps_its_extension():
    assert base_name("长" * 500 + ".docx").endswith(".docx")
    assert len(base_name("长" * 500 + ".docx")) <= 200
