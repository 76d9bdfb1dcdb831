"""What the editor sends over HTTP: updates too large for a socket frame, and pictures."""

from __future__ import annotations

from base64 import b64encode
from typing import ClassVar

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from yanxiu.core.errors import InvalidError, NotFoundError, YanxiuError
from yanxiu.core.storage import gone_if_refused
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.core.uploads import IMAGES, receive_upload
from yanxiu.extensions import db
from yanxiu.lessonplans import permissions, queries, services
from yanxiu.lessonplans.collab.protocol import VERSION, VERSION_HEADER, NakCode, RefusedError
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.permissions import role_in
from yanxiu.lessonplans.sockets import documents
from yanxiu.lessonplans.views.doors import bp, document_to_propose_in, open_document
from yanxiu.web.auth import current_actor, current_session_id, current_viewer
from yanxiu.web.files import send_stored

MAX_IMAGE_BYTES = 12 * 1024 * 1024
WEEK_S = 7 * 24 * 3600


class NotStoredError(YanxiuError):
    """The disk did not take the edit in time."""

    code = "not_stored"
    status = 503
    default_message = "服务器暂时存不下，内容仍在本机，稍后会自动再试"


class RefusedUpdateError(YanxiuError):
    """An update that the document server does not take; the code is that of the socket's refusal."""

    STATUSES: ClassVar = {"rate": 429, "too_large": 413, "doc_full": 409, "suggest_only": 409}
    MESSAGES: ClassVar = {
        "rate": "保存得太频繁，稍后会自动再试",
        "too_large": "一次贴入的内容太多，请分几次粘贴",
        "doc_full": "教案太长，已经放不下更多内容",
        "suggest_only": "您在这份教案里只能提出修订，刚才的改动里有别的，没有存上",
    }

    def __init__(self, code: NakCode) -> None:
        super().__init__(self.MESSAGES.get(code, "收到的内容无法识别，请刷新页面再试"))
        self.code, self.status = code, self.STATUSES.get(code, 422)


@bp.post("/lesson-plans/<int:plan_id>/updates")
def post_update(plan_id: int) -> ResponseReturnValue:
    """Take an update that is larger than a socket frame; the answer means that it is on disk."""
    role = role_in(current_viewer(), *document_to_propose_in(plan_id)) or "read"
    if (request.content_length or 0) > documents().limits.post_bytes:
        raise RefusedUpdateError("too_large")
    data = request.get_data(cache=False)
    visitor = Visitor(current_actor().id, current_actor().name, current_session_id())
    db.session.rollback()  # no read transaction while waiting for the disk
    try:
        stored = documents().post(visitor, plan_id, data, role)
    except RefusedError as error:
        raise RefusedUpdateError(error.code) from error
    if not stored:
        raise NotStoredError
    return jsonify(ok=True)


@bp.get("/lesson-plans/<int:plan_id>/state")
def state(plan_id: int) -> ResponseReturnValue:
    """The whole document for an editor that begins empty, fetched beside its code; joining tells what came since."""
    open_document(plan_id)
    db.session.rollback()  # merging takes a while for a long document
    found = documents().whole(plan_id)
    if found is None:
        raise NotFoundError
    stored, data = found
    headers = {"X-Epoch": str(stored.epoch), "Cache-Control": "no-store"}
    return Response(data, mimetype="application/x-yjs", headers=headers)


@bp.post("/lesson-plans/<int:plan_id>/comparisons")
def compare(plan_id: int) -> ResponseReturnValue:
    """Answer a state vector with what its owner lacks and with our own; for networks that let no socket through."""
    plan, seat = open_document(plan_id)
    hub = documents()
    # Older pages would spoil what new ones write.
    is_old = request.headers.get(VERSION_HEADER, str(VERSION)) != str(VERSION)
    if is_old or (request.content_length or 0) > hub.limits.state_vector_bytes:
        raise RefusedUpdateError("malformed")
    vector = request.get_data(cache=False)
    role = role_in(current_viewer(), plan, seat)
    visitor = Visitor(current_actor().id, current_actor().name, current_session_id())
    db.session.rollback()  # merging takes a while for a long document
    try:
        found = hub.compare(visitor, plan_id, vector)
    except RefusedError as error:
        raise RefusedUpdateError(error.code) from error
    texts = {"sv": b64encode(found.sv).decode(), "diff": b64encode(found.diff).decode()}
    return jsonify(ok=True, role=role, epoch=found.epoch, size=found.size, **texts)


@bp.post("/lesson-plans/<int:plan_id>/images")
def add_image(plan_id: int) -> ResponseReturnValue:
    """Take a picture for the plan; it is drawn anew, so nothing hides in it."""
    plan, seat = document_to_propose_in(plan_id)
    if not permissions.can_write_plan(current_viewer(), plan, seat):
        services.check_proposed_image(current_actor(), plan)
    file = request.files.get("file")
    if not isinstance(file, FileStorage) or not file.filename:
        raise InvalidError("请选择一张图片", field="file")
    received = receive_upload(file.stream, file.filename, kinds=IMAGES, max_bytes=MAX_IMAGE_BYTES)
    with gone_if_refused(received), unit_of_work():
        plan, seat = document_to_propose_in(plan_id)
        writes = permissions.can_write_plan(current_viewer(), plan, seat)
        keep = services.keep_image if writes else services.keep_proposed_image
        image_id = keep(current_actor(), plan, received).id
    return jsonify(ok=True, url=url_for(".image", plan_id=plan_id, image_id=image_id), name=received.name), 201


@bp.get("/lesson-plans/<int:plan_id>/images/<int:image_id>")
def image(plan_id: int, image_id: int) -> ResponseReturnValue:
    """Send a picture of the plan to whoever may see the plan."""
    open_document(plan_id)
    found = queries.find_image(plan_id, image_id)
    if found is None:
        raise NotFoundError
    return send_stored(found.file, inline=True, max_age=WEEK_S)
