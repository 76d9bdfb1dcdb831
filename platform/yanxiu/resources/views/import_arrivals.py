"""The door for files of an import: bytes come by tus in portions, then the page asks to have each taken in."""

from __future__ import annotations

import time

from flask import current_app, jsonify, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError, ForbiddenError, NotFoundError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.extensions import limiter
from yanxiu.resources.import_arrivals import begin_import_arrival, take_bundle, take_import_file
from yanxiu.resources.models import ResourceImport
from yanxiu.resources.permissions import can_contribute, can_use_import
from yanxiu.resources.queries.imports import find_import
from yanxiu.resources.unfinished import open_import_store
from yanxiu.resources.views.blueprint import bp
from yanxiu.web import resumable
from yanxiu.web.auth import current_actor, current_viewer


class ImportTaker:
    """Files of imports, and ZIPs that become one, as what the uploads of this door are for."""

    def store(self) -> UploadStore:
        return open_import_store(current_app.config["YANXIU"])

    def begin(self, store: UploadStore, length: int | None, metadata: dict[str, str]) -> Upload:
        if not can_contribute(current_viewer()):
            raise ForbiddenError
        return begin_import_arrival(store, current_actor(), _draft_named(metadata), length, metadata)

    def complete(self, store: UploadStore, upload: Upload) -> None:
        """Nothing yet: reading the file takes a while, and the page asks for it with words for its row."""


import_arrivals_bp = resumable.tus_blueprint("import_uploads", "/uploads/imports", ImportTaker())


def unfinished_of(import_id: int) -> list[tuple[Upload, int]]:
    """Return the viewer's files of an import that wait to be continued, with what has come of each in bytes."""
    waiting = resumable.unfinished_uploads(open_import_store(current_app.config["YANXIU"]))
    return [(upload, offset) for upload, offset in waiting if upload.subject_id == import_id]


@bp.post("/resources/imports/arrivals/<upload_id>")
@limiter.limit("300/minute")
def take_import(upload_id: str) -> ResponseReturnValue:
    """Take in a file whose bytes are all there; the answer to a ZIP is the address of its import."""
    store = open_import_store(current_app.config["YANXIU"])
    actor = current_actor()
    try:
        upload = store.find(upload_id, actor.id, time.time())
        if not store.is_complete(upload):
            raise ConflictError("这个文件还没有传完，请接着传")
        if upload.subject_id:
            take_import_file(store, upload, actor)
            return jsonify(ok=True)
        import_id = take_bundle(store, upload, actor)
    except ProtocolError as error:
        raise resumable.as_page_error(error) from error
    return jsonify(ok=True, url=url_for("resources.import_page", import_id=import_id))


def _draft_named(metadata: dict[str, str]) -> ResourceImport | None:
    named = metadata.get("import", "")
    if not named:
        return None
    found = find_import(int(named)) if named.isascii() and named.isdigit() and len(named) < 16 else None
    if found is None or not can_use_import(current_viewer(), found):
        raise NotFoundError
    return found
