"""Look a stored document over: is its log whole, can every update be read, does everything say the same text?"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from yanxiu.core.db import db
from yanxiu.lessonplans.collab.history import BrokenHistoryError, Entry, History, unpack
from yanxiu.lessonplans.collab.updates import MalformedUpdateError, check_update, compacted
from yanxiu.lessonplans.document.html import count_characters, render_html
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import LessonPlan, PlanHistory, PlanSnapshot, PlanText, PlanUpdate, Revision
from yanxiu.lessonplans.queries import history_of, stored_document


@dataclass(frozen=True)
class Trouble:
    """Something found. `lost` says that text may be missing; else only what is derived from it is wrong."""

    words: str
    lost: bool = True


def check_document(plan_id: int) -> list[Trouble]:
    """Look at everything that is stored of one plan's document; nothing is changed."""
    snapshot = db.session.get(PlanSnapshot, plan_id)
    if snapshot is None:
        return [Trouble("没有正文")]
    found = [*_check_log(snapshot), *_check_stretches(snapshot)]
    if snapshot.quarantined_at is not None:
        found.append(Trouble(f"{snapshot.quarantined_at:%Y-%m-%d} 起正文无法整理，仍原样存着"))
    try:
        document = _whole(plan_id)
    except MalformedUpdateError:
        return [*found, Trouble("正文无法读出")]
    return [*found, *_check_past(plan_id, document), *_check_text(snapshot, document), *_check_revisions(plan_id)]


def plan_ids() -> list[int]:
    """Return all plans, deleted ones too: they can be brought back."""
    return list(db.session.scalars(select(LessonPlan.id).order_by(LessonPlan.id)))


def _whole(plan_id: int) -> Node:
    stored = stored_document(plan_id)
    assert stored is not None
    return json_from_state(compacted([stored.snapshot, *stored.log]))


def _check_log(snapshot: PlanSnapshot) -> Iterator[Trouble]:
    """Every number between snapshot and head is there once, every update can be read, the sums are right."""
    rows = db.session.execute(
        select(PlanUpdate.seq, PlanUpdate.data).where(PlanUpdate.plan_id == snapshot.plan_id).order_by(PlanUpdate.seq)
    ).all()
    numbers = [row.seq for row in rows]
    missing = sorted(set(range(snapshot.seq + 1, snapshot.head + 1)) - set(numbers))
    if missing:
        yield Trouble(f"编辑记录缺第 {_listed(missing)} 条")
    if numbers and (numbers[0] <= snapshot.seq or numbers[-1] > snapshot.head):
        yield Trouble(f"编辑记录的编号 {numbers[0]}–{numbers[-1]} 超出应有的 {snapshot.seq + 1}–{snapshot.head}")
    unreadable = [row.seq for row in rows if not _is_readable(row.data)]
    if unreadable:
        yield Trouble(f"编辑记录第 {_listed(unreadable)} 条无法读出")
    if (snapshot.log_rows, snapshot.log_bytes) != (len(rows), sum(len(row.data) for row in rows)):
        yield Trouble("编辑记录的条数或大小与登记的不符", lost=False)


def _check_stretches(snapshot: PlanSnapshot) -> Iterator[Trouble]:
    """The packed stretches follow one another without a gap, from the beginning to the snapshot."""
    stretches = db.session.scalars(
        select(PlanHistory)
        .where(PlanHistory.plan_id == snapshot.plan_id)
        .order_by(PlanHistory.is_beginning.desc(), PlanHistory.last_seq)
    ).all()
    if not stretches:
        return
    expected = stretches[0].last_seq + 1 if stretches[0].is_beginning else 1
    if not stretches[0].is_beginning:
        yield Trouble("编辑过程缺最初的一段")
    for stretch in stretches:
        if stretch.is_beginning:
            continue
        if stretch.first_seq != expected:
            yield Trouble(f"编辑过程在第 {expected} 条断开")
        expected = stretch.last_seq + 1
        yield from _check_stretch(stretch)
    if expected != snapshot.seq + 1:
        yield Trouble(f"编辑过程只到第 {expected - 1} 条，正文已到第 {snapshot.seq} 条")


def _check_stretch(stretch: PlanHistory) -> Iterator[Trouble]:
    place = f"编辑过程第 {stretch.first_seq}–{stretch.last_seq} 条"
    try:
        entries = unpack(stretch.data)
    except BrokenHistoryError:
        yield Trouble(f"{place}无法读出")
        return
    if not _are_whole(entries, stretch):
        yield Trouble(f"{place}里缺条目")
    if not all(_is_readable(entry.data) for entry in entries):
        yield Trouble(f"{place}里有无法读出的条目")


def _are_whole(entries: tuple[Entry, ...], stretch: PlanHistory) -> bool:
    numbers = {number for entry in entries for number in range(entry.first, entry.last + 1)}
    return numbers == set(range(stretch.first_seq, stretch.last_seq + 1))


def _check_past(plan_id: int, document: Node) -> Iterator[Trouble]:
    """Played from its beginning, the history ends with the same text as snapshot and log."""
    try:
        history = history_of(plan_id)
        played = json_from_state(history.state_at(history.head)) if isinstance(history, History) else document
    except (BrokenHistoryError, MalformedUpdateError):
        yield Trouble("编辑过程无法从头读到尾")
        return
    if played != document:
        yield Trouble("编辑过程从头读到尾，与正文不一致")


def _check_text(snapshot: PlanSnapshot, document: Node) -> Iterator[Trouble]:
    text = db.session.get(PlanText, snapshot.plan_id)
    if text is None:
        yield Trouble("没有供检索的文字，后台进程会补上", lost=False)
    elif (text.epoch, text.seq) == (snapshot.epoch, snapshot.head) and text.html != render_html(document).replace(
        "\0", ""
    ):
        yield Trouble("供阅读和检索的文字与正文不一致", lost=False)


def _check_revisions(plan_id: int) -> Iterator[Trouble]:
    rows = db.session.scalars(
        select(Revision).where(Revision.plan_id == plan_id).options(undefer(Revision.state)).order_by(Revision.number)
    )
    for revision in rows:
        try:
            document = json_from_state(compacted([zlib.decompress(revision.state)]))
        except (zlib.error, MalformedUpdateError):
            yield Trouble(f"版本“{revision.title}”（第 {revision.number} 个）无法读出")
            continue
        if count_characters(document) != revision.characters:
            yield Trouble(f"版本“{revision.title}”（第 {revision.number} 个）的字数与登记的不符")


def _is_readable(update: bytes) -> bool:
    try:
        check_update(update)
    except MalformedUpdateError:
        return False
    return True


def _listed(numbers: list[int]) -> str:
    """Name some numbers, and how many more there are."""
    shown = "、".join(map(str, numbers[:5]))
    return shown if len(numbers) <= 5 else f"{shown} … 共 {len(numbers)} 个的"
