"""二次上课 and 改进前/后: linking two lessons, tying adopted comments to clips of the second."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import clock_ms, whole_number
from yanxiu.observations.models import ClipPair, VersionState
from yanxiu.observations.permissions import can_edit_lesson
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.second_teachings import (
    adopted_comments,
    clip_pairs,
    find_clip_pair,
    may_be_second,
    second_teaching,
    teachings_of,
)
from yanxiu.observations.services import second_teachings as service
from yanxiu.observations.views.blueprint import bp, done, load_editable, load_lesson, posted
from yanxiu.web.auth import current_actor, current_viewer


def teachings_panel(found: LessonView, *, with_choice: bool = False) -> dict[str, Any]:
    """Return what the pages of a lesson show of its other teachings; with the choice among lessons to link."""
    viewer = current_viewer()
    return {
        "teachings": teachings_of(viewer, found.lesson.id),
        "clip_pairs": clip_pairs(viewer, found.lesson.id) if with_choice else [],
        "candidates": may_be_second(viewer, found.lesson) if with_choice else [],
        "leads_second": can_edit_lesson(viewer, found.lesson, found.access),
    }


def improvement_panel(left: LessonView, right: LessonView) -> dict[str, Any]:
    """Return what two lessons beside each other show of 改进前/后; the form where the viewer leads the second."""
    first, second, viewer = left, right, current_viewer()
    linked = second_teaching(first.lesson.id, second.lesson.id) is not None
    may_tie = linked and can_edit_lesson(viewer, second.lesson, second.access)
    pairs = clip_pairs(viewer, first.lesson.id, second.lesson.id)
    return {
        "shown_pairs": [_shown(pair, is_forward=pair.second_id == second.lesson.id) for pair in pairs],
        "is_second": linked,
        "may_tie": may_tie,
        "adopted": adopted_comments(viewer, first.lesson) if may_tie else [],
    }


def _shown(pair: ClipPair, *, is_forward: bool) -> dict[str, Any]:
    """Which stretch is to the left; the films may stand the other way round."""
    clips = (pair.before, (pair.start_ms, pair.end_ms))
    left, right = clips if is_forward else clips[::-1]
    return {"pair": pair, "left": left, "right": right, "is_forward": is_forward}


@bp.post("/lessons/<int:lesson_id>/second-teachings")
def link_second(lesson_id: int) -> ResponseReturnValue:
    """Say that another lesson, which one leads, is this one taught again."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        second = load_editable(whole_number(request.form.get("second")) or 0)
        service.link_second(current_actor(), found.lesson, second.lesson)
    target = url_for(".lesson_cycle", lesson_id=lesson_id, _anchor="second")
    return done(target, "二次上课已连上", redirect=target)


@bp.post("/lessons/<int:lesson_id>/second-teachings/<int:second_id>/removal")
def unlink_second(lesson_id: int, second_id: int) -> ResponseReturnValue:
    """Take the link back, with the clips tied between the two."""
    with unit_of_work():
        found, second = load_lesson(lesson_id), load_editable(second_id)
        service.unlink_second(current_actor(), found.lesson, second.lesson)
    target = url_for(".lesson_cycle", lesson_id=lesson_id, _anchor="second")
    return done(target, "已不再连着", redirect=target)


@bp.post("/lessons/<int:lesson_id>/second-teachings/<int:second_id>/clips")
def tie_clip(lesson_id: int, second_id: int) -> ResponseReturnValue:
    """Tie an adopted comment on the first lesson to a stretch of the second."""
    with unit_of_work():
        first, second = load_lesson(lesson_id), load_editable(second_id)
        wanted = whole_number(request.form.get("comment"))
        comment = next((one for one in adopted_comments(current_viewer(), first.lesson) if one.id == wanted), None)
        if comment is None:
            raise InvalidError("请选一条已采纳的点评", field="comment")
        version = current_version(recording_of(second_id))
        if version is None or version.state != VersionState.READY:
            raise InvalidError("二次上课的实录能播放以后，才能选片段", field="start")
        span = (_moment("start"), _moment("end"))
        service.tie_clip(current_actor(), comment, second.lesson, span, version.duration_ms or 0, posted("note"))
    target = url_for(".beside", lesson_id=lesson_id, other_id=second_id, _anchor="improvements")
    return done(target, "改进前后已连上", redirect=target)


@bp.post("/lessons/<int:lesson_id>/clips/<int:pair_id>/removal")
def untie_clip(lesson_id: int, pair_id: int) -> ResponseReturnValue:
    """Take a pair of clips apart; `lesson_id` is the second lesson."""
    with unit_of_work():
        second = load_editable(lesson_id)
        pair = find_clip_pair(pair_id, second.lesson.id)
        if pair is None:
            raise NotFoundError
        first = load_lesson(pair.comment.lesson_id)
        service.untie_clip(current_actor(), pair)
    target = url_for(".beside", lesson_id=first.lesson.id, other_id=lesson_id, _anchor="improvements")
    return done(target, "已拆开", redirect=target)


def _moment(name: str) -> int:
    found = clock_ms(posted(name))
    if found is None:
        raise InvalidError("时间写成 分:秒，例如 10:02", field=name)
    return found
