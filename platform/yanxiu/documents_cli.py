"""The command for the stored documents of lesson plans: are they whole, and what were they at some moment."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from yanxiu.accounts.queries import find_user_by_account
from yanxiu.app import create_app
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.checking import check_document, plan_ids
from yanxiu.lessonplans.collab.history import BrokenHistoryError
from yanxiu.lessonplans.collab.updates import MalformedUpdateError
from yanxiu.lessonplans.document.html import plain_text, render_html
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.queries import find_plan, find_revision, history_of, revision_state
from yanxiu.lessonplans.services import keep_moment

BROKEN, WRONG = 1, 3
"""Exit statuses: text may be missing; only what is derived from the text is wrong. 2 is a wrong call, as everywhere."""

Past = tuple[bytes, int, datetime]
"""A whole document, the last log number in it, and when that was stored."""


@click.command("doc-doctor")
@click.argument("plans", nargs=-1, type=int)
@click.option(
    "--at", "wanted", metavar="WHEN", help="A time (2026-11-22T10:30), a log number (#120) or a version (v3)."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write that state: .html .txt .json .bin")
@click.option("--keep", "account", metavar="ACCOUNT", help="Keep that state as a version of the plan, in this name.")
def doc_doctor_command(plans: tuple[int, ...], wanted: str | None, out: Path | None, account: str | None) -> None:
    """Look over the stored documents of all lesson plans, or of PLANS; or take one back to what it was.

    The exit status is 0 if all is well, 1 if text may be missing, 3 if only what is derived from it is wrong. Nothing
    is changed, except that --keep adds a version; the site may keep running.
    """
    with create_app().app_context():
        if wanted is None:
            if out is not None or account is not None:
                raise click.UsageError("--out 和 --keep 要和 --at 一起用")
            sys.exit(_look_over(plans or tuple(plan_ids())))
        if len(plans) != 1 or (out is None and account is None):
            raise click.UsageError("--at 要写明一份教案，并且用 --out 写到文件，或者用 --keep 存成版本")
        past = _past_of(plans[0], wanted)
        if out is not None:
            out.write_bytes(_written(past[0], out.suffix))
            click.echo(f"已写到 {out}：第 {past[1]} 条编辑为止，{_time(past[2])}")
        if account is not None:
            _keep(plans[0], past, account)


def _look_over(numbers: tuple[int, ...]) -> int:
    status, healthy = 0, 0
    for plan_id in numbers:
        troubles = check_document(plan_id)
        healthy += not troubles
        for trouble in troubles:
            click.echo(f"{'✗' if trouble.lost else '!'} 教案 {plan_id}：{trouble.words}")
        if troubles:
            status = BROKEN if any(trouble.lost for trouble in troubles) or status == BROKEN else WRONG
        db.session.rollback()
        db.session.expunge_all()
    click.echo(f"查了 {len(numbers)} 份教案，{healthy} 份完好" + ("" if healthy == len(numbers) else "；其余见上"))
    return status


def _past_of(plan_id: int, wanted: str) -> Past:
    """Return the state that is asked for, in words for the console if there is none."""
    try:
        if wanted.startswith("v") and wanted[1:].isdigit():
            revision = find_revision(plan_id, int(wanted[1:]))
            if revision is None:
                raise click.ClickException(f"教案 {plan_id} 没有第 {wanted[1:]} 个版本")
            return revision_state(revision), revision.seq, revision.created_at
        history = history_of(plan_id)
        if history is None:
            raise click.ClickException(f"没有教案 {plan_id}")
        if wanted.startswith("#") and wanted[1:].isdigit():
            seq = int(wanted[1:])
        else:
            seq = history.seq_at(_moment(wanted))
        if not history.base_seq <= seq <= history.head:
            raise click.ClickException(f"教案 {plan_id} 的编辑记录是 #{history.base_seq} 到 #{history.head}")
        upto = history.upto(seq)
        return history.state_at(seq), seq, upto[-1].at if upto else history.began_at
    except (BrokenHistoryError, MalformedUpdateError) as error:
        raise click.ClickException(
            f"教案 {plan_id} 的编辑过程读不出来，请先运行 yanxiu doc-doctor {plan_id}"
        ) from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException("--at 写时间（2026-11-22T10:30）、编辑记录（#120）或版本（v3）") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.LOCAL_ZONE)


def _written(state: bytes, suffix: str) -> bytes:
    if suffix == ".bin":
        return state
    document = json_from_state(state)
    if suffix == ".json":
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    if suffix == ".txt":
        return plain_text(document).encode()
    return f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">{render_html(document)}</html>'.encode()


def _keep(plan_id: int, past: Past, account: str) -> None:
    state, seq, at = past
    with unit_of_work():
        actor, plan = find_user_by_account(account), find_plan(plan_id)
        if actor is None or plan is None:
            raise click.ClickException(f"没有账号 {account}" if actor is None else f"没有教案 {plan_id}")
        title = keep_moment(actor, plan, state, seq, at).title
    click.echo(f"已存成版本“{title}”，在教案的“全部版本”里可以打开、恢复")


def _time(at: datetime) -> str:
    return f"{at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M:%S}"


COMMANDS: tuple[click.Command, ...] = (doc_doctor_command,)
