"""Built assets are answered before Flask is asked: compressed once, kept in memory, fresh for ever.

A first view asks for some thirty of them. Their names carry the hash of what is in them, so what is kept here is never
old; anything else below `/static/` goes on to Flask.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import brotli
from flask import Flask
from werkzeug.http import parse_accept_header

from yanxiu.web.headers import HEADERS

EXTENSION = "yanxiu_built_files"
PREFIX = "/static/dist/"
FOREVER = "public, max-age=31536000, immutable"
_NAME = re.compile(r"[\w.-]+-[A-Z0-9]{8}\.\w+")
_TEXT = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_CODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, quality=9),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
    "": lambda data: data,
}
"""Best first."""


class Answer(NamedTuple):
    headers: list[tuple[str, str]]
    body: bytes


class BuiltFiles:
    """WSGI middleware over the folder of built files; holds each of them once for every encoding that was asked for."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], folder: Path) -> None:
        self.inner, self.folder = inner, folder
        self._kept: dict[tuple[str, str], Answer] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._answer(environ) if environ["PATH_INFO"].startswith(PREFIX) else None
        if answer is None:
            return self.inner(environ, start_response)
        if environ.get("HTTP_IF_NONE_MATCH") == dict(answer.headers)["ETag"]:
            start_response("304 Not Modified", [pair for pair in answer.headers if pair[0] != "Content-Length"])
            return []
        start_response("200 OK", answer.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def prepare(self, name: str) -> None:
        """Keep a built file as most browsers ask for it; one that is not there is passed over."""
        coding = next(iter(_CODERS)) if Path(name).suffix in _TEXT else ""
        if (self.folder / name).is_file():
            self._kept.setdefault((name, coding), made(self.folder / name, coding))

    def _answer(self, environ: dict[str, Any]) -> Answer | None:
        """Return what to answer, None for what is not a built file."""
        name = environ["PATH_INFO"][len(PREFIX) :]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not _NAME.fullmatch(name):
            return None
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if Path(name).suffix in _TEXT else ""
        if (name, coding) not in self._kept:
            path = self.folder / name
            if not path.is_file():
                return None
            self._kept[name, coding] = made(path, coding)
        return self._kept[name, coding]


def coding_for(accepted: str) -> str:
    """Return the best encoding the browser takes; "" is none."""
    taken = parse_accept_header(accepted)
    return next((coding for coding in _CODERS if coding and taken.quality(coding) > 0), "")


def made(path: Path, coding: str) -> Answer:
    """Read a built file and encode it."""
    body = _CODERS[coding](path.read_bytes())
    kind = _TEXT.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", FOREVER),
        ("ETag", f'"{path.name}{coding and "-" + coding}"'),
        ("Vary", "Accept-Encoding"),
        *HEADERS.items(),
    ]
    return Answer([*headers, ("Content-Encoding", coding)] if coding else headers, body)


def init_built_files(app: Flask) -> None:
    """Put the middleware before the application."""
    folder = Path(app.static_folder or "") / "dist"
    app.extensions[EXTENSION] = BuiltFiles(app.wsgi_app, folder)
    app.wsgi_app = app.extensions[EXTENSION]  # type: ignore[method-assign]


def built_files(app: Flask) -> BuiltFiles:
    """Return the built files of this application."""
    files: BuiltFiles = app.extensions[EXTENSION]
    return files
