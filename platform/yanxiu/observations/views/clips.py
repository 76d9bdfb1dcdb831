"""Putting stretches of a lesson into sets, and changing, moving and taking out clips."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import media_span
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import ClipForm, exact_clock, whole_number
from yanxiu.observations.models import ClipSet, RecordingVersion, SetClip
from yanxiu.observations.models.pairs import MOMENT_MS
from yanxiu.observations.permissions import can_clip, can_edit_clip_set, can_take_clip_out
from yanxiu.observations.queries import LessonView, current_version, find_comment, find_lesson, recording_of
from yanxiu.observations.queries.clip_sets import (
    ClipSetView,
    ShownClip,
    clips_of,
    find_clip,
    items_of,
    own_clip_sets,
)
from yanxiu.observations.services import clip_sets as service
from yanxiu.observations.services.clip_sets import FIRST_SET, ClipDraft, Put
from yanxiu.observations.views.blueprint import bp, done, load_lesson, posted
from yanxiu.observations.views.clip_remarks import panel_of
from yanxiu.observations.views.clip_sets import load_clip_set, load_own_clip_set
from yanxiu.observations.views.recordings import sources_of
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.forms import accepted, select_choices

NEW = "new"
REFUSED = "授课教师不同意从这节课里摘取片段"
MOST_PRESSED = 1000
SPANS_NAMED = 3
_STRETCH = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


@bp.post("/lessons/<int:lesson_id>/clips")
def press_clip(lesson_id: int) -> ResponseReturnValue:
    """One press: the stretch of a `comment`, or each `stretch` (`1500-4000`, ms), goes into the set used last, or a first one."""
    with unit_of_work():
        found = load_to_clip(lesson_id)
        version = current_version(recording_of(lesson_id))
        duration_ms = (version.duration_ms if version is not None else None) or 0
        drafts = [ClipDraft(start_ms, min(end_ms, duration_ms)) for start_ms, end_ms in _pressed(found)]
        sets = own_clip_sets(current_viewer())
        into = sets[0] if sets else service.create_clip_set(current_actor(), FIRST_SET)
        put = service.put_clips(current_actor(), into, found.lesson, version, drafts)
        target, undo = _page(into.id, put.clips[0].id), None
        # What was there before was put there by another press, perhaps with a task and a note: this one's undo leaves it.
        if len(put.new) == len(drafts) == 1:
            undo = url_for(".take_clip_out", set_id=into.id, clip_id=put.new[0].id)
        words = _what_was_put(into, put)
    return done(target, words, **({"undo": {"url": undo, "text": "撤销"}} if undo else {}))


def _what_was_put(into: ClipSet, put: Put) -> str:
    how = f"第 {put.clips[0].position + 1} 段" if len(put.clips) == 1 else f"共 {len(put.clips)} 段"
    words = [f"已放进“{into.title}”，{how}" if put.new else f"已经在“{into.title}”里了，{how}"]
    for why, drafts in groupby(sorted(put.left, key=_reason), key=_reason):
        spans = [media_span(draft.start_ms, draft.end_ms) for draft, _error in drafts]
        named = "、".join(spans[:SPANS_NAMED]) + (" 等" if len(spans) > SPANS_NAMED else "")
        words.append(f"{len(spans)} 段没有放进：{why}（{named}）")
    return "；".join(words)


def _reason(left: tuple[ClipDraft, InvalidError]) -> str:
    return left[1].message


def load_to_clip(lesson_id: int) -> LessonView:
    """Return a lesson of which stretches may be put into sets, else ForbiddenError."""
    found = load_lesson(lesson_id)
    if not can_clip(current_viewer(), found.lesson):
        raise ForbiddenError(REFUSED)
    return found


def _pressed(found: LessonView) -> list[tuple[int, int]]:
    """Return the stretches in ms; a comment about a moment stands for what follows it."""
    wanted = whole_number(posted("comment"))
    if wanted is not None:
        comment = find_comment(current_viewer(), found.lesson, wanted)
        if comment is None or not comment.is_placed:
            raise NotFoundError
        return [(comment.start_ms, comment.start_ms + MOMENT_MS if comment.end_ms is None else comment.end_ms)]
    stretches = [_STRETCH.fullmatch(text) for text in request.form.getlist("stretch")]
    if len(stretches) > MOST_PRESSED:
        raise InvalidError(f"一次最多放 {MOST_PRESSED} 段")
    if not stretches or None in stretches:
        raise InvalidError("请选一段")
    return [(int(one[1]), int(one[2])) for one in stretches if one is not None]


@bp.route("/lessons/<int:lesson_id>/clips/new", methods=["GET", "POST"])
def new_clip(lesson_id: int) -> ResponseReturnValue:
    """Cut a stretch (`?start_ms=&end_ms=`), say what to look for, and choose the set."""
    load_to_clip(lesson_id)
    form, version = ClipForm(), current_version(recording_of(lesson_id))
    sets = own_clip_sets(current_viewer())
    form.clip_set.choices = select_choices([*((str(one.id), one.title) for one in sets), (NEW, "新建一个")])
    if request.method == "GET":
        _begin(form, sets[0].id if sets else None)
    put: list[tuple[int, int]] = []

    def act() -> None:
        lesson = load_to_clip(lesson_id).lesson
        clip = service.put_clip(current_actor(), _chosen(form), lesson, version, form.draft())
        put.append((clip.set_id, clip.id))

    if accepted(form, act):
        flash("已放进片段集", "success")
        return redirect(_page(*put[0]), code=303)
    context = {"lesson": load_lesson(lesson_id).lesson, "form": form, "clip": None, "clip_set": None}
    return _form_page(version, context), form.status


def _begin(form: ClipForm, newest: int | None) -> None:
    start_ms = whole_number(request.args.get("start_ms")) or 0
    end_ms = whole_number(request.args.get("end_ms"))
    wanted = whole_number(request.args.get("set"))
    form.clip_set.data = str(wanted or newest or NEW)
    form.start.data = exact_clock(start_ms)
    form.end.data = exact_clock(start_ms + MOMENT_MS if end_ms is None else end_ms)


def _chosen(form: ClipForm) -> ClipSet:
    chosen = form.clip_set.data
    if chosen == NEW or not chosen:
        if not form.title.data:
            raise InvalidError("请给新的片段集起个名称", field="title")
        return service.create_clip_set(current_actor(), form.title.data)
    try:
        return load_own_clip_set(whole_number(chosen) or 0).clip_set
    except (NotFoundError, ForbiddenError) as error:
        raise InvalidError("请从列表里选一个片段集", field="clip_set") from error


@bp.get("/clip-sets/<int:set_id>/clips/<int:clip_id>")
def clip_panel(set_id: int, clip_id: int) -> ResponseReturnValue:
    """What is told beside the film while a clip plays; for scripts. Everybody else is taken to the page of the set."""
    if not wants_fragment():
        load_clip_set(set_id)
        return redirect(_page(set_id, clip_id))
    shown = _shown(set_id, clip_id)
    page = render_template("observations/clip_sets/_panel.html", **panel_of(shown))
    return page, {"Cache-Control": "no-store"}


def _shown(set_id: int, clip_id: int) -> ShownClip:
    """Return a clip whose lesson the viewer may watch, else NotFoundError."""
    clip_set = load_clip_set(set_id).clip_set
    found = next((one for one in clips_of(current_viewer(), clip_set) if one.clip.id == clip_id), None)
    if found is None or found.lesson is None:
        raise NotFoundError
    return found


@bp.route("/clip-sets/<int:set_id>/clips/<int:clip_id>/edit", methods=["GET", "POST"])
def edit_clip(set_id: int, clip_id: int) -> ResponseReturnValue:
    """Change the edges of a clip, its task and its note."""
    found = load_own_clip_set(set_id)
    shown = _shown(set_id, clip_id)
    form = ClipForm(obj=shown.clip)
    if request.method == "GET":
        form.start.data, form.end.data = exact_clock(shown.clip.start_ms), exact_clock(shown.clip.end_ms)

    def act() -> None:
        load_own_clip_set(set_id)
        now = _shown(set_id, clip_id)
        if now.version is None:
            raise InvalidError("这节课的实录现在不能播放，片段以后再改")
        service.change_clip(current_actor(), now.clip, now.version, form.draft())

    if accepted(form, act):
        flash("已保存", "success")
        return redirect(_page(set_id, clip_id), code=303)
    shown = _shown(set_id, clip_id)
    context = {"lesson": shown.lesson, "form": form, "clip": shown.clip, "clip_set": found.clip_set}
    return _form_page(shown.version, context), form.status


def _form_page(version: RecordingVersion | None, context: Mapping[str, object]) -> str:
    sources = sources_of(version.recording.lesson_id, version) if version is not None else []
    film = sources[-1]["url"] if sources else ""
    return render_template("observations/clip_sets/clip_form.html", film=film, version=version, **context)


@bp.post("/clip-sets/<int:set_id>/clips/<int:clip_id>/removal")
def take_clip_out(set_id: int, clip_id: int) -> ResponseReturnValue:
    """Take a clip out of a set; its owner does, and whose lesson it is."""
    with unit_of_work():
        found, clip = _load_to_take(set_id, clip_id)
        service.take_clip_out(current_actor(), clip)
        comes_back = can_edit_clip_set(current_viewer(), found.clip_set, ended=found.ended)
    undo = url_for(".put_clip_back", set_id=set_id, clip_id=clip_id)
    answer = {"undo": {"url": undo, "text": "撤销"}} if comes_back else {}
    return done(url_for(".clip_set", set_id=set_id), "已从片段集里拿出，课例没有动", **answer)


def _load_to_take(set_id: int, clip_id: int) -> tuple[ClipSetView, SetClip]:
    """A lesson one may not watch does not exist for one, but its clip can be taken out of one's own set."""
    viewer, found = current_viewer(), load_clip_set(set_id)
    clip = find_clip(set_id, clip_id)
    if clip is None:
        raise NotFoundError
    if can_edit_clip_set(viewer, found.clip_set, ended=found.ended):
        return found, clip
    seen = find_lesson(viewer, clip.lesson_id)
    if seen is None:
        raise NotFoundError
    if not can_take_clip_out(viewer, found.clip_set, seen.lesson, ended=found.ended):
        raise ForbiddenError
    return found, clip


