"""Sending stored files: ranged, by seeking, with headers that keep hostile content inert.

Flask's `send_file` reads from byte 0 up to the requested offset under some servers; this one seeks.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.http import parse_range_header, unquote_etag

from yanxiu.core.errors import NotFoundError
from yanxiu.core.storage import StoredFile, storage

CHUNK = 256 * 1024
INLINE_TYPES = frozenset(
    {
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/webm",
        "audio/mpeg",
        "audio/mp4",
        "audio/wav",
        "audio/webm",
        "audio/ogg",
        "text/plain",
    }
)
SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def send_stored(file: StoredFile, *, inline: bool, max_age: int = 3600) -> Response:
    """Answer with a stored file or the range asked for. The caller has checked the right to see it.

    Only harmless types are shown inline; everything else is an attachment whatever `inline` says.
    """
    try:
        size = storage().size(file.key)
    except FileNotFoundError as error:
        raise NotFoundError("文件已不在服务器上，请联系上传者重新上传") from error
    etag = f'"{file.sha256[:32]}"'
    headers = _headers(file, etag, inline=inline, max_age=max_age)
    if request.if_none_match.contains(unquote_etag(etag)[0] or ""):
        return Response(status=304, headers=headers)
    bounds = _requested_range(size, etag)
    if bounds is None:
        return Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, stop = bounds
    headers["Content-Length"] = str(stop - start)
    status = 200
    if (start, stop) != (0, size) or ("Range" in request.headers and _is_range_current(etag)):
        headers["Content-Range"], status = f"bytes {start}-{stop - 1}/{size}", 206
    if (start, stop) == (0, size) and not _single_range():
        headers.pop("Content-Range", None)
        status = 200
    return _body(file, start, stop, status, headers)


def _headers(file: StoredFile, etag: str, *, inline: bool, max_age: int) -> dict[str, str]:
    shown = inline and file.mime in INLINE_TYPES
    text = "; charset=utf-8" if file.mime.startswith("text/") else ""
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Type": (file.mime + text) if shown or file.mime in INLINE_TYPES else "application/octet-stream",
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}",
        "ETag": etag,
        "Cache-Control": f"private, max-age={max_age}",
    }
    if file.mime != "application/pdf":
        headers["Content-Security-Policy"] = SANDBOX
    return headers


def _is_range_current(etag: str) -> bool:
    asked = request.headers.get("If-Range")
    return asked is None or asked == etag


def _single_range() -> bool:
    asked = parse_range_header(request.headers.get("Range"))
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1


def _requested_range(size: int, etag: str) -> tuple[int, int] | None:
    """Return (start, stop) to send; the whole file for no or several ranges; None if it cannot be satisfied."""
    if not _is_range_current(etag) or not _single_range():
        return 0, size
    asked = parse_range_header(request.headers.get("Range"))
    assert asked is not None
    found = asked.range_for_length(size)
    return None if found is None else (int(found[0] or 0), int(found[1] or 0))


def _body(file: StoredFile, start: int, stop: int, status: int, headers: dict[str, str]) -> Response:
    mode = current_app.config["YANXIU"].sendfile
    if request.method == "HEAD":
        return Response(status=status, headers=headers)
    if mode == "x-accel":
        headers["X-Accel-Redirect"] = f"/_stored/{file.key[:2]}/{file.key}"
        return Response(status=200, headers={k: v for k, v in headers.items() if k != "Content-Range"})
    if mode == "x-sendfile":
        headers["X-Sendfile"] = str(storage().path(file.key))
        return Response(status=200, headers=headers)

    def read() -> Iterator[bytes]:
        with storage().open(file.key, start) as source:
            left = stop - start
            while left and (chunk := source.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk

    return Response(read(), status, headers, direct_passthrough=True)
