"""The door for newer versions: bytes come by tus in portions, then the page asks to have the file taken over."""

from __future__ import annotations

import time

from flask import current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.extensions import limiter
from yanxiu.resources.permissions import can_edit_resource
from yanxiu.resources.unfinished import open_version_store
from yanxiu.resources.version_arrivals import begin_version_arrival, take_version
from yanxiu.resources.views.blueprint import bp, load_for
from yanxiu.web import resumable
from yanxiu.web.auth import current_actor


class VersionTaker:
    """Newer versions of resources as what the uploads of this door are for."""

    def store(self) -> UploadStore:
        return open_version_store(current_app.config["YANXIU"])

    def begin(self, store: UploadStore, length: int | None, metadata: dict[str, str]) -> Upload:
        named = metadata.get("resource", "")
        resource_id = int(named) if named.isascii() and named.isdigit() and len(named) < 16 else 0
        resource = load_for(can_edit_resource, resource_id)
        return begin_version_arrival(store, current_actor(), resource, length, metadata)

    def complete(self, store: UploadStore, upload: Upload) -> None:
        """Nothing yet: reading the file takes a while, and the page asks for it with words for its row."""


version_arrivals_bp = resumable.tus_blueprint("version_uploads", "/uploads/versions", VersionTaker())


def unfinished_versions(resource_id: int) -> list[tuple[Upload, int]]:
    """Return the viewer's newer versions of a resource that wait to be continued, with what has come of each in bytes."""
    waiting = resumable.unfinished_uploads(open_version_store(current_app.config["YANXIU"]))
    return [(upload, offset) for upload, offset in waiting if upload.subject_id == resource_id]


@bp.post("/resources/versions/arrivals/<upload_id>")
@limiter.limit("60/minute")
def take_version_file(upload_id: str) -> ResponseReturnValue:
    """Make a file whose bytes are all there the newest version, with the note as it stands in the form now."""
    store = open_version_store(current_app.config["YANXIU"])
    actor = current_actor()
    try:
        upload = store.find(upload_id, actor.id, time.time())
        if not store.is_complete(upload):
            raise ConflictError("这个文件还没有传完，请接着传")
        note = request.form.get("note", upload.metadata.get("note", ""))
        file = take_version(store, upload, actor, note)
    except ProtocolError as error:
        raise resumable.as_page_error(error) from error
    address = url_for("resources.show", resource_id=file.resource_id)
    return jsonify(ok=True, said=f"已更新到第 {file.number} 版", url=address)
