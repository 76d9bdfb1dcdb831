"""The lesson of `matrix` beside another that the same people may watch."""

from __future__ import annotations

from typing import Any

from tests.observations import matrix
from tests.observations.matrix import LESSON, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row
from tests.support.observations import make_lesson, make_ready_version
from yanxiu.observations.services.lessons import invite_member


def build(cast: Cast) -> dict[str, Any]:
    names = matrix.build(cast)
    other = make_lesson(cast.user("teacher"), "《草船借箭》第二课时", visibility="school")
    make_ready_version(other)
    invite_member(cast.user("teacher"), other, cast.user("researcher"), "observer")
    return {**names, "other": other.id}


BESIDE = LESSON + "/beside/{other}"
ROUTES = {
    ("GET", "observations.choose_beside"): Row(LESSON + "/beside", watchers(200)),
    ("GET", "observations.beside"): Row(BESIDE, watchers(200)),
    ("POST", "observations.save_anchors"): Row(BESIDE, watchers(303), data={"anchors": "00:10 = 00:20 朗读"}),
}
