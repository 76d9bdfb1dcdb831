"""Of a lesson, for who decides about it: in whose sets its clips stand, and taking them out of a set."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ForbiddenError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import Lesson
from yanxiu.observations.permissions import can_decide_audience
from yanxiu.observations.queries.clip_sets import find_others_set, sets_with_lesson
from yanxiu.observations.services import clip_sets as service
from yanxiu.observations.views.blueprint import bp, done, load_lesson, posted
from yanxiu.web.auth import current_actor, current_viewer


def _load_decided(lesson_id: int) -> Lesson:
    lesson = load_lesson(lesson_id).lesson
    if not can_decide_audience(current_viewer(), lesson):
        raise ForbiddenError
    return lesson


@bp.get("/lessons/<int:lesson_id>/clips")
def lesson_clips(lesson_id: int) -> ResponseReturnValue:
    """The sets of others in which clips of this lesson stand; of a set one may not open, whose it is and which stretches."""
    lesson = _load_decided(lesson_id)
    page = sets_with_lesson(current_viewer(), lesson, request.args.get("cursor"))
    return render_template("observations/clip_sets/of_lesson.html", lesson=lesson, page=page)


@bp.post("/lessons/<int:lesson_id>/clips/withdrawal")
def withdraw_lesson(lesson_id: int) -> ResponseReturnValue:
    """Take this lesson out of a set (`set`) of somebody else, at any time and for good. A set in which it is not is answered as
    one that is not there."""
    with unit_of_work():
        lesson = _load_decided(lesson_id)
        clip_set = find_others_set(current_viewer(), whole_number(posted("set")) or 0)
        count = 0 if clip_set is None else service.withdraw_lesson(current_actor(), clip_set, lesson)
    return done(url_for(".lesson_clips", lesson_id=lesson_id), f"已拿出 {count} 段" if count else "已经不在里面了")
