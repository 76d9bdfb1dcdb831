"""Commands for whole workshops: out into one ZIP file, and back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from yanxiu import wiring
from yanxiu.app import create_app
from yanxiu.core.archives.reading import OpenedArchive
from yanxiu.core.audit import record_audit
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.errors import YanxiuError
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.cli import build_index
from yanxiu.workshops.archive.exporting import export_workshop
from yanxiu.workshops.archive.importing import KnownArchiveError, Outlook, import_workshop, look_through, rehearse
from yanxiu.workshops.queries.archive_parts import Wish
from yanxiu.workshops.queries.teams import workshop_names

BROKEN, KNOWN = 1, 3
"""Exit statuses: the archive cannot be read back; it was read back before."""

TABLES = {"topic": "话题", "post": "发言", "activity": "活动", "workshop_task": "任务", "workshop_submission": "作业"}


@click.command("export-workshop")
@click.argument("workshop_id", type=int)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-videos", is_flag=True, help="Put the recordings themselves in, not only their list.")
def export_command(workshop_id: int, target: Path, with_videos: bool) -> None:
    """Write all of a workshop into one ZIP file that people can open and `import-workshop` reads back."""
    if target.exists():
        raise click.ClickException(f"{target} 已经存在，请换一个文件名")
    app = create_app()
    part = target.with_name(f"{target.name}.part")
    with app.app_context():
        if workshop_id not in workshop_names([workshop_id]):
            raise click.ClickException(f"没有编号为 {workshop_id} 的工作坊")
        try:
            with scratch_folder() as folder:
                summary = export_workshop(workshop_id, part, folder, wish=Wish(with_videos=with_videos, sealed=True))
            with unit_of_work():
                record_audit(None, "workshop.archived", "workshop", workshop_id, count=sum(summary.rows.values()))
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    size = target.stat().st_size / 1024**2
    click.echo(f"已导出到 {target}：{sum(summary.rows.values())} 条记录，{summary.files} 个文件，{size:.1f} MiB")
    for name in summary.missing:
        click.echo(f"  注意：服务器上没有“{name}”的内容", err=True)


@click.command("import-workshop")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the archive and say what would happen; change nothing.")
def import_command(source: Path, dry_run: bool) -> None:
    """Read a workshop back from a file of `export-workshop`: everything or, if anything is wrong, nothing."""
    from flask_migrate import upgrade

    app = create_app()
    with app.app_context():
        upgrade(directory=wiring.MIGRATIONS)
        try:
            if dry_run:
                with OpenedArchive(source) as archive:
                    outlook = look_through(archive)
                    rehearse(archive)
                    tell(outlook)
                return
            workshop_id, rows = import_workshop(source)
        except KnownArchiveError as error:
            click.echo(error.message, err=True)
            sys.exit(KNOWN)
        except YanxiuError as error:
            click.echo(error.message, err=True)
            sys.exit(BROKEN)
    click.echo(f"已导入，工作坊编号 {workshop_id}，共 {sum(rows.values())} 条记录，网址 /workshops/{workshop_id}")
    click.echo(f"检索索引已重建：{build_index(app)} 条")


def tell(outlook: Outlook) -> None:
    """Print what reading an archive back would do."""
    made = outlook.made_at.astimezone(LOCAL_ZONE)
    click.echo(f"档案完好：{outlook.name}（{outlook.term}），导出于 {made:%Y-%m-%d %H:%M}")
    counts = "，".join(f"{words} {outlook.rows.get(table, 0)}" for table, words in TABLES.items())
    click.echo(f"  将导入 {sum(outlook.rows.values())} 条记录（{counts}）")
    click.echo(f"  将存入 {outlook.files} 个文件，共 {outlook.bytes / 1024**2:.1f} MiB")
    if outlook.missing:
        click.echo(f"  导出时已有 {outlook.missing} 个文件找不到内容")
    new_people, new_places = outlook.matched.new_people, outlook.matched.new_places
    click.echo(f"  人员 {len(outlook.matched.people)} 位，其中 {len(new_people)} 位本站没有，将建成停用的账号")
    for row in new_people[:20]:
        click.echo(f"    {row['name']}（{row['username']}）")
    click.echo(f"  单位 {len(outlook.matched.places)} 个，其中新建 {len(new_places)} 个")
    click.echo("没有改动任何内容；去掉 --dry-run 就会导入")


COMMANDS: tuple[click.Command, ...] = (export_command, import_command)
