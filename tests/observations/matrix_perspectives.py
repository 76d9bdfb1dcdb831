"""Divided observation in the lesson of `matrix`: whoever leads deals, observers claim, everybody who sees the lesson looks."""

from __future__ import annotations

from typing import Any

from tests.observations import matrix
from tests.observations.matrix import LESSON, editors, watchers
from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from yanxiu.core.db import db
from yanxiu.observations.models import Lesson
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services.kept_perspectives import keep, share_kept
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.perspectives import add_perspectives, claim_perspective, of_licc, own_words


def colleagues(own: int) -> dict[str, int]:
    """What is the colleague's: others of the school know of it, who manages the school or the county too."""
    return expect(404, anonymous=302, colleague=own, teacher=403, leader=403, principal=403, admin=403)


def build(cast: Cast) -> dict[str, Any]:
    names = matrix.build(cast)
    lesson = db.session.get_one(Lesson, names["lesson"])
    invite_member(cast.user("teacher"), lesson, cast.user("colleague"), "observer")
    drafts = [of_licc("licc.listen"), of_licc("licc.think"), own_words("后排学生", "")]
    add_perspectives(cast.user("teacher"), lesson, drafts)
    other, one, own = perspectives_of(lesson.id)
    claim_perspective(cast.user("colleague"), lesson, one.id, ())
    kept = keep(cast.user("colleague"), own_words("前排学生", ""))
    share_kept(cast.user("colleague"), kept, cast.user("colleague").organization_id)
    return {**names, "perspective": other.id, "mine": one.id, "own": own.id, "kept": kept.id}


KEPT = "/perspectives/{kept}"
PERSPECTIVES = LESSON + "/perspectives"
ONE = PERSPECTIVES + "/{perspective}"
ROUTES = {
    ("GET", "observations.perspective_page"): Row(PERSPECTIVES, watchers(200)),
    ("POST", "observations.add_perspectives"): Row(PERSPECTIVES, editors(303), data={"pick": "licc.think"}),
    ("POST", "observations.deal_perspectives"): Row(PERSPECTIVES + "/deal", editors(303), data={}),
    ("POST", "observations.set_perspective_watcher"): Row(
        PERSPECTIVES + "/watchers", editors(303), data={"cell": "{perspective}-{colleague}-1"}
    ),
    ("POST", "observations.choose_instrument"): Row(
        PERSPECTIVES + "/instrument", editors(303), data={"perspective": "{perspective}", "instrument": "st"}
    ),
    ("POST", "observations.claim_perspective"): Row(ONE + "/claim", watchers(303, owner=403), data={"seen": ""}),
    ("GET", "observations.observation_report"): Row(LESSON + "/report", watchers(200)),
    ("GET", "observations.report_file"): Row(LESSON + "/papers/report", watchers(200)),
    ("POST", "observations.write_conclusion"): Row(
        LESSON + "/report", editors(303), data={"body": "候答够了", "seen": ""}
    ),
    ("POST", "observations.write_perspective_finding"): Row(
        PERSPECTIVES + "/{mine}/finding",
        watchers(303, owner=403),
        data={"body": "后排没有机会", "seen": ""},
    ),
    ("POST", "observations.revise_perspective"): Row(
        PERSPECTIVES + "/{own}/revision", editors(303), data={"name": "前排学生", "prompts": ""}
    ),
    ("POST", "observations.retire_perspective"): Row(
        PERSPECTIVES + "/{own}/retirement", editors(303), data={"on": "1"}
    ),
    ("POST", "observations.keep_perspective"): Row(PERSPECTIVES + "/{own}/keeping", watchers(303), data={}),
    ("GET", "observations.kept_perspectives"): Row("/perspectives", signed_in(200)),
    ("POST", "observations.create_perspective"): Row(
        "/perspectives", signed_in(303), data={"name": "靠窗一组", "prompts": "", "instrument": ""}
    ),
    ("POST", "observations.revise_kept_perspective"): Row(
        KEPT, colleagues(303), data={"name": "前排学生", "prompts": "谁没有动笔"}
    ),
    ("POST", "observations.share_perspective"): Row(
        KEPT + "/sharing", {**colleagues(303), "principal": 303, "admin": 303}, data={"on": "0"}
    ),
    ("POST", "observations.remove_kept_perspective"): Row(KEPT + "/removal", colleagues(303), data={}),
    ("POST", "observations.remove_perspective"): Row(ONE + "/removal", editors(303), data={}),
}
