"""What can be taken out of the lesson of `matrix`, and its lanes: whoever sees it gets what they may read of it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from tests.observations import matrix
from tests.observations.matrix import LESSON, UUID, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row
from yanxiu.core.db import db
from yanxiu.observations.instruments.questions import LEDGER
from yanxiu.observations.models import Lesson
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.services.codings import Batch, Mark, finish_coding, save_codes
from yanxiu.observations.services.sweeps import SweepDraft, take_sweep


def build(cast: Cast) -> dict[str, Any]:
    names = matrix.build(cast)
    lesson = db.session.get_one(Lesson, names["lesson"])
    sweep = take_sweep(cast.user("colleague"), lesson, None, SweepDraft(UUID, 40, {"1": 2}))
    version = current_version(recording_of(lesson.id))
    for who, code in (("colleague", "L1"), ("leader", "L4")):
        marks = (Mark(str(uuid4()), 1_000, "Q"), Mark(str(uuid4()), 1_000, code))
        save_codes(cast.user(who), lesson, version, LEDGER, Batch(marks, reached_ms=2_000))
        finish_coding(cast.user(who), lesson, LEDGER)
    return {**names, "sweep": sweep.id, "question": json.dumps({"added": [[UUID, 1000, "Q"]], "reached": 2000})}


PAPERS = LESSON + "/papers"
ROUTES = {
    ("GET", "observations.lanes"): Row(
        LESSON + "/lanes", {**watchers(404, owner=200, host=200), "colleague": 200, "leader": 200}
    ),
    ("GET", "observations.papers"): Row(PAPERS, watchers(200)),
    ("GET", "observations.comments_file"): Row(PAPERS + "/comments?format=vtt", watchers(200)),
    ("GET", "observations.record_file"): Row(PAPERS + "/record", watchers(200)),
    ("GET", "observations.scores_file"): Row(PAPERS + "/scores", {**watchers(403, owner=200), "colleague": 200}),
    ("GET", "observations.minutes_file"): Row(PAPERS + "/minutes", watchers(200)),
}
SWEEPS = LESSON + "/sweeps"
ROUTES |= {
    ("GET", "observations.sweep_page"): Row(SWEEPS, watchers(200)),
    ("POST", "observations.take_sweep"): Row(SWEEPS, watchers(303), data={"pupils": "40", "k1": "2"}),
    ("POST", "observations.remove_sweep"): Row(SWEEPS + "/{sweep}/removal", {**watchers(404), "colleague": 303}),
}
ASK = LESSON + "/codings/ask"
ROUTES |= {
    ("GET", "observations.question_page"): Row(ASK, {**watchers(200), "colleague": 302, "leader": 302}),
    ("POST", "observations.save_questions"): Row(
        ASK, {**watchers(303), "colleague": 409, "leader": 409}, data={"changes": "{question}"}
    ),
    ("GET", "observations.question_results"): Row(
        ASK + "/results", {**watchers(403, owner=200, host=200), "colleague": 200, "leader": 200}
    ),
    ("POST", "observations.adjudicate_questions"): Row(
        ASK + "/results",
        {**watchers(403, owner=303, host=303), "colleague": 303, "leader": 303},
        data={"start_ms": "1000", "label": "L", "code": "L4"},
    ),
}
