"""The tus 1.0 server (observation.md 3a): resumable uploads of recordings.

These routes take no CSRF token: an upload may last days and foreign tus clients know none. They are safe without one
because every writing request needs the header `Tus-Resumable`, which no page of another site can send without a
preflight that is never granted; and an `Origin` that is not ours is refused on top.
"""

from __future__ import annotations

import time
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from yanxiu.core.errors import YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import csrf
from yanxiu.observations.jobs import schedule_sweep
from yanxiu.observations.uploads.handover import hand_over, open_store
from yanxiu.observations.uploads.protocol import (
    CHECKSUMS,
    CONTENT_TYPE,
    EXTENSIONS,
    VERSION,
    ProtocolError,
    parse_checksum,
    parse_length,
    parse_metadata,
    parse_size,
)
from yanxiu.observations.uploads.store import Upload, UploadStore, describe
from yanxiu.observations.views.blueprint import load_editable
from yanxiu.web.auth import current_actor, current_viewer

READ_TIMEOUT_S = 25
uploads_bp = Blueprint("observation_uploads", __name__, url_prefix="/uploads")
csrf.exempt(uploads_bp)


@uploads_bp.before_request
def check_door() -> ResponseReturnValue | None:
    """Protocol version and origin; the size of a body is checked while it is read, not before."""
    request.max_content_length = None
    if request.method == "OPTIONS":
        return None
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return _answer(403, "只能从本站上传")
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, "上传协议版本不支持", {"Tus-Version": VERSION})
    return None


@uploads_bp.after_request
def add_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@uploads_bp.errorhandler(ProtocolError)
def protocol_error(error: ProtocolError) -> ResponseReturnValue:
    return _answer(error.status, error.message)


@uploads_bp.errorhandler(YanxiuError)
def refused(error: YanxiuError) -> ResponseReturnValue:
    return _answer(error.status, error.message)


@uploads_bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
def options() -> ResponseReturnValue:
    """What this server speaks."""
    return _answer(
        204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(_store().limits.max_bytes),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        },
    )


@uploads_bp.post("")
def create() -> ResponseReturnValue:
    """Open an upload for a lesson; the first bytes may come along."""
    metadata = parse_metadata(request.headers.get("Upload-Metadata"))
    length = parse_length(request.headers.get("Upload-Length"), request.headers.get("Upload-Defer-Length"))
    lesson_id = parse_size(metadata.get("lesson"), "lesson")
    if lesson_id is None:
        raise ProtocolError(400, "没有说明是哪一节课的实录")
    store = _store()
    upload = begin_upload(store, lesson_id, length, metadata)
    headers = {"Location": url_for(".patch", upload_id=upload.id), **_expiry(upload)}
    if request.mimetype == CONTENT_TYPE and (request.content_length or _is_chunked()):
        headers["Upload-Offset"] = str(_receive(store, upload, 0))
    _hand_over_if_complete(store, upload)
    return _answer(201, headers=headers)


@uploads_bp.get("/<upload_id>")
def status(upload_id: str) -> ResponseReturnValue:
    """HEAD: how much has arrived. Takes no lock, so it answers while a broken request still hangs."""
    store = _store()
    upload = _own(store, upload_id)
    headers = {"Upload-Offset": str(store.offset(upload)), **_expiry(upload)}
    if upload.length is None:
        headers["Upload-Defer-Length"] = "1"
    else:
        headers["Upload-Length"] = str(upload.length)
    _hand_over_if_complete(store, upload)
    return _answer(200, headers=headers)


@uploads_bp.patch("/<upload_id>")
def patch(upload_id: str) -> ResponseReturnValue:
    """Append bytes at the offset the client names."""
    store = _store()
    upload = _own(store, upload_id)
    if request.mimetype != CONTENT_TYPE:
        raise ProtocolError(415, f"内容类型必须是 {CONTENT_TYPE}")
    offset = parse_size(request.headers.get("Upload-Offset"), "Upload-Offset")
    if offset is None:
        raise ProtocolError(400, "缺少 Upload-Offset")
    announced = parse_size(request.headers.get("Upload-Length"), "Upload-Length")
    if announced is not None:
        upload = store.declare_length(upload, announced)
    arrived = _receive(store, upload, offset)
    _hand_over_if_complete(store, upload)
    return _answer(204, headers={"Upload-Offset": str(arrived), **_expiry(upload)})


@uploads_bp.delete("/<upload_id>")
def terminate(upload_id: str) -> ResponseReturnValue:
    """Give an upload up."""
    store = _store()
    upload = _own(store, upload_id)
    if upload.finished:
        raise ProtocolError(410, "这个上传任务已经完成")
    store.delete(upload)
    return _answer(204)


def begin_upload(store: UploadStore, lesson_id: int, length: int | None, metadata: dict[str, str]) -> Upload:
    """Open an upload for a lesson the caller may change; an expired one is swept some day."""
    load_editable(lesson_id)
    upload = store.create(current_actor().id, lesson_id, length, metadata, time.time())
    with unit_of_work():
        schedule_sweep()
    return upload


def unfinished_uploads() -> list[dict[str, Any]]:
    """Return the caller's uploads that wait to be continued, of any lesson: together they fill the caller's quota."""
    store = _store()
    waiting = store.unfinished(current_viewer().user_id or 0, time.time())
    return [describe(upload, store.offset(upload)) for upload in waiting]


def _store() -> UploadStore:
    return open_store(current_app.config["YANXIU"])


def _own(store: UploadStore, upload_id: str) -> Upload:
    return store.find(upload_id, current_viewer().user_id or 0, time.time())


def _receive(store: UploadStore, upload: Upload, offset: int) -> int:
    """Read the body in portions into the upload; a silent link is given up after a while, its bytes stay."""
    checksum = parse_checksum(request.headers.get("Upload-Checksum"))
    link = request.environ.get("werkzeug.socket") or request.environ.get("gunicorn.socket")
    before = link.gettimeout() if link is not None else None
    if link is not None:
        link.settimeout(READ_TIMEOUT_S)
    try:
        return store.append(upload, offset, cast(Any, request.stream), checksum)
    except (ClientDisconnected, TimeoutError, ConnectionError) as error:
        raise ProtocolError(400, "连接中断，已收到的部分会保留") from error
    finally:
        if link is not None:
            link.settimeout(before)


def _hand_over_if_complete(store: UploadStore, upload: Upload) -> None:
    current = store.load(upload.id)
    if current is not None and not current.finished and store.is_complete(current):
        hand_over(store, current, current_viewer(), current_actor())


def _is_chunked() -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _expiry(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at)}


def _answer(status_code: int, text: str = "", headers: dict[str, str] | None = None) -> Response:
    return Response(text, status_code, headers, mimetype="text/plain")
