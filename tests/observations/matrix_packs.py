"""The archive pack of an archived lesson: for who leads it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tests.observations.matrix import watchers
from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect_words
from tests.support.observations import make_lesson
from yanxiu.core.storage import receive_file
from yanxiu.observations.models import LessonPhase
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.packs import finish_pack, order_pack


def build(cast: Cast) -> dict[str, Any]:
    teacher = cast.user("teacher")
    lesson = make_lesson(teacher, visibility="school")
    invite_member(teacher, lesson, cast.user("researcher"), "host")
    lesson.phase = LessonPhase.ARCHIVED
    pack = order_pack(teacher, lesson, with_recording=False)
    finish_pack(pack, receive_file(BytesIO(b"PK"), "a.zip", "application/zip"), [], holds_scores=False)
    return {"lesson": lesson.id, "pack": pack.id}


PACKS = "/lessons/{lesson}/packs"
ROUTES = {
    ("POST", "observations.order_pack"): Row(PACKS, watchers(403, owner=303, host=303), data={"recording": "1"}),
    ("GET", "observations.packs"): Row(PACKS + "?since=0", watchers(404, owner=200, host=200)),
    ("POST", "observations.cancel_pack"): Row(PACKS + "/{pack}/cancellation", watchers(404, owner=303)),
    ("GET", "observations.pack_file"): Row(PACKS + "/{pack}", watchers(404, owner=200, host=403)),
    ("POST", "observations.check_pack"): Row(PACKS + "/{pack}/check", watchers(404, owner=303, host=403)),
}
SOCKETS = {
    "following the packs of a lesson": SocketRow(
        "/live", "join", expect_words("not_found", teacher="ok", researcher="ok"), {"topic": "packs:{lesson}"}
    ),
}
