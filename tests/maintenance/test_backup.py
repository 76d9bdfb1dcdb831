"""Backup and restore, as an operator does them: commands against a real instance on this run's database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.instance import Instance, new_instance
from yanxiu.core import backup
from yanxiu.core.storage import LocalStorage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with new_instance(tmp_path_factory.mktemp("source")) as made:
        made.ask("populate")
        yield made


@pytest.fixture(scope="module")
def made_backup(source: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "first"
    done = source.yanxiu("backup", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def damaged(made_backup: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(made_backup, tmp_path / "damaged"))


def test_a_backup_restores_to_an_empty_machine_and_by_force_over_a_used_one(
    source: Instance, made_backup: Path, tmp_path: Path
) -> None:
    expected = source.ask("fingerprint")
    with new_instance(tmp_path / "target") as target:
        done = target.yanxiu("restore", str(made_backup))
        assert done.returncode == 0, done.stdout + done.stderr
        assert target.ask("fingerprint") == expected

        target.ask("act")  # what is written down of the audit log is now ahead of the backup
        next(target.folder.glob("files/*/*")).unlink()
        refused = target.yanxiu("restore", str(made_backup))
        assert refused.returncode != 0
        assert "--force" in refused.stderr

        forced = target.yanxiu("restore", "--force", str(made_backup))
        assert forced.returncode == 0, forced.stdout + forced.stderr
        assert target.ask("fingerprint") == expected
        assert list(target.folder.glob("files.before-restore-*/*/*")), "what was there is kept"
        assert list(target.folder.glob("uploads.before-restore-*/*.part"))
        assert target.yanxiu("verify-audit").returncode == 0


def test_a_backup_holds_only_what_rows_refer_to_and_says_what_is_in_it(made_backup: Path) -> None:
    manifest = json.loads((made_backup / "manifest.json").read_text())
    assert manifest["rows"]["audit_entry"] >= 20
    assert sorted(manifest["files"]) == sorted(path.name for path in made_backup.glob("files/*/*"))
    assert len(manifest["files"]) == manifest["rows"]["stored_file"] == 3
    assert sorted(path.suffix for path in made_backup.glob("uploads/*")) == [".json", ".part"]
    assert sorted(manifest["annex"]) == sorted(path.name for path in made_backup.glob("uploads/*"))


@pytest.mark.parametrize("victim", ["database.*", "files/*/*", "uploads/*.part"])
def test_one_wrong_bit_in_a_backup_is_noticed_before_anything_is_touched(
    victim: str, damaged: Path, tmp_path: Path
) -> None:
    path = next(damaged.glob(victim))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    untouched = tmp_path / "untouched"
    with pytest.raises(backup.BackupError, match="已损坏或缺失"):
        backup.restore(sa.create_engine(f"sqlite:///{untouched}.db"), untouched, damaged, force=True)
    assert not untouched.exists()
    assert not Path(f"{untouched}.db").exists()


def test_a_folder_without_a_manifest_is_no_backup(damaged: Path) -> None:
    (damaged / "manifest.json").unlink()
    with pytest.raises(backup.BackupError, match="不是一份完整的备份"):
        backup.verify(damaged)


def test_a_missing_file_makes_a_backup_invalid(damaged: Path) -> None:
    next(damaged.glob("files/*/*")).unlink()
    with pytest.raises(backup.BackupError, match="已损坏或缺失"):
        backup.verify(damaged)


def test_a_backup_does_not_write_over_another(source: Instance, made_backup: Path) -> None:
    with pytest.raises(backup.BackupError, match="不是空文件夹"):
        backup.back_up(sa.create_engine(source.database_url), LocalStorage(source.folder / "files"), made_backup)
