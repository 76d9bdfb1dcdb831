"""The door for files of the library: bytes come by tus in portions, then the page asks for the card to describe them."""

from __future__ import annotations

import time

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ConflictError, ForbiddenError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.extensions import limiter
from yanxiu.resources.arrivals import begin_arrival, take_arrival
from yanxiu.resources.permissions import can_contribute
from yanxiu.resources.unfinished import open_store
from yanxiu.resources.views.blueprint import bp
from yanxiu.resources.views.uploads import cards_html
from yanxiu.web import resumable
from yanxiu.web.auth import current_actor, current_viewer


class ResourceTaker:
    """Files of the library as what the uploads of this door are for."""

    def store(self) -> UploadStore:
        return open_store(current_app.config["YANXIU"])

    def begin(self, store: UploadStore, length: int | None, metadata: dict[str, str]) -> Upload:
        if not can_contribute(current_viewer()):
            raise ForbiddenError
        return begin_arrival(store, current_actor(), length, metadata)

    def complete(self, store: UploadStore, upload: Upload) -> None:
        """Nothing yet: reading the file takes a while, and the page asks for it with words for its row."""


arrivals_bp = resumable.tus_blueprint("resource_uploads", "/uploads/resources", ResourceTaker())


@bp.post("/resources/arrivals/<upload_id>")
@limiter.limit("120/minute")
def take(upload_id: str) -> ResponseReturnValue:
    """Check a file whose bytes are all there; the answer is its card, or in words why it cannot be accepted."""
    store = open_store(current_app.config["YANXIU"])
    actor = current_actor()
    try:
        upload = store.find(upload_id, actor.id, time.time())
        if not store.is_complete(upload):
            raise ConflictError("这个文件还没有传完，请接着传")
        row_id = take_arrival(store, upload, actor)
    except ProtocolError as error:
        raise resumable.as_page_error(error) from error
    return jsonify(ok=True, html=cards_html({row_id}))
