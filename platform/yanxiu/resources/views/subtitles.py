"""Subtitles of a video: given as a file, sent to the player as WebVTT."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.subtitles import Cue, parse_subtitles, webvtt
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.resources.extraction.encodings import decoded
from yanxiu.resources.extraction.formats import FORMATS, clean_name, format_of
from yanxiu.resources.forms import SubtitlesForm
from yanxiu.resources.models import Resource
from yanxiu.resources.permissions import can_edit_resource
from yanxiu.resources.services.subtitles import drop_subtitles, set_subtitles
from yanxiu.resources.views.blueprint import bp, load_for, load_version
from yanxiu.resources.views.editing import edit_page
from yanxiu.web.auth import current_actor, public

FILES = (".srt", ".vtt")


@bp.post("/resources/<int:resource_id>/subtitles")
@limiter.limit("60/minute")
def add_subtitles(resource_id: int) -> ResponseReturnValue:
    """Read a file of subtitles; one that says nothing leaves everything as it was."""
    resource = _load_video(resource_id)
    form = SubtitlesForm()
    try:
        name, cues = _received() if form.validate() else ("", [])
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


def _received() -> tuple[str, list[Cue]]:
    """Name and cues of the file that was sent."""
    file = request.files.get("subtitles")
    if file is None or not file.filename:
        raise InvalidError("请选择字幕文件")
    name = clean_name(file.filename)
    if not name.lower().endswith(FILES):
        raise InvalidError("请选择 srt 或 vtt 字幕文件")
    most = format_of(name).max_bytes
    with file.stream as sent:
        raw = sent.read(most + 1)
    if len(raw) > most:
        raise InvalidError("字幕文件太大，最多 2 MB")
    cues = parse_subtitles(decoded(raw))
    if not cues:
        raise InvalidError("文件里没有读到带时间的字幕，请重新导出 srt 或 vtt")
    return name, cues
