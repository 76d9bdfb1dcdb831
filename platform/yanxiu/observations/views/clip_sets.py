"""微格片段集: lists of them, one with its films, its settings, and the list of its clips as a Word file."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import media_span
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import ClipSetForm, whole_number
from yanxiu.observations.papers.clip_list import clip_list_word
from yanxiu.observations.permissions import can_edit_clip_set, can_take_clip_out
from yanxiu.observations.queries import workshop_choices
from yanxiu.observations.queries.clip_sets import (
    SORTS,
    ClipSetView,
    ShownClip,
    clip_sets_page,
    clips_of,
    extents_of,
    find_clip_set,
)
from yanxiu.observations.services import clip_sets as service
from yanxiu.observations.views.blueprint import bp, done
from yanxiu.observations.views.clip_remarks import panel_of
from yanxiu.observations.views.papers import docx_file
from yanxiu.observations.views.recordings import saver_of, sources_of
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.forms import accepted
from yanxiu.workshops.queries import is_member
from yanxiu.workshops.queries.teams import workshop_names

MAX_WORDS = 60
RESTS = "工作坊已经结束，片段集只供观看"


def load_clip_set(set_id: int, *, removed: bool = False) -> ClipSetView:
    """Return a set the viewer may see, else NotFoundError; with `removed`, also one its owner has removed."""
    found = find_clip_set(current_viewer(), set_id)
    if found is None or (found.clip_set.removed_at is not None and not removed):
        raise NotFoundError
    return found


def load_own_clip_set(set_id: int, *, removed: bool = False) -> ClipSetView:
    """Return a set the viewer may change, else ForbiddenError."""
    found = load_clip_set(set_id, removed=removed)
    if not can_edit_clip_set(current_viewer(), found.clip_set, ended=found.ended):
        raise ForbiddenError(RESTS if found.ended else None)
    return found


@bp.get("/clip-sets")
def clip_sets() -> ResponseReturnValue:
    """One's own sets, those of one's workshops (`?view=workshops`), or those of one of them (`?workshop=`); with some words (`q`)
    in what is said about them."""
    viewer = current_viewer()
    workshop_id = whole_number(request.args.get("workshop"))
    if workshop_id is not None and not is_member(workshop_id, viewer.user_id):
        raise NotFoundError
    mine = workshop_id is None and request.args.get("view") != "workshops"
    words = without_invisible(request.args.get("q", ""))[:MAX_WORDS]
    sort = "used" if request.args.get("sort") == "used" else "new"
    page = clip_sets_page(
        viewer, request.args.get("cursor"), mine=mine, workshop_id=workshop_id, words=words, sort=sort
    )
    return render_template(
        "observations/clip_sets/index.html",
        page=page,
        mine=mine,
        workshop_id=workshop_id,
        words=words,
        sort=sort,
        sorts=SORTS,
        extents=extents_of(viewer, [one.id for one in page.items]),
        names=workshop_names({one.workshop_id for one in page.items if one.workshop_id is not None}),
    )


@bp.route("/clip-sets/new", methods=["GET", "POST"])
def new_clip_set() -> ResponseReturnValue:
    """Begin a set."""
    form, made = ClipSetForm(), []
    form.offer(workshop_choices(current_viewer()))
    if request.method == "GET":
        form.workshop_id.data = str(whole_number(request.args.get("workshop")) or "")

    def act() -> None:
        values = form.title.data or "", form.introduction.data or "", form.chosen_workshop()
        made.append(service.create_clip_set(current_actor(), *values).id)

    if accepted(form, act):
        flash("片段集建好了。打开一节课的实录，在点评上按“放进微格”，或者剪一段放进来", "success")
        return redirect(url_for(".clip_set", set_id=made[0]), code=303)
    return render_template("observations/clip_sets/form.html", form=form, clip_set=None), form.status


@bp.route("/clip-sets/<int:set_id>/settings", methods=["GET", "POST"])
def clip_set_settings(set_id: int) -> ResponseReturnValue:
    """Change what a set is called and with whom it is shared."""
    found = load_own_clip_set(set_id)
    form = ClipSetForm(obj=found.clip_set)
    shared = found.clip_set.workshop_id
    choices = workshop_choices(current_viewer())
    if shared is not None and shared not in dict(choices):
        choices = [(shared, found.workshop), *choices]
    form.offer(choices)
    if request.method == "GET":
        form.workshop_id.data = str(shared or "")

    def act() -> None:
        words = {"title": form.title.data or "", "introduction": form.introduction.data or ""}
        clip_set = load_own_clip_set(set_id).clip_set
        service.update_clip_set(current_actor(), clip_set, **words, workshop_id=form.chosen_workshop())

    if accepted(form, act):
        flash("已保存", "success")
        return redirect(url_for(".clip_set", set_id=set_id), code=303)
    found = load_own_clip_set(set_id)
    return render_template("observations/clip_sets/form.html", form=form, clip_set=found.clip_set), form.status


@bp.get("/clip-sets/<int:set_id>")
def clip_set(set_id: int) -> ResponseReturnValue:
    """The clips one after another, from `?clip=` on."""
    viewer, found = current_viewer(), load_clip_set(set_id, removed=True)
    may_edit = can_edit_clip_set(viewer, found.clip_set, ended=found.ended)
    if found.clip_set.removed_at is not None:
        return render_template("observations/clip_sets/removed.html", clip_set=found.clip_set, may_edit=may_edit)
    rows = [_row(found, shown) for shown in clips_of(viewer, found.clip_set)]
    playable = [row for row in rows if row["src"]]
    wanted = whole_number(request.args.get("clip"))
    current = next((row for row in playable if row["clip"].id == wanted), playable[0] if playable else None)
    return render_template(
        "observations/clip_sets/show.html",
        found=found,
        clip_set=found.clip_set,
        rows=rows,
        seen=[row for row in rows if row["lesson"]],
        playable=playable,
        current=current,
        saver=_saver(playable),
        may_edit=may_edit,
        **(panel_of(current["shown"]) if current else {}),
    )


def _row(found: ClipSetView, shown: ShownClip) -> dict[str, Any]:
    """Return what the list shows of a clip; of one whose lesson the viewer may not watch nothing but its place."""
    viewer, clip, lesson = current_viewer(), shown.clip, shown.lesson
    sources = sources_of(clip.lesson_id, shown.version)
    recording = shown.recording
    takes_out = can_edit_clip_set(viewer, found.clip_set, ended=found.ended)
    if lesson is not None:
        takes_out = can_take_clip_out(viewer, found.clip_set, lesson, ended=found.ended)
    return {
        "shown": shown,
        "place": shown.place,
        "clip": clip,
        "lesson": lesson,
        "span": media_span(clip.start_ms, clip.end_ms),
        "src": sources[-1]["url"] if lesson is not None and sources else "",
        "saver": saver_of(clip.lesson_id, shown.version) if lesson is not None else None,
        "duration_ms": shown.version.duration_ms if shown.version is not None else 0,
        "captions": url_for(".subtitles", lesson_id=clip.lesson_id) if recording and recording.subtitles else "",
        "takes_out": takes_out,
    }


def _saver(playable: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what all clips cost, in bytes, with sound and stills where there are such (of `without` there are not), and what
    their films cost; None where nothing is saved."""
    lean = [row for row in playable if row["saver"] is not None]
    if not lean:
        return None
    films = sum(_share(row, row["shown"].version.watchable()[-1].file.size) for row in playable)
    saved = sum(_share(row, row["shown"].version.watchable()[-1].file.size - row["saver"]["bytes"]) for row in lean)
    return {"bytes": round(films - saved), "film_bytes": round(films), "without": len(playable) - len(lean)}


