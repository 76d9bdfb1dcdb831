"""The archive pack of a lesson: order it, fetch it, check that it is unchanged."""

from __future__ import annotations

import threading
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import LessonPack, PackState
from yanxiu.observations.papers.packing import is_unchanged
from yanxiu.observations.permissions import can_open_pack, can_pack_lesson, can_pack_recording
from yanxiu.observations.queries import LessonView, sees_scores
from yanxiu.observations.queries.packs import count_films, find_pack, moves_of, newest_packs, waiting_pack
from yanxiu.observations.services import packs as service
from yanxiu.observations.views.blueprint import bp, load_lesson, log_watching
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored

_checking = threading.Lock()
"""One pack at a time is read through in this process."""


def pack_panel(found: LessonView) -> dict[str, Any]:
    """Return what the page of papers shows about the pack; nothing of it to whoever does not lead the lesson."""
    viewer = current_viewer()
    if not can_pack_lesson(viewer, found.lesson, found.access):
        return {"may_pack": False}
    newest, ready = newest_packs(found.lesson.id, viewer.user_id)
    sees = sees_scores(viewer, found.lesson)
    opened = [pack for pack in ready if _may_open(found, pack, sees)]
    pack = next(iter(opened or ready), None)
    films, moves = count_films(found.lesson.id, viewer.user_id), moves_of(found.lesson.id)
    return {
        "may_pack": True,
        "may_pack_recording": can_pack_recording(viewer, found.lesson, clock.today()) and films < service.MOST_FILMS,
        "is_packing": waiting_pack(found.lesson.id, viewer.user_id) is not None,
        "newest_pack": newest,
        "pack": pack,
        "is_pack_older": bool(pack and pack.made_at and moves and moves[-1].at > pack.made_at),
        "may_open_pack": bool(opened),
        "older_packs": opened[1:],
    }


@bp.post("/lessons/<int:lesson_id>/packs")
def order_pack(lesson_id: int) -> ResponseReturnValue:
    """Have the pack of an archived lesson made, with `recording=1` the film in it."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        if not can_pack_lesson(current_viewer(), found.lesson, found.access):
            raise ForbiddenError("归档包由授课教师或主持人制作")
        wished = request.form.get("recording") == "1"
        with_recording = wished and can_pack_recording(current_viewer(), found.lesson, clock.today())
        service.order_pack(current_actor(), found.lesson, with_recording=with_recording)
    flash("开始制作归档包，做好以后在这里下载", "success")
    return redirect(_place(lesson_id), code=303)


@bp.get("/lessons/<int:lesson_id>/packs/<int:pack_id>")
def pack_file(lesson_id: int, pack_id: int) -> ResponseReturnValue:
    """Send the pack."""
    pack = _load(lesson_id, pack_id)
    if pack.file is None:
        raise NotFoundError
    log_watching(pack.lesson)
    with unit_of_work():
        service.note_fetching(current_actor(), pack)
    return send_stored(pack.file, inline=False, max_age=0)


@bp.post("/lessons/<int:lesson_id>/packs/<int:pack_id>/check")
def check_pack(lesson_id: int, pack_id: int) -> ResponseReturnValue:
    """Say whether the stored pack is what was frozen: the whole file, and each file in it."""
    pack = _load(lesson_id, pack_id)
    if pack.file is None:
        raise NotFoundError
    key, sha256, count = pack.file.key, pack.file.sha256, pack.file_count
    db.session.rollback()  # no transaction is open while gigabytes are read
    if not _checking.acquire(blocking=False):
        flash("正在核对另一份归档包，请过一会儿再试", "error")
        return redirect(_place(lesson_id), code=303)
    try:
        is_whole = _is_whole(key, sha256)
    finally:
        _checking.release()
    if is_whole:
        flash(f"核对无误：归档包和里面的 {count} 份文件与冻结时一致", "success")
    else:
        flash("归档包与冻结时不一致，请联系管理员从备份恢复", "error")
    return redirect(_place(lesson_id), code=303)


def _is_whole(key: str, sha256: str) -> bool:
    try:
        with storage().open(key) as source:
            return is_unchanged(source, sha256)
    except FileNotFoundError:
        return False


def _load(lesson_id: int, pack_id: int) -> LessonPack:
    found = load_lesson(lesson_id)
    pack = find_pack(lesson_id, pack_id)
    if (
        pack is None
        or pack.state != PackState.READY
        or not can_pack_lesson(current_viewer(), found.lesson, found.access)
    ):
        raise NotFoundError
    if not _may_open(found, pack, sees_scores(current_viewer(), found.lesson)):
        raise ForbiddenError("归档包只由制作它的人下载；里面有您看不到的评分，或者录像展示期已满时也不能下载")
    return pack


def _may_open(found: LessonView, pack: LessonPack, sees: bool) -> bool:
    return can_open_pack(current_viewer(), found.lesson, found.access, pack, clock.today(), sees_scores=sees)


def _place(lesson_id: int) -> str:
    return url_for(".papers", lesson_id=lesson_id, _anchor="pack-title")