@bp.post("/clip-sets/<int:set_id>/clips/<int:clip_id>/restoration")
def put_clip_back(set_id: int, clip_id: int) -> ResponseReturnValue:
    """Undo taking a clip out."""
    with unit_of_work():
        load_own_clip_set(set_id)
        clip = find_clip(set_id, clip_id)
        if clip is None:
            raise NotFoundError
        service.put_clip_back(current_actor(), clip)
    return done(_page(set_id, clip_id), "已放回原处")


@bp.post("/clip-sets/<int:set_id>/clips/<int:clip_id>/position")
def place_clip(set_id: int, clip_id: int) -> ResponseReturnValue:
    """One step `up` or `down`, or before `before_id` (nothing: to the end)."""
    with unit_of_work():
        load_own_clip_set(set_id)
        order = [clip.id for clip in items_of(set_id)]
        clip = find_clip(set_id, clip_id)
        if clip is None or clip_id not in order:
            raise NotFoundError
        before_id = _before(order, clip_id, posted("step"))
        if before_id != clip_id:
            service.place_clip(current_actor(), clip, before_id)
    return done(url_for(".clip_set", set_id=set_id, _anchor=f"clip-{clip_id}"))


def _before(order: list[int], clip_id: int, step: str) -> int | None:
    """Before which one it goes; itself where it stays."""
    at = order.index(clip_id)
    if step == "up":
        return order[max(at - 1, 0)]
    if step == "down":
        return clip_id if at + 1 == len(order) else (order[at + 2] if at + 2 < len(order) else None)
    return whole_number(posted("before_id"))


def _page(set_id: int, clip_id: int) -> str:
    return url_for(".clip_set", set_id=set_id, clip=clip_id)
