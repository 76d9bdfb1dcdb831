"""Commands for recordings that do not come over the line."""

from __future__ import annotations

from pathlib import Path

import click

from yanxiu.app import create_app
from yanxiu.core.errors import YanxiuError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.observations.uploads.folder import open_store
from yanxiu.observations.uploads.stick import bring


@click.command("import-recording")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--lesson", type=int, help="The lesson it belongs to (the number in its address).")
def import_recording(files: tuple[Path, ...], lesson: int | None) -> None:
    """Take recordings from a USB stick. A file whose upload was begun goes on from the byte where it stopped."""
    app = create_app()
    with app.app_context():
        store = open_store(app.config["YANXIU"])
        for path in files:
            try:
                upload, start = bring(store, path, lesson)
            except (YanxiuError, ProtocolError) as error:
                raise click.ClickException(f"{path.name}：{error.message}") from error
            rest = (path.stat().st_size - start) / 1024**2
            begun = f"接着原来的上传补上了 {rest:.1f} MiB" if start else f"放进来了 {rest:.1f} MiB"
            click.echo(f"{path.name}：{begun}，课例 {upload.subject_id}，后台会接着处理")


COMMANDS: tuple[click.Command, ...] = (import_recording,)
