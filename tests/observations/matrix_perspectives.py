"""Divided observation in the lesson of `matrix`: whoever leads deals, observers claim, everybody who sees the lesson looks."""

from __future__ import annotations

from typing import Any

from tests.observations import matrix
from tests.observations.matrix import LESSON, editors, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row
from yanxiu.core.db import db
from yanxiu.observations.models import Lesson
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.perspectives import add_perspectives, of_licc


def build(cast: Cast) -> dict[str, Any]:
    names = matrix.build(cast)
    lesson = db.session.get_one(Lesson, names["lesson"])
    invite_member(cast.user("teacher"), lesson, cast.user("colleague"), "observer")
    add_perspectives(cast.user("teacher"), lesson, [of_licc("licc.listen")])
    return {**names, "perspective": perspectives_of(lesson.id)[0].id}


PERSPECTIVES = LESSON + "/perspectives"
ONE = PERSPECTIVES + "/{perspective}"
ROUTES = {
    ("GET", "observations.perspective_page"): Row(PERSPECTIVES, watchers(200)),
    ("POST", "observations.add_perspectives"): Row(PERSPECTIVES, editors(303), data={"pick": "licc.think"}),
    ("POST", "observations.deal_perspectives"): Row(PERSPECTIVES + "/deal", editors(303), data={}),
    ("POST", "observations.set_perspective_watcher"): Row(
        PERSPECTIVES + "/watchers", editors(303), data={"cell": "{perspective}-{colleague}-1"}
    ),
    ("POST", "observations.claim_perspective"): Row(ONE + "/claim", watchers(303, owner=403), data={"seen": ""}),
    ("POST", "observations.remove_perspective"): Row(ONE + "/removal", editors(303), data={}),
}
