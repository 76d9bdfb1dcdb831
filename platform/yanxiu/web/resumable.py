"""The tus 1.0 server (observation.md 3a): the routes by which one feature takes in resumable uploads.

These routes take no CSRF token: an upload may last days and foreign tus clients know none. They are safe without one
because every writing request needs the header `Tus-Resumable`, which no page of another site can send without a
preflight that is never granted; and an `Origin` that is not ours is refused on top.
"""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, GoneError, NotFoundError, YanxiuError
from yanxiu.core.resumable.protocol import (
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
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.guards import csrf
from yanxiu.web.auth import current_viewer

READ_TIMEOUT_S = 25
_IN_PAGES = {404: NotFoundError, 410: GoneError, 423: ConflictError}


def as_page_error(error: ProtocolError) -> YanxiuError:
    """Return what a page of ours is told where a tus client would get the status alone."""
    return _IN_PAGES.get(error.status, ConflictError)(error.message)


class Carrier(Protocol):
    """Who takes bytes of uploads that were begun."""

    def store(self) -> UploadStore:
        """Return where its uploads lie."""

    def complete(self, store: UploadStore, upload: Upload) -> None:
        """All bytes are there. Called once or more, until `UploadStore.finish`."""


class Taker(Carrier, Protocol):
    """The feature that an upload is for."""

    def begin(self, store: UploadStore, length: int | None, metadata: dict[str, str]) -> Upload:
        """Open an upload for the person who asks; a ProtocolError or YanxiuError refuses it."""


def tus_blueprint(name: str, prefix: str, taker: Taker) -> Blueprint:
    """Return the five routes of the protocol below `prefix`."""
    bp, door = _guarded(name, prefix), _Door(taker)
    bp.add_url_rule("", "options", door.options, methods=["OPTIONS"], provide_automatic_options=False)
    bp.add_url_rule("", "create", door.create, methods=["POST"])
    bp.add_url_rule("/<upload_id>", "status", door.status, methods=["GET"])
    bp.add_url_rule("/<upload_id>", "patch", door.patch, methods=["PATCH"])
    bp.add_url_rule("/<upload_id>", "terminate", door.terminate, methods=["DELETE"])
    return bp


def pieces_blueprint(name: str, prefix: str, carrier: Carrier) -> Blueprint:
    """Return the one of these routes on which bytes come, for a process that serves no other."""
    bp = _guarded(name, prefix)
    bp.add_url_rule("/<upload_id>", "patch", _Pieces(carrier).patch, methods=["PATCH"])
    return bp


def _guarded(name: str, prefix: str) -> Blueprint:
    bp = Blueprint(name, __name__, url_prefix=prefix)
    csrf.exempt(bp)
    bp.before_request(_check_door)
    bp.after_request(_add_version)
    bp.register_error_handler(ProtocolError, _protocol_error)
    bp.register_error_handler(YanxiuError, _refused)
    return bp


class _Pieces:
    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def patch(self, upload_id: str) -> ResponseReturnValue:
        """Append bytes at the offset the client names."""
        store = self.carrier.store()
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
        self._tell_if_complete(store, upload)
        return _answer(204, headers={"Upload-Offset": str(arrived), **_expiry(upload)})

    def _tell_if_complete(self, store: UploadStore, upload: Upload) -> None:
        current = store.load(upload.id)
        if current is not None and not current.finished and store.is_complete(current):
            self.carrier.complete(store, current)


class _Door(_Pieces):
    def __init__(self, taker: Taker) -> None:
        super().__init__(taker)
        self.taker = taker

    def options(self) -> ResponseReturnValue:
        """What this server speaks."""
        return _answer(
            204,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(self.taker.store().limits.max_bytes),
                "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
            },
        )

    def create(self) -> ResponseReturnValue:
        """Open an upload; the first bytes may come along."""
        metadata = parse_metadata(request.headers.get("Upload-Metadata"))
        length = parse_length(request.headers.get("Upload-Length"), request.headers.get("Upload-Defer-Length"))
        store = self.taker.store()
        upload = self.taker.begin(store, length, metadata)
        headers = {"Location": url_for(".patch", upload_id=upload.id), **_expiry(upload)}
        if request.mimetype == CONTENT_TYPE and (request.content_length or _is_chunked()):
            headers["Upload-Offset"] = str(_receive(store, upload, 0))
        self._tell_if_complete(store, upload)
        return _answer(201, headers=headers)

    def status(self, upload_id: str) -> ResponseReturnValue:
        """HEAD: how much has arrived. Takes no lock, so it answers while a broken request still hangs."""
        store = self.taker.store()
        upload = _own(store, upload_id)
        headers = {"Upload-Offset": str(store.offset(upload)), **_expiry(upload)}
        if upload.length is None:
            headers["Upload-Defer-Length"] = "1"
        else:
            headers["Upload-Length"] = str(upload.length)
        self._tell_if_complete(store, upload)
        return _answer(200, headers=headers)

    def terminate(self, upload_id: str) -> ResponseReturnValue:
        """Give an upload up."""
        store = self.taker.store()
        upload = _own(store, upload_id)
        if upload.finished:
            raise ProtocolError(410, "这个上传任务已经完成")
        store.delete(upload)
        return _answer(204)


def unfinished_uploads(store: UploadStore) -> list[tuple[Upload, int]]:
    """Return the caller's uploads of this feature that wait to be continued, with what has come of each in bytes."""
    waiting = store.unfinished(current_viewer().user_id or 0, time.time())
    return [(upload, store.offset(upload)) for upload in waiting]


def _check_door() -> ResponseReturnValue | None:
    """Protocol version and origin; the size of a body is checked while it is read, not before."""
    request.max_content_length = sys.maxsize  # None would mean what holds for all other requests
    if request.method == "OPTIONS":
        return None
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return _answer(403, "只能从本站上传")
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, "上传协议版本不支持", {"Tus-Version": VERSION})
    return None


def _add_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


def _protocol_error(error: ProtocolError) -> ResponseReturnValue:
    return _answer(error.status, error.message)


def _refused(error: YanxiuError) -> ResponseReturnValue:
    return _answer(error.status, error.message)


def _own(store: UploadStore, upload_id: str) -> Upload:
    return store.find(upload_id, current_viewer().user_id or 0, time.time())


def _receive(store: UploadStore, upload: Upload, offset: int) -> int:
    """Read the body in portions into the upload; a silent link is given up after a while, its bytes stay."""
    checksum = parse_checksum(request.headers.get("Upload-Checksum"))
    link = request.environ.get("werkzeug.socket") or request.environ.get("gunicorn.socket")
    before = link.gettimeout() if link is not None else None
    db.session.rollback()  # for minutes, on a slow line, nobody waits for this connection
    if link is not None:
        link.settimeout(READ_TIMEOUT_S)
    try:
        return store.append(upload, offset, cast(Any, request.stream), checksum)
    except (ClientDisconnected, TimeoutError, ConnectionError) as error:
        raise ProtocolError(400, "连接中断，已收到的部分会保留") from error
    finally:
        if link is not None:
            link.settimeout(before)


def _is_chunked() -> bool:
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _expiry(upload: Upload) -> dict[str, str]:
    return {"Upload-Expires": http_date(upload.expires_at)}


def _answer(status_code: int, text: str = "", headers: dict[str, str] | None = None) -> Response:
    return Response(text, status_code, headers, mimetype="text/plain")
