"""Scoring on site: the code for who changes the lesson, the sheet for who sees it, the door for who saw the code."""

from __future__ import annotations

from typing import Any

from tests.observations import matrix
from tests.observations.matrix import LESSON, editors, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row, signed_in
from yanxiu.core.db import db
from yanxiu.observations.models import Lesson
from yanxiu.observations.services.on_site import ask_in
from yanxiu.observations.views.scoring import door_key


def build(cast: Cast) -> dict[str, Any]:
    names = matrix.build(cast)
    waiting = cast.user("outsider")
    ask_in(waiting, db.session.get_one(Lesson, names["lesson"]))
    return {**names, "key": door_key(names["lesson"]), "waiting": waiting.id}


SCORING = LESSON + "/scoring"
ROUTES = {
    ("GET", "observations.scoring_code"): Row(SCORING + "/code", editors(200)),
    ("GET", "observations.scoring_sheet"): Row(SCORING, watchers(200)),
    ("POST", "observations.save_on_site"): Row(
        SCORING, {**watchers(303, owner=403), "colleague": 409}, data={"score-goals": "3", "known-score-goals": ""}
    ),
    ("POST", "observations.ask_in"): Row(
        SCORING + "/asking", {**signed_in(303), "stranger": 404}, data={"key": "{key}"}
    ),
    ("POST", "observations.answer_at_door"): Row(SCORING + "/asking/{waiting}", editors(303), data={"answer": "yes"}),
}
