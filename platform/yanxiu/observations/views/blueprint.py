"""The blueprint and what every page of a lesson does first."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.unit_of_work import unit_of_work, write_if_possible
from yanxiu.observations.models import Lesson
from yanxiu.observations.permissions import can_change_card, can_edit_lesson, can_speak
from yanxiu.observations.queries import LessonView, find_lesson
from yanxiu.observations.queries.watching import is_noted_today
from yanxiu.observations.services.watching import note_playing, note_watching
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.workshops.queries.plan_progress import items_to_tick

RESTS = "工作坊已经结束，课例只供观看"
ARCHIVED = "这节课已归档，只供观看；带这节课的老师可以重新打开"
bp = Blueprint("observations", __name__)


def load_lesson(lesson_id: int, *, deleted: bool = False) -> LessonView:
    """Return the lesson or NotFoundError: what one may not see does not exist."""
    found = find_lesson(current_viewer(), lesson_id, deleted=deleted)
    if found is None:
        raise NotFoundError
    return found


def load_own_card(lesson_id: int) -> LessonView:
    """Return a lesson whose settings the caller may change, else ForbiddenError."""
    found = load_lesson(lesson_id)
    if not can_change_card(current_viewer(), found.lesson, found.access):
        raise ForbiddenError(why_rests(found))
    return found


def why_rests(found: LessonView) -> str | None:
    """Return why nothing is written about a lesson any more, None where that is not the reason."""
    if found.access.ended:
        return RESTS
    return ARCHIVED if found.access.rests else None


def load_to_speak(lesson_id: int) -> LessonView:
    """Return a lesson about which something may be said, else ForbiddenError."""
    found = load_lesson(lesson_id)
    if not can_speak(current_viewer(), found.lesson, found.access, clock.today()):
        raise ForbiddenError(why_rests(found))
    return found


def load_editable(lesson_id: int) -> LessonView:
    """Return a lesson whose details the caller may change, else ForbiddenError."""
    found = load_lesson(lesson_id)
    if not can_edit_lesson(current_viewer(), found.lesson, found.access):
        raise ForbiddenError(why_rests(found))
    return found


def done(target: str, saved: str = "", /, **answer: object) -> ResponseReturnValue:
    """Answer a write: JSON for our scripts, the next page for everybody else; both say what was `saved`."""
    if wants_fragment():
        return jsonify({"ok": True, **({"toast": saved} if saved else {}), **answer})
    if saved:
        flash(saved, "success")
    return redirect(target, code=303)


def log_watching(lesson: Lesson) -> None:
    """Every view of recognizable pupils is logged, in a transaction of its own: what was read before is read again."""
    lesson_id = lesson.id
    if not lesson.pupils_recognizable or is_noted_today(lesson_id, current_viewer().user_id):
        return
    with unit_of_work():
        note_watching(current_actor(), lesson_id)


def tell_of_playing(lesson_id: int) -> None:
    """Written only where somebody's plan waits for it."""
    user_id = current_viewer().user_id
    if user_id is not None and items_to_tick("lesson", lesson_id, user_id):
        actor = current_actor()
        write_if_possible(lambda: note_playing(actor, lesson_id))


def posted(name: str, limit: int = 10_000) -> str:
    """Return a posted text field without control characters, shortened to what any field may hold."""
    return without_invisible(request.form.get(name, "")[:limit])


def posted_form() -> ImmutableMultiDict[str, str] | None:
    """Return the fields of a posted form, None on GET; a body of another kind is an empty form."""
    return request.form if request.method == "POST" else None
