"""The doctor finds what is broken and says so by its exit status; a healthy instance passes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.support.instance import Instance, new_instance
from yanxiu.config import Config
from yanxiu.core import doctor
from yanxiu.core.db import db
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.storage import ReceivedFile, keep_file, receive_file, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.maintenance_cli import check_index
from yanxiu.search.engines.local import LocalEngine

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def separate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with new_instance(tmp_path_factory.mktemp("instance")) as made:
        made.ask("populate")
        yield made


def received(content: bytes) -> ReceivedFile:
    return receive_file(io.BytesIO(content), "笔记.txt", "text/plain")


def test_a_healthy_instance_passes_until_its_audit_log_is_forged(separate: Instance) -> None:
    done = separate.yanxiu("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    for subject in ("磁盘", "数据库", "数据表版本", "审计记录", "文件", "检索索引", "ffmpeg"):
        assert subject in done.stdout
    assert "✗" not in done.stdout

    assert "末条与标记相符" in done.stdout

    assert separate.ask("cut_audit") == ["broken audit entry: None"]
    done = separate.yanxiu("verify-audit")
    assert done.returncode == 1
    assert "最新的记录被删过" in done.stderr
    done = separate.yanxiu("doctor")
    assert done.returncode == 1
    assert "✗ 审计记录" in done.stdout

    separate.ask("forge_audit")
    done = separate.yanxiu("verify-audit")
    assert done.returncode == 1
    assert "断开" in done.stderr


@pytest.mark.once
def test_the_operators_ffmpeg_is_the_one_that_is_used(separate: Instance) -> None:
    assert "/nowhere/ffmpeg 无法运行" in separate.yanxiu("doctor", YANXIU_FFMPEG="/nowhere/ffmpeg").stdout


@pytest.mark.usefixtures("ctx")
def test_a_row_whose_bytes_are_gone_is_a_failure() -> None:
    with unit_of_work():
        file = keep_file(received(b"soon gone"), None)
    assert file.id not in doctor.lost_files(storage())
    storage().delete(file.key)
    assert file.id in doctor.lost_files(storage())
    assert doctor.check_files(storage()).health is doctor.Health.BAD


@pytest.mark.usefixtures("ctx")
def test_what_the_index_has_taken_in_does_not_wait(tmp_path: Path) -> None:
    engine = LocalEngine(tmp_path / "search", "test")
    assert "yanxiu reindex" in check_index(Config(), engine).words
    engine.rebuild([[]], lambda: None)
    with unit_of_work():
        db.session.execute(delete(SearchOutbox))
        db.session.add_all(SearchOutbox(kind="person", object_id=n, generation=5) for n in range(3))
        db.session.add(SearchOutbox(kind="person", object_id=9))
    assert check_index(Config(), engine).words == "1 条更新在排队"
    several = Config(database_url="postgresql://db/yanxiu", redis_url="redis://db")
    assert "YANXIU_SEARCH=postgres" in check_index(several, engine).words
    assert check_index(replace(several, search="postgres"), engine).health is doctor.Health.GOOD


@pytest.mark.once
def test_the_reserve_on_the_disk_is_given_back_on_request(tmp_path: Path) -> None:
    assert doctor.keep_ballast(tmp_path).health is doctor.Health.GOOD
    reserve = tmp_path / doctor.BALLAST
    assert reserve.stat().st_blocks * 512 >= doctor.BALLAST_BYTES
    assert doctor.free_ballast(tmp_path)
    assert not reserve.exists()
    assert not doctor.free_ballast(tmp_path)


@pytest.mark.once
def test_an_unusable_ffmpeg_is_a_failure(tmp_path: Path) -> None:
    assert doctor.check_ffmpeg(str(tmp_path / "ffmpeg")).health is doctor.Health.BAD
