"""The recording of a lesson: its state, its files by range, phases, and the plain upload form."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError, TooLargeError
from yanxiu.core.live import current_seq
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Source, Upload, UploadStore
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import clock_ms
from yanxiu.observations.jobs import LEAN_FROM_MS
from yanxiu.observations.models import PhaseKind, Recording, RecordingVersion, RenditionKind, VersionState
from yanxiu.observations.models.recordings import PLAYED
from yanxiu.observations.permissions import can_clip, can_edit_lesson
from yanxiu.observations.queries import LessonView, current_version, find_rendition, newest_version, recording_of
from yanxiu.observations.services.recordings import Phase, set_segments
from yanxiu.observations.uploads.folder import open_store
from yanxiu.observations.uploads.handover import hand_over
from yanxiu.observations.views.blueprint import (
    bp,
    done,
    load_editable,
    load_lesson,
    log_watching,
    posted,
    tell_of_playing,
)
from yanxiu.observations.views.uploads import begin_upload, unfinished_uploads
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.files import send_stored

_SEGMENT = re.compile(r"([\d:：.]+)(?:\s*[-－–—~～至到]\s*(\d[\d:：.]*))?\s*(\S.*)")
QUALITIES = {RenditionKind.SOURCE: "原画", RenditionKind.P720: "高清", RenditionKind.P480: "流畅"}


def recording_panel(found: LessonView, recording: Recording | None, version: RecordingVersion | None) -> dict[str, Any]:
    """Return what the player part of the page shows."""
    may_edit = can_edit_lesson(current_viewer(), found.lesson, found.access)
    newest = newest_version(recording)
    return {
        "recording": recording,
        "version": version,
        "newest": newest,
        "sources": sources_of(found.lesson.id, version),
        "saver": saver_of(found.lesson.id, version),
        "why_no_saver": why_no_saver(version),
        "is_ready": version is not None and version.state == VersionState.READY,
        "may_clip": can_clip(current_viewer(), found.lesson),
        "wave": wave_of(version),
        "duration_ms": (version.duration_ms if version is not None else None) or 0,
        "unfinished": unfinished_uploads() if may_edit else [],
        "max_upload_bytes": current_app.config["YANXIU"].upload_max_gb * 1024**3,
    }


def wave_of(version: RecordingVersion | None) -> str:
    """Return the outline of how loud the recording is: x in milliseconds, y from 0 to 100; empty where it is not known."""
    made = version.rendition(RenditionKind.PEAKS) if version is not None else None
    peaks = (made.layout or {}).get("peaks", []) if made is not None else []
    if version is None or not peaks:
        return ""
    step = (version.duration_ms or 0) / len(peaks)
    upper = [f"{round(at * step)} {50 - peak / 2:g}" for at, peak in enumerate(peaks)]
    lower = [f"{round(at * step)} {50 + peak / 2:g}" for at, peak in enumerate(peaks)]
    return f"M0 50L{'L'.join(upper)}L{'L'.join(reversed(lower))}Z"


def sources_of(lesson_id: int, version: RecordingVersion | None) -> list[dict[str, str]]:
    """Return the addresses to play, the best first."""
    if version is None:
        return []
    return [
        {
            "kind": rendition.kind,
            "label": QUALITIES[RenditionKind(rendition.kind)],
            "url": url_for("observations.media", lesson_id=lesson_id, version_id=version.id, kind=rendition.kind),
        }
        for rendition in version.watchable()
    ]


def saver_of(lesson_id: int, version: RecordingVersion | None) -> dict[str, Any] | None:
    """Return the address of sound and stills with what they cost and what the film costs, in bytes; None where nothing is saved."""
    lean = version.rendition(RenditionKind.LEAN) if version is not None else None
    films = version.watchable() if version is not None else []
    if version is None or lean is None or not films or lean.file.size >= films[-1].file.size:
        return None
    url = url_for(".media", lesson_id=lesson_id, version_id=version.id, kind=RenditionKind.LEAN.value)
    is_silent = version.facts is not None and version.facts.get("audio_codec", "") is None
    return {"url": url, "bytes": lean.file.size, "film_bytes": films[0].file.size, "is_silent": is_silent}


def why_no_saver(version: RecordingVersion | None) -> str:
    """Return in words why no 省流量 is offered beside a film that plays; empty where it is, or where no film plays."""
    films = version.watchable() if version is not None else []
    if version is None or not films or version.is_first_look:
        return ""
    lean = version.rendition(RenditionKind.LEAN)
    if lean is not None:
        return "这段视频本来就小，省流量并不更省，所以不提供。" if lean.file.size >= films[-1].file.size else ""
    if (version.duration_ms or 0) < LEAN_FROM_MS:
        return f"这段实录不到 {LEAN_FROM_MS // 1000} 秒，没有省流量可选。"
    return "这段实录做不成省流量的，只能看视频。" if version.lean_tried_at is not None else ""


@bp.get("/lessons/<int:lesson_id>/recording")
def recording_fragment(lesson_id: int) -> ResponseReturnValue:
    """The player part alone, fetched when the state of the recording changes."""
    found = load_lesson(lesson_id)
    seq = current_seq(found.lesson.topic)
    recording = recording_of(lesson_id)
    panel = recording_panel(found, recording, current_version(recording))
    may_edit = can_edit_lesson(current_viewer(), found.lesson, found.access)
    page = render_template("observations/_recording.html", lesson=found.lesson, may_edit=may_edit, **panel)
    return page, {"X-Seq": str(seq), "Cache-Control": "no-store"}


@bp.get("/lessons/<int:lesson_id>/media/<int:version_id>/<kind>")
def media(lesson_id: int, version_id: int, kind: str) -> ResponseReturnValue:
    """A file of the recording or the range of it that was asked for; the right is checked for each range."""
    lesson = load_lesson(lesson_id).lesson
    rendition = find_rendition(lesson_id, version_id, kind)
    if rendition is None:
        raise NotFoundError
    if kind in PLAYED:
        log_watching(lesson)
        tell_of_playing(lesson_id)
    return send_stored(rendition.file, inline=True)


@bp.post("/lessons/<int:lesson_id>/recording")
def upload_recording(lesson_id: int) -> ResponseReturnValue:
    """A small file by the plain form, for browsers without scripts."""
    load_editable(lesson_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidError("请选择要上传的视频文件", field="file")
    store = open_store(current_app.config["YANXIU"])
    try:
        upload = begin_upload(store, lesson_id, None, {"filename": sent.filename})
        hand_over(store, _filled(store, upload, sent.stream), current_viewer(), current_actor())
    except ProtocolError as error:
        raise (TooLargeError if error.status in (413, 507) else InvalidError)(error.message) from error
    return done(url_for(".lesson", lesson_id=lesson_id))


def _filled(store: UploadStore, upload: Upload, source: Source) -> Upload:
    """Take in a whole file; what is refused is forgotten, for nobody could send the rest of it."""
    try:
        size = store.append(upload, 0, source)
        if size == 0:
            raise InvalidError("这个文件是空的，请换一个", field="file")
        return store.declare_length(upload, size)
    except Exception:
        store.forget(upload.id)
        raise


@bp.post("/lessons/<int:lesson_id>/segments")
def save_segments(lesson_id: int) -> ResponseReturnValue:
    """The phases of the lesson: one `time label` a line. Without scripts a mistake is shown beside the text as typed."""
    target, typed = url_for(".lesson", lesson_id=lesson_id), posted("segments")
    try:
        _save_segments(lesson_id, typed)
    except InvalidError as error:
        if wants_fragment():
            raise
        lesson = load_editable(lesson_id).lesson
        return render_template("observations/segments.html", lesson=lesson, typed=typed, problem=error.message), 422
    return done(target, "环节已保存", redirect=target)


def _save_segments(lesson_id: int, typed: str) -> None:
    with unit_of_work():
        found = load_editable(lesson_id)
        recording = recording_of(lesson_id)
        if recording is None:
            raise NotFoundError
        segments = [_segment(line) for line in typed.splitlines() if line.strip()]
        set_segments(current_actor(), found.lesson, recording, segments)


def _segment(line: str) -> Phase:
    """Read `03:20 朗读课文`, `03:20-10:00 朗读课文` or `03:20 朗读课文 #活动`."""
    found = _SEGMENT.fullmatch(line.strip())
    start_ms = clock_ms(found[1]) if found else None
    end_ms = clock_ms(found[2]) if found and found[2] else None
    if found is None or start_ms is None or (found[2] and end_ms is None):
        raise InvalidError(
            f"这一行看不懂：{line.strip()[:20]}。每行先写开始时间再写名称，例如 03:20 朗读课文", field="segments"
        )
    label, _hash, kind = found[3].replace("＃", "#").rpartition("#")
    known = next((one for one in PhaseKind if one.label == kind.strip()), None)
    if known is None or not label.strip():
        label, known = found[3], None
    return Phase(start_ms, " ".join(label.split())[:20], end_ms, known or "")
