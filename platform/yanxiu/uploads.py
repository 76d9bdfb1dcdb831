"""`yanxiu uploads`: a lean process that takes the bytes of uploads and nothing else, beside the processes of `yanxiu serve`.

It answers PATCH below the doors of tus, where `deploy/nginx.conf` sends it; beginning an upload, asking how much has come,
giving it up and what becomes of it stay with the application. Who is signed in, whose upload it is and what a request must
carry is asked by the application's own code (`web.auth`, `web.resumable`), and unfinished uploads lie in one folder, where
one process writes to one of them at a time: a piece may come to any process.

Started by `python -m yanxiu.uploads HOST PORT`, because the command `yanxiu` has loaded the whole program.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

from yanxiu.config import Config, flask_settings, load_config
from yanxiu.core.db import db
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.tasks import enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.guards import csrf
from yanxiu.listening import ThreadedServer, give_memory_back
from yanxiu.observations.uploads import folder as lessons
from yanxiu.resources import unfinished as library
from yanxiu.web.auth import init_auth
from yanxiu.web.errors import init_errors
from yanxiu.web.headers import init_headers
from yanxiu.web.requests import FormRequest
from yanxiu.web.resumable import pieces_blueprint

PAGE_FIRST_S = 10
"""The page that sent the last piece asks the application at once; the worker looks after pages that do not."""
NEW_PASSWORD = ("accounts.change_password", "/settings/password")
"""Where the application sends people whose password is to be changed; nothing is served there by this process."""


@dataclass(frozen=True)
class Door:
    """Pieces of the uploads of one feature; `sweep` is the job that takes in what is complete, if no page asks for that."""

    name: str
    prefix: str
    open: Callable[[Config], UploadStore]
    sweep: str | None = None

    def store(self) -> UploadStore:
        return self.open(current_app.config["YANXIU"])

    def complete(self, _store: UploadStore, upload: Upload) -> None:
        if self.sweep is not None:
            with unit_of_work():
                enqueue(self.sweep, {}, key=f"{self.sweep}:{upload.id}", delay_s=PAGE_FIRST_S)


DOORS = (
    Door("observation_uploads", "/uploads", lessons.open_store, lessons.SWEEP_JOB),
    Door("pack_uploads", "/uploads/packs", lessons.open_copy_store),
    Door("resource_uploads", "/uploads/resources", library.open_store),
    Door("version_uploads", "/uploads/versions", library.open_version_store),
    Door("import_uploads", "/uploads/imports", library.open_import_store),
)


def create_uploads_app(config: Config | None = None) -> Flask:
    """Return the application of this process for `config` (default: the environment)."""
    config = config or load_config()
    logging.getLogger("yanxiu").setLevel(config.log_level)
    app = Flask("yanxiu", static_folder=None, template_folder=None, instance_path=str(config.instance_path))
    app.request_class = FormRequest
    app.config.update(flask_settings(config))
    app.wsgi_app = _asked_by_script(app.wsgi_app)  # type: ignore[method-assign]
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    db.init_app(app)
    csrf.init_app(app)
    init_auth(app)
    init_errors(app)
    init_headers(app)
    app.add_url_rule(NEW_PASSWORD[1], NEW_PASSWORD[0], build_only=True)
    for door in DOORS:
        app.register_blueprint(pieces_blueprint(door.name, door.prefix, door))
    return app


def _asked_by_script(wsgi: Callable[[dict[str, Any], Any], Iterable[bytes]]) -> Any:
    """There are no pages here: every refusal is one line, as for our JavaScript, also for other clients of tus."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["HTTP_X_REQUESTED_WITH"] = "fetch"
        return wsgi(environ, start_response)

    return answer


class UploadsServer(ThreadedServer):
    """The process that listens."""

    def load(self) -> Flask:
        give_memory_back()
        app = create_uploads_app()
        configure_mappers()  # now and not while somebody waits
        gc.collect()
        gc.freeze()
        return app


def main() -> None:
    """Serve until told to stop."""
    host, port = sys.argv[1:3]
    UploadsServer(host, int(port), load_config().threads).run()


if __name__ == "__main__":
    main()
