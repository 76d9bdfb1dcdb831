"""Subtitles of a video: given as a file, sent to the player as WebVTT."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.subtitles import Cue, webvtt
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.resources.extraction.formats import FORMATS
from yanxiu.resources.forms import SubtitlesForm
from yanxiu.resources.models import Resource
from yanxiu.resources.permissions import can_edit_resource
from yanxiu.resources.services.subtitles import drop_subtitles, set_subtitles
from yanxiu.resources.views.blueprint import bp, load_for, load_version
from yanxiu.resources.views.editing import edit_page
from yanxiu.web.auth import current_actor, public
from yanxiu.web.subtitles import received_subtitles


@bp.post("/resources/<int:resource_id>/subtitles")
@limiter.limit("60/minute")
def add_subtitles(resource_id: int) -> ResponseReturnValue:
    """Read a file of subtitles; one that says nothing leaves everything as it was."""
    resource = _load_video(resource_id)
    form = SubtitlesForm()
    try:
        name, cues = received_subtitles() if form.validate() else ("", [])
    except InvalidError as error:
        form.subtitles.errors = [error.message]
        return edit_page(resource, subtitles=form), 422
    with unit_of_work():
        set_subtitles(current_actor(), _load_video(resource_id), name, cues)
    flash(f"加上了字幕，共 {len(cues)} 句", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


@bp.post("/resources/<int:resource_id>/subtitles/removal")
def remove_subtitles(resource_id: int) -> ResponseReturnValue:
    """Take them away."""
    with unit_of_work():
        drop_subtitles(current_actor(), _load_video(resource_id))
    flash("字幕已去掉", "success")
    return redirect(url_for("resources.edit", resource_id=resource_id) + "#subtitles")


@bp.get("/resources/<int:resource_id>/files/<int:file_id>/subtitles")
@public
def subtitles(resource_id: int, file_id: int) -> Response:
    """What the player shows."""
    kept = load_version(resource_id, file_id).subtitles
    if kept is None:
        raise NotFoundError
    return Response(webvtt(Cue(*cue) for cue in kept.cues), mimetype="text/vtt")


def _load_video(resource_id: int) -> Resource:
    resource = load_for(can_edit_resource, resource_id)
    if resource.current_file is None or FORMATS[resource.current_file.extension].family != "video":
        raise NotFoundError
    return resource
