"""Built assets: names with a content hash from `static/dist/manifest.json`."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, send_from_directory, url_for
from markupsafe import Markup

from yanxiu.web.auth import public
from yanxiu.web.headers import csp_nonce


class Manifest:
    """Entry name → built file name; read again when the file changes (development)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = 0.0
        self._names: dict[str, str] = {}
        self._imports: dict[str, list[str]] = {}
        self._version = ""

    def name_of(self, entry: str) -> str | None:
        """Return the built name of `app.js` and the like, None if it was never built."""
        self._refresh()
        return self._names.get(entry)

    def imports_of(self, entry: str) -> list[str]:
        """Return the built files that this script needs before it can run."""
        self._refresh()
        return self._imports.get(entry, [])

    @property
    def version(self) -> str:
        """The hash over all entries; it changes with every build that differs."""
        self._refresh()
        return self._version

    def _refresh(self) -> None:
        stamp = self.path.stat().st_mtime if self.path.exists() else 0.0
        if stamp != self._stamp:
            built = json.loads(self.path.read_text())
            self._names, self._imports = built["entries"], built["imports"]
            self._version, self._stamp = built["version"], stamp


def init_assets(app: Flask) -> None:
    """Add `asset`, `script`, `preload` and `style` to Jinja and serve the service worker from the root."""
    static = Path(app.static_folder or "")
    manifest = Manifest(static / "dist" / "manifest.json")

    def asset(entry: str) -> str:
        return url_for("static", filename=f"dist/{manifest.name_of(entry) or entry}")

    def script(entry: str) -> Markup:
        if manifest.name_of(entry) is None:
            return Markup("")
        return Markup('<script type="module" src="{}" nonce="{}"></script>').format(asset(entry), csp_nonce())

    def preload(*entries: str) -> Markup:
        """Name the scripts at the head of a page with everything they need, so that all are fetched at once."""
        own = {f"dist/{name}" for name in map(manifest.name_of, entries) if name}
        needed = {f"dist/{name}" for entry in entries for name in manifest.imports_of(entry)}
        link = Markup('<link rel="modulepreload" href="{}" nonce="{}">')
        return Markup("").join(
            link.format(url_for("static", filename=name), csp_nonce()) for name in sorted(own | needed)
        )

    def style(entry: str) -> Markup:
        if manifest.name_of(entry) is None:
            return Markup("")
        return Markup('<link rel="stylesheet" href="{}">').format(asset(entry))

    app.jinja_env.globals.update(asset=asset, script=script, preload=preload, style=style, csp_nonce=csp_nonce)
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
