"""Backup and restore: one consistent copy of the database, every file it refers to, and a manifest that proves both.

A backup is a folder:

    manifest.json    what is inside, with the SHA-256 of every file and the number of rows of every table
    database.sqlite3 | database.pgdump
    files/ab/abcd…   stored files under their keys
    uploads/…        files that are not in the store yet though rows count on them (an `Annex`)

The database comes first and the files after it: a file is stored before the row that names it, so the copy of the
database never names a file that is still to come. The search index is not copied; a restore builds it anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, Connection

from yanxiu.core import clock
from yanxiu.core.storage import Storage

FORMAT = 1
MANIFEST = "manifest.json"
ANNEX = "uploads"
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup or restore that cannot go on; the message says why, in words for the person at the console."""


@dataclass(frozen=True)
class Beside:
    """A file of the annex; without one that is `needed` a backup is not complete."""

    name: str
    needed: bool


class Annex(Protocol):
    """A flat folder beside the store from which some files belong into a backup."""

    @property
    def root(self) -> Path:
        """Where the files are."""

    def wanted(self, connection: Connection) -> list[Beside]:
        """Return what the rows count on, as this copy of the database has them."""

    def moved_to(self, name: str) -> str | None:
        """Return the key under which a file was stored that has just left the folder, None if it was not."""


