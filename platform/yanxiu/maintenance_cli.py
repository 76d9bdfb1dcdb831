"""Commands for whoever looks after an instance: backup, restore, doctor, verify-audit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app

from yanxiu import wiring
from yanxiu.app import create_app
from yanxiu.config import Config
from yanxiu.core import backup as backups
from yanxiu.core import clock, doctor
from yanxiu.core.audit import verify_audit
from yanxiu.core.audit_mark import lost_head, read_mark, renew_mark
from yanxiu.core.db import db
from yanxiu.core.ffmpeg import ffmpeg_program
from yanxiu.core.housekeeping import sweep_leftovers
from yanxiu.core.office import office_program
from yanxiu.core.resumable.store import uploads_folder
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.storage import storage
from yanxiu.observations.uploads.annex import WaitingUploads
from yanxiu.search.cli import build_index
from yanxiu.search.engines.chosen import NOT_SHARED
from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.indexer import engine_of

MARKS = {doctor.Health.GOOD: "✓", doctor.Health.CARE: "!", doctor.Health.BAD: "✗"}


def migration_head() -> str:
    """Return the revision this version of the program expects."""
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    settings = AlembicConfig()
    settings.set_main_option("script_location", wiring.MIGRATIONS)
    head = ScriptDirectory.from_config(settings).get_current_head()
    return head or ""


@click.command("backup")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def backup_command(folder: Path | None) -> None:
    """Write a verified backup of database and files. The site may keep running.

    FOLDER must be new or empty; default: a folder named by the time inside instance/backups.
    """
    app = create_app()
    config: Config = app.config["YANXIU"]
    stamp = clock.now().astimezone(clock.LOCAL_ZONE).strftime("%Y%m%d-%H%M%S")
    folder = folder or config.instance_path / "backups" / stamp
    with app.app_context(), plain_errors():
        backups.back_up(db.engine, storage(), folder, WaitingUploads(uploads_folder(config.instance_path)))
        manifest = backups.verify(folder)
    files = [*manifest.files.values(), *manifest.annex.values()]
    size = sum(entry[0] for entry in files)
    click.echo(f"备份完成并已校验：{folder}")
    click.echo(
        f"  数据表 {len(manifest.rows)} 张，{sum(manifest.rows.values())} 行；文件 {len(files)} 个，{size / 1024**2:.1f} MiB"
    )
    if manifest.missing:
        click.echo(f"  注意：{len(manifest.missing)} 个文件有记录而内容缺失，请运行 yanxiu doctor", err=True)


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--force", is_flag=True, help="Replace an instance that is in use; its data is moved aside first.")
def restore_command(folder: Path, force: bool) -> None:
    """Put a backup in place of this instance and build the search index anew. Stop the site first."""
    app = create_app()
    config: Config = app.config["YANXIU"]
    with app.app_context(), plain_errors():
        files, uploads = config.instance_path / "files", uploads_folder(config.instance_path)
        manifest = backups.restore(db.engine, files, folder, annex=uploads, force=force)
        if manifest.revision != migration_head():
            from flask_migrate import upgrade

            upgrade(directory=wiring.MIGRATIONS)
        renew_mark()
    indexed = build_index(app)
    click.echo(
        f"已恢复 {manifest.made_at[:16]} 的备份：{sum(manifest.rows.values())} 行，{len(manifest.files) + len(manifest.annex)} 个文件，全部校验一致"
    )
    click.echo(f"检索索引已重建：{indexed} 条")


@click.command("doctor")
@click.option("--free", is_flag=True, help="Give the reserved disk space back (on a full disk) and stop there.")
@click.option("--sweep", is_flag=True, help="Delete what nothing refers to; the worker does it every day.")
def doctor_command(free: bool, sweep: bool) -> None:
    """Look this instance over; the exit status is 1 if something is broken."""
    app = create_app()
    config: Config = app.config["YANXIU"]
    if free:
        freed = doctor.free_ballast(config.instance_path)
        click.echo("备用空间已释放，请尽快清理磁盘" if freed else "没有备用空间可以释放")
        return
    with app.app_context():
        if sweep:
            swept = sweep_leftovers(storage())
            click.echo(f"清理了 {swept.orphans} 个无人引用的文件、{swept.parts + swept.folders} 件中断留下的临时文件")
        findings = list(examine(config))
    for finding in findings:
        click.echo(f"{MARKS[finding.health]} {finding.subject}：{finding.words}")
    sys.exit(any(finding.health is doctor.Health.BAD for finding in findings))


@click.command("verify-audit")
def verify_audit_command() -> None:
    """Walk the whole audit chain and compare its end with what was written down; the exit status is 1 if they differ.

    Prints number and hash of the newest entry: kept on another machine, they also show what the file beside the
    database cannot, that somebody rewrote both.
    """
    with create_app().app_context():
        broken, lost, mark = verify_audit(), lost_head(), read_mark()
    if broken is not None:
        click.echo(f"校验链在第 {broken} 条断开：这一条或它前面的记录被绕过程序改动或删除过", err=True)
        sys.exit(1)
    if lost is not None:
        click.echo(f"校验链本身没有断，但写下过的第 {lost.entry_id} 条已不在数据库里：最新的记录被删过", err=True)
        sys.exit(1)
    click.echo("校验链没有断开" + ("，末条与标记相符" if mark else "；没有找到末条标记，看不出最新的几条是否被删"))
    if mark is not None:
        click.echo(f"末条：第 {mark.entry_id} 条 {mark.hash}")


def examine(config: Config) -> Iterator[doctor.Finding]:
    """Run all checks in the order in which one would mend them."""
    yield from check_settings(config)
    yield doctor.check_disk(config.instance_path)
    yield doctor.keep_ballast(config.instance_path)
    yield doctor.check_database(db.engine)
    revision = doctor.check_revision(db.engine, migration_head())
    yield revision
    if revision.health is doctor.Health.GOOD:
        yield doctor.check_audit()
        yield doctor.check_jobs()
        yield doctor.check_files(storage())
        yield check_index(config, engine_of(current_app))
    yield doctor.check_ffmpeg(ffmpeg_program())
    yield doctor.check_office(office_program())


def check_settings(config: Config) -> Iterator[doctor.Finding]:
    """Settings that are fine on one's own computer and not on the net."""
    yield doctor.good("数据目录", str(config.instance_path))
    if config.trusted_hosts:
        yield doctor.good("允许的域名", config.trusted_hosts)
    else:
        yield doctor.care("允许的域名", "没有限制；正式使用请设置 YANXIU_TRUSTED_HOSTS")
    if not config.secure_cookies:
        yield doctor.care("登录凭据", "未限定只走 HTTPS；正式使用请设置 YANXIU_SECURE_COOKIES=1")


def check_index(config: Config, engine: SearchEngine) -> doctor.Finding:
    """The search index exists, keeps up with the queue, and is where all who serve can read it."""
    rows = db.select(db.func.count()).select_from(SearchOutbox).where(SearchOutbox.generation.is_(None))
    waiting = db.session.scalar(rows) or 0
    if not engine.name():
        return doctor.care("检索索引", "还没有建立，请运行 yanxiu reindex")
    if waiting > 1000:
        return doctor.care("检索索引", f"{waiting} 条更新在排队，请确认后台进程在运行")
    if config.index_is_not_shared:
        return doctor.care("检索索引", f"{waiting} 条更新在排队；{NOT_SHARED}")
    return doctor.good("检索索引", f"{waiting} 条更新在排队")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a backup error into one line on the console instead of a traceback."""
    try:
        yield
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from None


COMMANDS: tuple[click.Command, ...] = (backup_command, restore_command, doctor_command, verify_audit_command)
