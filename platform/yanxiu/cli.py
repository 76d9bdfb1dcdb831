"""The command `yanxiu`."""

from __future__ import annotations

import os
import signal
import sys
import threading

import click

from yanxiu import wiring
from yanxiu.accounts.models import User
from yanxiu.accounts.passwords import hash_password, require_good_password
from yanxiu.accounts.queries import counties, find_organization, find_user_by_account
from yanxiu.accounts.services import appoint, create_organization, create_user
from yanxiu.app import create_app
from yanxiu.archive_cli import COMMANDS as ARCHIVE_COMMANDS
from yanxiu.config import Config, ConfigError, load_config
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.demo import PASSWORD, DemoWorld
from yanxiu.core.doctor import keep_ballast
from yanxiu.core.errors import YanxiuError
from yanxiu.core.housekeeping import keep_house
from yanxiu.core.tasks import FAST, SLOW, Worker
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.documents_cli import COMMANDS as DOCUMENT_COMMANDS
from yanxiu.maintenance_cli import COMMANDS
from yanxiu.recordings_cli import COMMANDS as RECORDING_COMMANDS
from yanxiu.search.cli import build_index
from yanxiu.search.indexer import run_indexer


class PlainGroup(click.Group):
    """Says in one line which setting is wrong."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except ConfigError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=PlainGroup)
def main() -> None:
    """研修坊: 网络校本研修平台."""


for command in (*COMMANDS, *ARCHIVE_COMMANDS, *DOCUMENT_COMMANDS, *RECORDING_COMMANDS):
    main.add_command(command)


def upgrade_database() -> None:
    """Bring the database to the newest migration."""
    from flask_migrate import upgrade

    upgrade(directory=wiring.MIGRATIONS)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
@click.option("--worker/--no-worker", "with_worker", default=True, help="Run the worker beside the web process.")
@click.option("--show-accounts", is_flag=True, help="Print the demo accounts, if this is a demo database.")
def serve(host: str, port: int, with_worker: bool, show_accounts: bool) -> None:
    """Start the web server and the worker."""
    from yanxiu.listening import is_taken
    from yanxiu.serving import EmbeddedServer, done_apart, start_worker  # gunicorn, for who serves

    if is_taken(host, port):
        raise click.ClickException(
            f"{host}:{port} 已经有程序在用。请先停掉它，或者换一个端口：make run PORT={port + 1}，"
            f"或 yanxiu serve --port {port + 1}"
        )
    config = load_config()
    done_apart(lambda: make_ready(host, port, show_accounts))
    keep_ballast(config.instance_path)
    worker_process = start_worker() if with_worker else None
    try:
        EmbeddedServer(host, port, config.threads).run()
    finally:
        if worker_process is not None:
            worker_process.terminate()
            worker_process.wait(timeout=30)


def make_ready(host: str, port: int, show_accounts: bool) -> None:
    """Bring the database up to date and say where the server is."""
    with create_app().app_context():
        upgrade_database()
        if show_accounts:
            print_accounts(host, port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5010, show_default=True)
def realtime(host: str, port: int) -> None:
    """Serve the sockets of co-edited lesson plans, beside `yanxiu serve`; the database must be up to date."""
    from yanxiu.listening import is_taken
    from yanxiu.realtime import run_realtime

    if is_taken(host, port):
        raise click.ClickException(f"{host}:{port} 已经有程序在用，请换一个端口：yanxiu realtime --port {port + 1}")
    app = create_app()
    config: Config = app.config["YANXIU"]
    if not config.redis_url:
        raise click.ClickException("请先设置 YANXIU_REDIS_URL：没有 Redis，这个进程听不到别处收回的权限和写入的内容")
    run_realtime(app, host, port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5020, show_default=True)
def uploads(host: str, port: int) -> None:
    """Take the bytes of uploads, and nothing else, beside `yanxiu serve`; the database must be up to date."""
    from yanxiu.listening import is_taken

    if is_taken(host, port):
        raise click.ClickException(f"{host}:{port} 已经有程序在用，请换一个端口：yanxiu uploads --port {port + 1}")
    load_config()  # what is wrong with it is said here, in one line
    # In place of this process, which has loaded the whole program.
    os.execv(sys.executable, [sys.executable, "-m", "yanxiu.uploads", host, str(port)])


@main.command()
def worker() -> None:
    """Run background jobs and the search indexer until stopped; ends by itself when its parent dies."""
    app = create_app()
    with app.app_context():
        wiring.before_work()
    workers = [Worker(app, lane=FAST), Worker(app, lane=SLOW)]

    def stop(*_signal: object) -> None:
        for each in workers:
            each.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threads = [threading.Thread(target=w.run, daemon=True) for w in workers]
    for task in (keep_house, run_indexer):
        threads.append(threading.Thread(target=task, args=(app, workers[0].stopping), daemon=True))
    for thread in threads:
        thread.start()
    parent, pause = os.getppid(), threading.Event()
    while not workers[0].stopping.is_set():
        if os.getppid() != parent:
            stop()
        pause.wait(0.5)
    threads[0].join(timeout=20)
    threads[-1].join(timeout=20)
    threads[1].join(timeout=5)


@main.command()
def reindex() -> None:
    """Build the search index anew from the database; searching goes on meanwhile."""
    click.echo(f"检索索引已重建，共 {build_index(create_app())} 条")


@main.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there are people already.")
@click.option("--small", is_flag=True, help="Only the cast and their places.")
def demo(if_empty: bool, small: bool) -> None:
    """Load the demo county. The worker of `yanxiu serve` makes previews and index while people already look around."""
    from yanxiu.demo_county import seed_demo  # with all it takes to make films and papers, which no other command needs

    app = create_app()
    with app.app_context():
        upgrade_database()
        if db.session.query(User.id).first() is not None:
            if if_empty:
                return
            raise click.ClickException("数据库里已有用户；演示数据只能装入空的数据库")
        with unit_of_work():
            seed_demo(DemoWorld(small=small))
    click.echo("演示数据已装入")


def print_accounts(host: str, port: int) -> None:
    """Print the address and the demo accounts, if the demo county is loaded."""
    from yanxiu.accounts.demo import CAST

    click.echo(f"\n  研修坊已启动  http://{host}:{port}\n")
    if find_user_by_account(CAST[0][1]) is None:
        return
    click.echo(f"  演示账号（密码都是 {PASSWORD}）")
    notes = {"leader": "坊主", "principal": "校长", "researcher": "教研员", "admin": "县级管理员"}
    for key, username, name, *_ in CAST:
        click.echo(f"    {username:<14}{name}  {notes.get(key, '教师')}")
    click.echo("\n  按 Ctrl+C 停止\n")


@main.command("create-admin")
@click.option("--username", prompt="用户名")
@click.option("--name", prompt="姓名")
@click.option("--county", help="Name of the county. It is created in an empty database, else it must be there.")
@click.password_option(prompt="密码", confirmation_prompt="再输一次")
def create_admin(username: str, name: str, county: str | None, password: str) -> None:
    """Create a county administrator: the first one, or another when nobody can sign in as one any more."""
    app = create_app()
    with app.app_context():
        upgrade_database()
        try:
            require_good_password(password, username=username)
            password_hash = hash_password(password)
            chosen = choose_county(county)
            with unit_of_work():
                place = find_organization(chosen) if isinstance(chosen, int) else None
                place = place or create_organization(None, None, "county", str(chosen))
                user = create_user(None, place, username=username, name=name, password_hash=password_hash)
                appoint(None, user, "county_admin", place, clock.today())
                words = f"已创建{place.name}的县级管理员 {name}（{username}），现在可以登录"
        except YanxiuError as error:
            raise click.ClickException(error.message) from error
    click.echo(words)


def choose_county(name: str | None) -> int | str:
    """Return the id of the county meant, or the name of the one to be made in a database without any."""
    there = {county.name: county.id for county in counties()}
    if not there:
        return name or str(click.prompt("县（区）名称"))
    if name is None and len(there) == 1:
        return next(iter(there.values()))
    if name in there:
        return there[name]
    raise click.ClickException(f"请用 --county 写明已有的县（区）：{'、'.join(there)}")