@dataclass
class Manifest:
    """What a backup holds. `files` maps a storage key to [size in bytes, sha256]; `rows` a table to its row count.

    `annex` maps names in the folder of the annex like `files`.
    """

    format: int
    made_at: str
    dialect: str
    revision: str
    database: str
    database_sha256: str
    rows: dict[str, int]
    files: dict[str, list[Any]]
    missing: list[str] = field(default_factory=list)
    annex: dict[str, list[Any]] = field(default_factory=dict)

    def paths(self) -> Iterator[tuple[str, Path, int, str]]:
        """Yield name, place in the backup, size and hash of every file beside the database."""
        for key, (size, digest) in self.files.items():
            yield key, Path("files", key[:2], key), size, digest
        for name, (size, digest) in self.annex.items():
            yield name, Path(ANNEX, name), size, digest

    def save(self, folder: Path) -> None:
        content = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        part = folder / f"{MANIFEST}.part"
        part.write_text(content, "utf-8")
        _sync(part)
        part.rename(folder / MANIFEST)

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        try:
            content = json.loads((folder / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            raise BackupError(f"{folder} 中没有 {MANIFEST}：这不是一份完整的备份") from None
        if content.get("format") != FORMAT:
            raise BackupError(f"不认识的备份格式：{content.get('format')}")
        return cls(**content)


# ---- making one ------------------------------------------------------------------------------------------------------


def back_up(engine: Engine, storage: Storage, folder: Path, annex: Annex | None = None) -> Manifest:
    """Write a backup into `folder`, which must not exist yet or be empty. Works while people write."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} 不是空文件夹")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    dump = _dump_sqlite if engine.dialect.name == "sqlite" else _dump_postgresql
    with dump(engine, folder) as (database, connection):
        manifest = Manifest(
            format=FORMAT,
            made_at=clock.now().isoformat(),
            dialect=engine.dialect.name,
            revision=_revision(connection),
            database=database.name,
            database_sha256=sha256_of(database),
            rows=count_rows(connection),
            files={},
        )
        wanted = connection.execute(text("SELECT key, size, sha256 FROM stored_file ORDER BY id")).all()
        beside = annex.wanted(connection) if annex is not None else []
    for key, size, digest in wanted:
        if _copy_file(storage, key, folder, size, digest):
            manifest.files[key] = [size, digest]
        else:
            manifest.missing.append(key)
    if annex is not None:
        _copy_annex(annex, beside, storage, folder, manifest)
    manifest.save(folder)
    return manifest


@contextmanager
def _dump_sqlite(engine: Engine, folder: Path) -> Iterator[tuple[Path, Connection]]:
    """VACUUM INTO sees one moment of the database, in one step, whatever is written meanwhile."""
    target = folder / "database.sqlite3"
    with closing(sqlite3.connect(str(engine.url.database), timeout=60)) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    _sync(target)
    with open_sqlite(target) as connection:
        verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if verdict != "ok":
            raise BackupError(f"数据库副本没有通过完整性检查：{verdict}")
        yield target, connection


@contextmanager
def open_sqlite(path: Path) -> Iterator[Connection]:
    """Read a database file that nobody else uses."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _dump_postgresql(engine: Engine, folder: Path) -> Iterator[tuple[Path, Connection]]:
    """pg_dump and our own counts look at the same exported snapshot."""
    target = folder / "database.pgdump"
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        run_postgresql_tool(
            "pg_dump", engine.url, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
            f"--file={target}", "--exclude-schema=yanxiu_search*",  # the index: built anew after restoring
        )  # fmt: skip
        _sync(target)
        yield target, connection


def _copy_file(storage: Storage, key: str, folder: Path, size: int, digest: str) -> bool:
    """Copy one stored file and check it on the way; False if the store no longer has it."""
    target = folder / "files" / key[:2] / key
    try:
        with storage.open(key) as source:
            copied = _copy(source, target)
    except FileNotFoundError:
        return False
    if copied != [size, digest]:
        raise BackupError(f"文件 {key} 与登记的大小或校验和不符：请先运行 yanxiu doctor")
    return True


def _copy_annex(annex: Annex, beside: list[Beside], storage: Storage, folder: Path, manifest: Manifest) -> None:
    """Copy what waits beside the store; what was stored since the database was copied comes from there."""
    for file in beside:
        try:
            with open_beside(annex, file.name, storage) as source:
                manifest.annex[file.name] = _copy(source, folder / ANNEX / file.name)
        except FileNotFoundError:
            if file.needed:
                manifest.missing.append(file.name)


def open_beside(annex: Annex, name: str, storage: Storage) -> BinaryIO:
    """Open a file of the annex, or what became of it; FileNotFoundError if it is gone."""
    try:
        return (annex.root / name).open("rb")
    except FileNotFoundError:
        key = annex.moved_to(name)
        if key is None:
            raise
        return storage.open(key)


def _copy(source: BinaryIO, target: Path) -> list[Any]:
    """Write a stream to disk, durably; return its size and SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    hasher, size = hashlib.sha256(), 0
    with target.open("wb") as out:
        while chunk := source.read(CHUNK):
            hasher.update(chunk)
            size += len(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return [size, hasher.hexdigest()]


# ---- checking one ----------------------------------------------------------------------------------------------------


def verify(folder: Path) -> Manifest:
    """Read every byte of a backup again and compare; BackupError names the first thing that is not as recorded."""
    manifest = Manifest.load(folder)
    database = folder / manifest.database
    if not database.is_file() or sha256_of(database) != manifest.database_sha256:
        raise BackupError("备份中的数据库已损坏或缺失")
    for name, place, size, digest in manifest.paths():
        path = folder / place
        if not path.is_file() or path.stat().st_size != size or sha256_of(path) != digest:
            raise BackupError(f"备份中的文件 {name} 已损坏或缺失")
    return manifest


# ---- taking one back -------------------------------------------------------------------------------------------------


def is_empty(engine: Engine) -> bool:
    """Tell whether nobody has used this database yet: no tables, or no person in it."""
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "user"):
            return True
        return not connection.execute(text('SELECT count(*) FROM "user"')).scalar_one()


def restore(engine: Engine, files: Path, folder: Path, *, annex: Path | None = None, force: bool = False) -> Manifest:
    """Put a verified backup in place, stored files at `files`. Nothing may run on the instance meanwhile.

    Refuses an instance that is in use unless `force`; then what was there is moved aside (SQLite, files) or replaced
    in one transaction (PostgreSQL).
    """
    manifest = verify(folder)
    if manifest.dialect != engine.dialect.name:
        raise BackupError(f"备份来自 {manifest.dialect}，而现在的数据库是 {engine.dialect.name}")
    if not force and not is_empty(engine):
        raise BackupError("这里已经有数据。确认要用备份替换它，请加 --force（原有数据会先移到一旁）")
    engine.dispose()
    if manifest.dialect == "sqlite":
        _restore_sqlite(Path(str(engine.url.database)), folder / manifest.database)
    else:
        _restore_postgresql(engine, folder / manifest.database)
    _restore_files(files, annex, folder, manifest)
    with engine.connect() as connection:
        rows = count_rows(connection)
        if different := sorted(table for table, count in manifest.rows.items() if rows.get(table) != count):
            raise BackupError(f"恢复后行数不一致：{', '.join(different)}")
    return manifest


def _restore_sqlite(target: Path, source: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    stamp = _stamp()
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            old.rename(target.with_name(f"{target.name}.before-restore-{stamp}{suffix}"))
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, part)
    _sync(part)
    part.rename(target)


def _restore_postgresql(engine: Engine, source: Path) -> None:
    """Replace the schema in one transaction of pg_restore: a failure leaves what was there."""
    with engine.connect() as connection:
        used = bool(connection.execute(text("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")).first())
    clean = ["--clean", "--if-exists"] if used else []
    name = str(engine.url.database)
    run_postgresql_tool("pg_restore", engine.url, "--single-transaction", "--no-owner", "--no-privileges", *clean,
                        f"--dbname={name}", str(source))  # fmt: skip


def _restore_files(files: Path, annex: Path | None, folder: Path, manifest: Manifest) -> None:
    for root in (files, annex):
        if root is not None:
            _move_aside(root)
    for name, place, _size, digest in manifest.paths():
        root = annex if place.parts[0] == ANNEX else files
        if root is None:
            continue
        target = root.joinpath(*place.parts[1:])
        target.parent.mkdir(exist_ok=True, mode=0o700)
        shutil.copyfile(folder / place, target)
        if sha256_of(target) != digest:
            raise BackupError(f"文件 {name} 写入后校验不符，请检查磁盘")


def _move_aside(root: Path) -> None:
    if root.exists() and any(root.iterdir()):
        root.rename(root.with_name(f"{root.name}.before-restore-{_stamp()}"))
    root.mkdir(parents=True, exist_ok=True, mode=0o700)


# ---- shared ----------------------------------------------------------------------------------------------------------


def count_rows(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table, by name."""
    names = connection.dialect.get_table_names(connection)
    quote = connection.dialect.identifier_preparer.quote
    return {n: connection.execute(text(f"SELECT count(*) FROM {quote(n)}")).scalar_one() for n in sorted(names)}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _revision(connection: Connection) -> str:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        raise BackupError("数据库还没有初始化")
    return str(found)


def run_postgresql_tool(tool: str, url: URL, *arguments: str) -> None:
    """Run pg_dump or pg_restore; the address goes through the environment, so no password shows in a process list."""
    address = {
        "PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }  # fmt: skip
    env = {**os.environ, **{name: str(value) for name, value in address.items() if value}}
    done = subprocess.run([_find_tool(tool), *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{tool} 失败：{done.stderr.strip()[-800:]}")


def _find_tool(name: str) -> str:
    """Prefer Debian's newest version: a dump must not be made by a client older than the server."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise BackupError(f"没有找到 {name}，请安装 postgresql-client")
    return path


def _stamp() -> str:
    return clock.now().strftime("%Y%m%d-%H%M%S")


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
