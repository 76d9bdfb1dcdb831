"""Who makes templates of a school: `{template}` is that of the school of `principal` and of `leader`, who heads a group there."""

from __future__ import annotations

from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from yanxiu.accounts.models import Organization
from yanxiu.core.db import db
from yanxiu.lessonplans.document.templates import LITERACY
from yanxiu.lessonplans.services.templates import create_template


def build(cast: Cast) -> dict[str, object]:
    school = db.session.get_one(Organization, cast.viewer("principal").school_id)
    return {"template": create_template(cast.user("principal"), school, "本校模板", "语文", LITERACY).id}


ONE = "/lesson-plans/templates/{template}"
EDITORS = expect(403, anonymous=302, principal=302, leader=302)

ROUTES = {
    ("GET", "lessonplans.templates"): Row("/lesson-plans/templates", signed_in()),
    ("POST", "lessonplans.create_template"): Row(
        "/lesson-plans/templates", EDITORS, data={"name": "数学模板", "subject": "数学", "base": "literacy"}
    ),
    ("POST", "lessonplans.keep_school_layout"): Row(
        "/lesson-plans/templates/layout", EDITORS, data={"action": "retire"}
    ),
    ("GET", "lessonplans.school_layout"): Row("/lesson-plans/templates/layout.docx?example=1", signed_in()),
    ("GET", "lessonplans.edit_template"): Row(ONE, expect(403, anonymous=302, principal=200, leader=200)),
    ("POST", "lessonplans.save_template"): Row(
        ONE,
        EDITORS,
        data={
            "name": "本校模板", "seen": "1", "key": "goals", "place": "10", "title": "目标", "hint": "", "parts": "",
            "required": "1",
        },
    ),
}  # fmt: skip
