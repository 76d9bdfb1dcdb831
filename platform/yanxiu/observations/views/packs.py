"""The archive pack of a lesson: order it, call it off, fetch it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import LessonPack, PackState
from yanxiu.observations.papers.packing import Verdict
from yanxiu.observations.permissions import can_open_pack, can_pack_lesson, can_pack_recording
from yanxiu.observations.queries import LessonView, sees_scores
from yanxiu.observations.queries.packs import count_films, find_pack, has_died, moves_of, pack_topic, packs_of
from yanxiu.observations.services import packs as service
from yanxiu.observations.uploads.copies import drop_if_ended
from yanxiu.observations.uploads.folder import open_copy_store
from yanxiu.observations.views.blueprint import bp, done, load_lesson, log_watching
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.bursts import fragment_response
from yanxiu.web.files import send_stored


def pack_panel(found: LessonView) -> dict[str, Any]:
    """Return what the page of papers shows about packs; nothing of it to whoever does not lead the lesson."""
    viewer = current_viewer()
    if not can_pack_lesson(viewer, found.lesson, found.access):
        return {"may_pack": False}
    lesson_id = found.lesson.id
    seq = current_seq(pack_topic(lesson_id))
    films = count_films(lesson_id, viewer.user_id)
    return {
        "may_pack": True,
        "may_pack_recording": can_pack_recording(viewer, found.lesson, clock.today()) and films < service.MOST_FILMS,
        "packs_seq": seq,
        **_rows(found, packs_of(lesson_id, viewer.user_id)),
    }


def _rows(found: LessonView, packs: Sequence[LessonPack]) -> dict[str, Any]:
    """Return what the rows of these packs are made of."""
    sees, moves = sees_scores(current_viewer(), found.lesson), moves_of(found.lesson.id)
    return {
        "packs": packs,
        "opened": {pack.id for pack in packs if _may_open(found, pack, sees)},
        "moved_at": moves[-1].at if moves else None,
        "has_died": has_died,
        "verdicts": list(Verdict),
    }


@bp.get("/lessons/<int:lesson_id>/packs")
def packs(lesson_id: int) -> ResponseReturnValue:
    """The rows that changed since `?since=`, for the live list; the list itself stands on the page of papers."""
    found = load_lesson(lesson_id)
    if not can_pack_lesson(current_viewer(), found.lesson, found.access):
        raise NotFoundError
    seq = current_seq(pack_topic(lesson_id))
    since = whole_number(request.args.get("since"))
    if since is None:
        return redirect(_place(lesson_id))
    rows = _rows(found, packs_of(lesson_id, current_viewer().user_id, since))
    return fragment_response(render_template("observations/packs/_rows.html", lesson=found.lesson, **rows), seq)


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
    return done(_place(lesson_id), "开始制作归档包，做好以后在这里下载")


@bp.post("/lessons/<int:lesson_id>/packs/<int:pack_id>/cancellation")
def cancel_pack(lesson_id: int, pack_id: int) -> ResponseReturnValue:
    """Call off what is being made of it: the pack itself, else the check."""
    arrival = None
    with unit_of_work():
        found = load_lesson(lesson_id)
        pack = find_pack(lesson_id, pack_id)
        may = can_pack_lesson(current_viewer(), found.lesson, found.access)
        if pack is None or not may or pack.maker_id != current_viewer().user_id:
            raise NotFoundError
        if pack.state == PackState.WAITING:
            service.cancel_pack(current_actor(), pack)
        elif pack.last_check is not None:
            arrival = pack.last_check.arrival
            service.end_check(pack.last_check, PackState.CANCELED)
    if arrival is not None:
        drop_if_ended(open_copy_store(current_app.config["YANXIU"]), arrival)
    return done(_place(lesson_id), "已停止")


@bp.get("/lessons/<int:lesson_id>/packs/<int:pack_id>")
def pack_file(lesson_id: int, pack_id: int) -> ResponseReturnValue:
    """Send the pack."""
    pack = load_own_pack(lesson_id, pack_id)
    if pack.file is None:
        raise NotFoundError
    log_watching(pack.lesson)
    with unit_of_work():
        service.note_fetching(current_actor(), pack)
    return send_stored(pack.file, inline=False, max_age=0)


def load_own_pack(lesson_id: int, pack_id: int) -> LessonPack:
    """Return a pack whose maker asks and may still open it; NotFoundError, else ForbiddenError with the reason."""
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