def _share(row: dict[str, Any], size: int) -> float:
    """The part of a file that is fetched for a clip: as long as the clip is of the film."""
    length_ms = row["clip"].length_ms
    return float(size * length_ms / max(row["duration_ms"] or 0, length_ms))


@bp.get("/clip-sets/<int:set_id>/list")
def clip_list(set_id: int) -> ResponseReturnValue:
    """The clips with their times, questions and notes, to be printed and filled in; only those the reader may watch."""
    found = load_clip_set(set_id)
    seen = [shown for shown in clips_of(current_viewer(), found.clip_set) if shown.lesson is not None]
    address = url_for(".clip_set", set_id=set_id, _external=True)
    return docx_file(clip_list_word(found.clip_set, seen, address), f"{found.clip_set.title} 微格片段")


@bp.post("/clip-sets/<int:set_id>/removal")
def remove_clip_set(set_id: int) -> ResponseReturnValue:
    """Remove a set; the page that follows offers the way back."""
    with unit_of_work():
        service.remove_clip_set(current_actor(), load_own_clip_set(set_id).clip_set)
    return done(url_for(".clip_set", set_id=set_id), redirect=url_for(".clip_set", set_id=set_id))


@bp.post("/clip-sets/<int:set_id>/restoration")
def restore_clip_set(set_id: int) -> ResponseReturnValue:
    """Fetch it back."""
    with unit_of_work():
        service.restore_clip_set(current_actor(), load_own_clip_set(set_id, removed=True).clip_set)
    return done(url_for(".clip_set", set_id=set_id), "已恢复")
