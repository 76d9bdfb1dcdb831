"""What killed processes leave is swept once it is old; what is in use, young or known stays."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from threading import Event

import pytest

from yanxiu.core import housekeeping, scratch
from yanxiu.core.housekeeping import YOUNG_S, keep_house, sweep_leftovers
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import LocalStorage, ReceivedFile, keep_file, receive_file, receive_local_file, storage
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")
PAST = time.time() - YOUNG_S - 60


def received(content: bytes) -> ReceivedFile:
    return receive_file(io.BytesIO(content), "笔记.txt", "text/plain")


def age(path: Path) -> Path:
    os.utime(path, (PAST, PAST))
    return path


def stored(file: ReceivedFile) -> Path:
    return storage().path(file.key)


def test_old_orphans_go_and_uploads_under_way_and_kept_files_stay() -> None:
    old, young, kept = received(b"left behind"), received(b"under way"), received(b"kept")
    with unit_of_work():
        keep_file(kept, None)
    age(stored(old)), age(stored(kept))
    assert sweep_leftovers(storage()).orphans >= 1
    assert [stored(file).exists() for file in (old, young, kept)] == [False, True, True]


def test_a_file_that_took_days_to_arrive_is_young_in_the_store(tmp_path: Path) -> None:
    (tmp_path / "lesson.mp4").write_bytes(b"two days of uploading")
    file = receive_local_file(age(tmp_path / "lesson.mp4"), "lesson.mp4", "video/mp4")
    sweep_leftovers(storage())
    assert stored(file).exists()


def test_half_written_files_go_once_they_are_old() -> None:
    folder = stored(received(b"anything")).parent
    old, young = age_new(folder / "a.part"), folder / "b.part"
    young.write_bytes(b"being written")
    assert sweep_leftovers(storage()).parts >= 1
    assert (old.exists(), young.exists()) == (False, True)
    young.unlink()


def age_new(path: Path) -> Path:
    path.write_bytes(b"x")
    return age(path)


def test_work_folders_go_once_nothing_in_them_was_touched_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_root", tmp_path)
    abandoned, busy = tmp_path / "tmp1", tmp_path / "tmp2"
    for folder in (abandoned, busy):
        folder.mkdir()
        age_new(folder / "film.mp4")
        age(folder)
    (busy / "film.mp4").write_bytes(b"one more minute")
    assert sweep_leftovers(storage()).folders == 1
    assert (abandoned.exists(), busy.exists()) == (False, True)


def test_a_work_folder_is_on_our_own_disk_and_gone_afterwards(instance: Path) -> None:
    with scratch_folder() as folder:
        assert folder.parent == instance / "work"
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_the_daily_sweep_does_not_empty_the_store_because_of_a_wrong_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = LocalStorage(tmp_path)
    for number in range(housekeeping.MANY + 1):
        age(store.path(store.write(io.BytesIO(b"%d" % number))[0]))
    assert sweep_leftovers(store, however_many=False).orphans == 0
    assert "is it the right one" in caplog.text
    assert sweep_leftovers(store).orphans == housekeeping.MANY + 1


def test_the_worker_sweeps_at_its_start_and_survives_a_sweep_that_fails(
    app, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []
    stop = Event()

    def sweep(_store: object, however_many: bool) -> None:
        assert not however_many
        raise OSError("the disk is away")

    def wait(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 2:
            stop.set()

    monkeypatch.setattr(housekeeping, "sweep_leftovers", sweep)
    monkeypatch.setattr(stop, "wait", wait)
    keep_house(app, stop)
    assert asked == [housekeeping.DAY_S] * 2
    assert caplog.text.count("the sweep failed") == 2
