"""The archive pack of an archived lesson: for who leads it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import current_app

from tests.observations.matrix import watchers
from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.observations import make_lesson
from tests.support.tus import meta
from yanxiu.core.storage import receive_file
from yanxiu.observations.models import LessonPhase
from yanxiu.observations.papers.packing import Comparison
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.packs import finish_check, finish_pack, order_check, order_pack
from yanxiu.observations.uploads.folder import open_copy_store


def build(cast: Cast) -> dict[str, Any]:
    teacher = cast.user("teacher")
    lesson = make_lesson(teacher, visibility="school")
    invite_member(teacher, lesson, cast.user("researcher"), "host")
    lesson.phase = LessonPhase.ARCHIVED
    pack = order_pack(teacher, lesson, with_recording=False)
    finish_pack(pack, receive_file(BytesIO(b"PK"), "a.zip", "application/zip"), [], holds_scores=False)
    check = order_check(teacher, pack)
    finish_check(check, Comparison([]), size=2, sha256=pack.file.sha256)
    store = open_copy_store(current_app.config["YANXIU"])
    belongs = {"filename": "a.zip", "lesson": str(lesson.id), "pack": str(pack.id)}
    arrival = store.create(teacher.id, pack.id, 10, belongs, 1.0e9 + 4e9).id
    begins = meta(filename="b.zip", lesson=lesson.id, pack=pack.id)
    return {"lesson": lesson.id, "pack": pack.id, "check": check.id, "arrival": arrival, "begins": begins}


TUS = {"Tus-Resumable": "1.0.0"}
UPLOAD = "/uploads/packs/{arrival}"
PACKS = "/lessons/{lesson}/packs"
ROUTES = {
    ("POST", "observations.order_pack"): Row(PACKS, watchers(403, owner=303, host=303), data={"recording": "1"}),
    ("GET", "observations.packs"): Row(PACKS + "?since=0", watchers(404, owner=200, host=200)),
    ("POST", "observations.cancel_pack"): Row(PACKS + "/{pack}/cancellation", watchers(404, owner=303)),
    ("GET", "observations.pack_file"): Row(PACKS + "/{pack}", watchers(404, owner=200, host=403)),
    ("POST", "observations.check_pack"): Row(PACKS + "/{pack}/check", watchers(404, owner=303, host=403)),
    ("GET", "observations.pack_checks"): Row(PACKS + "/{pack}/checks", watchers(404, owner=200, host=403)),
    ("GET", "observations.pack_check"): Row(PACKS + "/{pack}/checks/{check}", watchers(404, owner=200, host=403)),
    ("POST", "observations.take_pack"): Row(
        "/lessons/packs/arrivals/{arrival}", expect(404, anonymous=302, teacher=409), data={}, builds_files=True
    ),
    ("POST", "pack_uploads.create"): Row(
        "/uploads/packs",
        watchers(404, owner=201, host=403),
        headers={**TUS, "Upload-Length": "10", "Upload-Metadata": "{begins}"},
        builds_files=True,
    ),
    ("GET", "pack_uploads.status"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=200), headers=TUS, builds_files=True
    ),
    ("PATCH", "pack_uploads.patch"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=415), headers={**TUS, "Upload-Offset": "0"}, builds_files=True
    ),
    ("DELETE", "pack_uploads.terminate"): Row(
        UPLOAD, expect(404, anonymous=302, teacher=204), headers=TUS, builds_files=True
    ),
}
SOCKETS = {
    "following the packs of a lesson": SocketRow(
        "/live", "join", expect_words("not_found", teacher="ok", researcher="ok"), {"topic": "packs:{lesson}"}
    ),
}
