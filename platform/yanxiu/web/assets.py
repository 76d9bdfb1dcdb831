"""Built assets: names with a content hash from `static/dist/manifest.json`."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for
from markupsafe import Markup

from yanxiu.web.auth import public
from yanxiu.web.headers import csp_nonce


class Manifest:
    """Entry name → built file name; read again when the file changes (development)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = 0.0
        self._names: dict[str, str] = {}
        self._version = ""

    def name_of(self, entry: str) -> str | None:
        """Return the built name of `app.js` and the like, None if it was never built."""
        self._refresh()
        return self._names.get(entry)

    @property
    def version(self) -> str:
        """The hash over all entries; it changes with every build that differs."""
        self._refresh()
        return self._version

    def _refresh(self) -> None:
        stamp = self.path.stat().st_mtime if self.path.exists() else 0.0
        if stamp != self._stamp:
            built = json.loads(self.path.read_text())
            self._names, self._version, self._stamp = built["entries"], built["version"], stamp


def init_assets(app: Flask) -> None:
    """Add `asset`, `script` and `stylesheet` to Jinja and serve the service worker from the root."""
    static = Path(app.static_folder or "")
    manifest = Manifest(static / "dist" / "manifest.json")

    def asset(entry: str) -> str:
        return url_for("static", filename=f"dist/{manifest.name_of(entry) or entry}")

    def script(entry: str) -> Markup:
        if manifest.name_of(entry) is None:
            return Markup("")
        return Markup('<script type="module" src="{}" nonce="{}"></script>').format(asset(entry), csp_nonce())

    def style(entry: str) -> Markup:
        if manifest.name_of(entry) is None:
            return Markup("")
        return Markup('<link rel="stylesheet" href="{}">').format(asset(entry))

    app.jinja_env.globals.update(asset=asset, script=script, style=style, csp_nonce=csp_nonce)
    app.context_processor(lambda: {"assets_version": manifest.version})

    @app.get("/sw.js")
    @public
    def service_worker() -> Response:
        response = send_from_directory(static, "sw.js", mimetype="text/javascript")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = "/"
        return response

    @app.after_request
    def close_what_is_not_sent(response: Response) -> Response:
        if response.status_code == 304:  # the server never iterates the body, so nobody else closes its file
            response.close()
        return response

    @app.after_request
    def cache_forever(response: Response) -> Response:
        if request.path.startswith("/static/dist/") and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
