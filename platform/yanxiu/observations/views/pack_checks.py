"""核对归档包: the stored pack or a copy that comes back is compared with what was frozen; every result stays."""

from __future__ import annotations

import time
from typing import Any, BinaryIO, cast

from flask import current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.resumable.protocol import ProtocolError, parse_size
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.core.storage import gone_if_refused, receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import LessonPack, PackCheck, PackState
from yanxiu.observations.papers.packing import Verdict
from yanxiu.observations.queries.packs import checks_page, checks_since, find_check, has_died, pack_topic
from yanxiu.observations.services import packs as service
from yanxiu.observations.uploads.copies import begin_copy, take_copy, unfinished_copies
from yanxiu.observations.uploads.folder import open_copy_store
from yanxiu.observations.views.blueprint import bp, done
from yanxiu.observations.views.packs import load_own_pack
from yanxiu.web import resumable
from yanxiu.web.auth import current_actor
from yanxiu.web.bursts import fragment_response


@bp.get("/lessons/<int:lesson_id>/packs/<int:pack_id>/checks")
def pack_checks(lesson_id: int, pack_id: int) -> ResponseReturnValue:
    """Bring a copy to be checked, and what came of all checks; with `?since=` the rows that changed, for the live list."""
    pack = load_own_pack(lesson_id, pack_id)
    seq = current_seq(pack_topic(lesson_id))
    since = whole_number(request.args.get("since"))
    shown = {"lesson": pack.lesson, "pack": pack, "has_died": has_died, "verdicts": list(Verdict)}
    if since is not None:
        rows = checks_since(pack_id, since)
        return fragment_response(render_template("observations/packs/_check_rows.html", checks=rows, **shown), seq)
    waiting = resumable.unfinished_uploads(_store())
    return render_template(
        "observations/packs/checks.html",
        seq=seq,
        page=checks_page(pack_id, request.args.get("cursor")),
        unfinished=unfinished_copies(waiting, pack),
        most_mb=current_app.config["YANXIU"].max_request_mb,
        **shown,
    )


@bp.get("/lessons/<int:lesson_id>/packs/<int:pack_id>/checks/<int:check_id>")
def pack_check(lesson_id: int, pack_id: int, check_id: int) -> ResponseReturnValue:
    """What a check found: file by file, with what was frozen beside it."""
    pack = load_own_pack(lesson_id, pack_id)
    check = find_check(pack_id, check_id)
    if check is None or check.state != PackState.READY:
        raise NotFoundError
    return render_template(
        "observations/packs/check.html", lesson=pack.lesson, pack=pack, check=check, **_compared(pack, check)
    )


def _compared(pack: LessonPack, check: PackCheck) -> dict[str, Any]:
    """Return the files that differ and those that do not, each beside its bytes and hash when it was frozen."""
    frozen = {path: (size, sha256) for path, size, sha256 in pack.contents}
    lines = [(*finding, *frozen.get(cast(str, finding[0]), (None, ""))) for finding in check.findings]
    return {
        "differing": [line for line in lines if line[1] != Verdict.SAME],
        "same": [line for line in lines if line[1] == Verdict.SAME],
        "verdicts": {verdict.value: verdict.label for verdict in Verdict},
    }


@bp.post("/lessons/<int:lesson_id>/packs/<int:pack_id>/check")
def check_pack(lesson_id: int, pack_id: int) -> ResponseReturnValue:
    """Have the stored pack compared with what was frozen, file by file; with `file` the ZIP that was sent instead."""
    load_own_pack(lesson_id, pack_id)
    sent, received = request.files.get("file"), None
    if "sent" in request.form and (sent is None or not sent.filename):
        raise InvalidError("请选择要核对的归档包（压缩包，.zip）", field="file")
    if sent is not None and sent.filename:
        db.session.rollback()  # no transaction is open while it is stored
        received = receive_file(cast(BinaryIO, sent.stream), sent.filename, "application/zip")
    with gone_if_refused(received), unit_of_work():
        service.order_check(current_actor(), load_own_pack(lesson_id, pack_id), received)
    return done(url_for(".pack_checks", lesson_id=lesson_id, pack_id=pack_id), "开始核对，做完在这里说结果")


class CopyTaker:
    """Packs that come back, as what the uploads of this door are for."""

    def store(self) -> UploadStore:
        return _store()

    def begin(self, store: UploadStore, length: int | None, metadata: dict[str, str]) -> Upload:
        lesson_id, pack_id = (parse_size(metadata.get(name), name) for name in ("lesson", "pack"))
        if lesson_id is None or pack_id is None:
            raise ProtocolError(400, "没有说明是哪一份归档包")
        return begin_copy(store, current_actor(), load_own_pack(lesson_id, pack_id), length, metadata)

    def complete(self, store: UploadStore, upload: Upload) -> None:
        """Nothing yet: the page asks to have it checked, and hears why when that must wait."""


copies_bp = resumable.tus_blueprint("pack_uploads", "/uploads/packs", CopyTaker())


@bp.post("/lessons/packs/arrivals/<upload_id>")
@limiter.limit("60/minute")
def take_pack(upload_id: str) -> ResponseReturnValue:
    """Have a ZIP whose bytes are all there checked by the worker."""
    store, actor = _store(), current_actor()
    try:
        upload = store.find(upload_id, actor.id, time.time())
        if not store.is_complete(upload):
            raise ConflictError("这个文件还没有传完，请接着传")
        lesson_id = parse_size(upload.metadata.get("lesson"), "lesson") or 0
    except ProtocolError as error:
        raise resumable.as_page_error(error) from error
    with unit_of_work():
        take_copy(upload, actor, load_own_pack(lesson_id, upload.subject_id))
    return jsonify(ok=True)


def _store() -> UploadStore:
    return open_copy_store(current_app.config["YANXIU"])
