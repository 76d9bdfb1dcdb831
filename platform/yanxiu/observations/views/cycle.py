"""The steps of a lesson observation: the strip on the lesson's page, the page of the steps, what waits for me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.calendar_file import lesson_calendar
from yanxiu.observations.cycle import MOVES, Place, Step, next_step
from yanxiu.observations.models import MEETING_KEYS, Lesson, LessonPhase, LessonText, TextKey
from yanxiu.observations.permissions import can_edit_lesson, can_move_lesson, can_reflect, can_view_scores
from yanxiu.observations.queries import LessonView
from yanxiu.observations.queries.cycle import facts_of, my_lessons, texts_of
from yanxiu.observations.queries.requests import requests_to
from yanxiu.observations.services import cycle as service
from yanxiu.observations.views.blueprint import bp, done, load_editable, load_lesson, posted, why_rests
from yanxiu.observations.views.second_teachings import teachings_panel
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment

_PLACES = {
    Place.MEMBERS: ("observations.member_list", ""),
    Place.CALENDAR: ("observations.lesson_calendar_file", ""),
    Place.MEETING: ("observations.lesson_cycle", "meeting"),
    Place.LIVE: ("observations.live_page", ""),
    Place.RECORDING: ("observations.lesson", "recording"),
    Place.COMMENT: ("observations.lesson", "comment-body"),
    Place.RUBRIC: ("observations.lesson", "rubric"),
    Place.RESULTS: ("observations.results", ""),
    Place.REFLECTION: ("observations.lesson_cycle", "reflection"),
}


@dataclass(frozen=True)
class Row:
    """A lesson in 我的听评课, with what the viewer does next."""

    lesson: Lesson
    step: Step
    url: str


@dataclass(frozen=True)
class Box:
    """One text to write: its words, what is saved now, what is wrong; `is_changed` while somebody wrote."""

    words: str
    saved: str
    problem: str = ""
    is_changed: bool = False


def cycle_panel(found: LessonView) -> dict[str, Any]:
    """Return what the strip shows: where the lesson stands and the one thing the viewer does next."""
    viewer, lesson = current_viewer(), found.lesson
    facts = facts_of(viewer, [lesson])[lesson.id]
    step = next_step(lesson, facts, clock.today())
    if found.access.ended:
        step = Step("所在的工作坊已经结束", is_open=False)
    return {
        "phases": list(LessonPhase),
        "step": step,
        "step_url": address_of(lesson, step),
        "sees_scores": can_view_scores(viewer, lesson, own_submitted=facts.own_submitted),
        "may_move": can_move_lesson(viewer, lesson, found.access),
    }


def address_of(lesson: Lesson, step: Step) -> str:
    """Return where the button of a step leads; empty for a step that is a move, or for none."""
    endpoint, anchor = _PLACES.get(step.place, ("", ""))
    return url_for(endpoint, lesson_id=lesson.id, _anchor=anchor or None) if endpoint else ""


@bp.get("/lessons/<int:lesson_id>/cycle")
def lesson_cycle(lesson_id: int) -> ResponseReturnValue:
    """听评课流程: the steps, 课前会议, 反思, and who may take it further."""
    return _cycle_page(load_lesson(lesson_id))


def _cycle_page(found: LessonView, refused: YanxiuError | None = None) -> str:
    """The page; after a refusal with what was typed, and beside it what stands there now."""
    viewer, texts = current_viewer(), texts_of(found.lesson.id)
    return render_template(
        "observations/cycle.html",
        lesson=found.lesson,
        moves=MOVES[found.lesson.phase_of],
        texts=texts,
        boxes={key.value: _box(key, texts, refused) for key in TextKey},
        meeting_keys=MEETING_KEYS,
        may_write=can_edit_lesson(viewer, found.lesson, found.access),
        may_reflect=can_reflect(viewer, found.lesson, found.access),
        **cycle_panel(found),
        **teachings_panel(found, with_choice=True),
    )


@bp.post("/lessons/<int:lesson_id>/cycle")
def move_lesson(lesson_id: int) -> ResponseReturnValue:
    """Take the lesson to another step, or without `to` set the day by which this one should be done."""
    with unit_of_work():
        found = load_lesson(lesson_id)
        if not can_move_lesson(current_viewer(), found.lesson, found.access):
            raise ForbiddenError(why_rests(found) if found.access.ended else None)
        if posted("to"):
            service.move_lesson(current_actor(), found.lesson, posted("seen"), posted("to"), _due())
            saved = f"现在是：{found.lesson.phase_of.label}"
        else:
            service.set_deadline(current_actor(), found.lesson, _due())
            saved = "截止日期已保存"
    target = url_for(".lesson_cycle", lesson_id=lesson_id)
    return done(target, saved, redirect=target)


@bp.post("/lessons/<int:lesson_id>/texts")
def write_texts(lesson_id: int) -> ResponseReturnValue:
    """The three questions of 课前会议 by whoever leads the lesson, or the reflection by its teacher."""
    is_reflection = posted("part") == TextKey.REFLECTION
    try:
        _write_texts(lesson_id, is_reflection=is_reflection)
    except YanxiuError as error:
        if wants_fragment() or error.field is None:
            raise
        return _cycle_page(load_lesson(lesson_id), error), error.status
    target = url_for(".lesson_cycle", lesson_id=lesson_id, _anchor="reflection" if is_reflection else "meeting")
    return done(target, "教学反思已保存" if is_reflection else "课前会议已保存")


def _write_texts(lesson_id: int, *, is_reflection: bool) -> None:
    with unit_of_work():
        found = load_lesson(lesson_id) if is_reflection else load_editable(lesson_id)
        if is_reflection and not can_reflect(current_viewer(), found.lesson, found.access):
            raise ForbiddenError(why_rests(found) or "教学反思由授课教师写")
        for key in (TextKey.REFLECTION,) if is_reflection else MEETING_KEYS:
            service.write_text(current_actor(), found.lesson, key, posted(key.value), posted(f"seen_{key.value}"))


def _box(key: TextKey, texts: Mapping[str, LessonText], refused: YanxiuError | None) -> Box:
    present = texts[key.value].body if key.value in texts else ""
    typed, seen = (service.tidy(posted(name)) for name in (key.value, f"seen_{key.value}"))
    if refused is None or typed in (seen, present):
        return Box(present, present)
    return Box(typed, present, refused.message if refused.field == key.value else "", is_changed=present != seen)


@bp.get("/lessons/<int:lesson_id>/calendar")
def lesson_calendar_file(lesson_id: int) -> ResponseReturnValue:
    """The time of the lesson for the calendar of a phone."""
    lesson = load_lesson(lesson_id).lesson
    if lesson.taught_at is None:
        raise NotFoundError
    url = url_for(".lesson", lesson_id=lesson_id, _external=True)
    headers = {"Content-Disposition": f"attachment; filename=lesson-{lesson_id}.ics", "Cache-Control": "no-store"}
    return Response(lesson_calendar(lesson, url, clock.now()), mimetype="text/calendar", headers=headers)


@bp.get("/my-lessons")
def my_lesson_list() -> ResponseReturnValue:
    """我的听评课: what is open for me as observer and as teacher."""
    viewer = current_viewer()
    teaching, observing = my_lessons(viewer, as_teacher=True), my_lessons(viewer, as_teacher=False)
    facts = facts_of(viewer, [*teaching, *observing])

    def rows(lessons: Sequence[Lesson]) -> list[Row]:
        steps = [(lesson, next_step(lesson, facts[lesson.id], clock.today())) for lesson in lessons]
        found = [Row(lesson, step, address_of(lesson, step)) for lesson, step in steps]
        return sorted(found, key=lambda row: not row.step.is_open)

    return render_template(
        "observations/my_lessons.html",
        teaching=rows(teaching),
        observing=rows(observing),
        asked=len(requests_to(viewer)),
    )


def _due() -> date | None:
    text = posted("due")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidError("请写日期，例如 2026-11-30", field="due") from error
