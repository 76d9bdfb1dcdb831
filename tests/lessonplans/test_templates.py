"""A school's own templates: versions that plans keep, what is required, and what helps to fill in."""

from __future__ import annotations

from tests.support.preparations import bring_to
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document.curriculum import help_for
from yanxiu.lessonplans.document.templates import TEMPLATES
from yanxiu.lessonplans.models import LessonPlan, SchoolTemplate
from yanxiu.lessonplans.queries import find_plan
from yanxiu.lessonplans.queries.templates import key_of, template_of

ROWS = {
    "key": ["goals", "process", "", ""],
    "place": ["30", "20", "10", "40"],
    "title": ["学习目标", "教学过程", "导学单", ""],
    "hint": ["写学生能做到的事", "", "课前发", ""],
    "parts": ["", "", "读一读、想一想", ""],
    "required": ["1", "", "1", ""],
}
CARD = {"title": "《跳水》", "periods": "1", "visibility": "school", "subject": "语文"}


def saved(client) -> str:
    """A template of the school with two versions; the key of the second."""
    sent = {"name": "本校语文", "subject": "语文", "base": "literacy"}
    edit = client.post("/lesson-plans/templates", data=sent).location
    assert client.post(edit, data={"name": "本校语文", "subject": "语文", "seen": "1", **ROWS}).status_code == 302
    return edit


def test_plans_keep_the_version_they_were_made_from(app, cast, client_for):
    principal, teacher = client_for("principal"), client_for("teacher")
    edit = saved(principal)
    with app.app_context():
        version = db.session.query(SchoolTemplate).one().current
        keys = [(row["key"], row["title"], row["required"]) for row in version.sections]
        assert keys == [("own-1", "导学单", True), ("process", "教学过程", False), ("goals", "学习目标", True)]
        key = f"school:{version.id}"
    assert key in teacher.get("/lesson-plans/new").text
    assert key not in client_for("outsider").get("/lesson-plans/new").text
    assert client_for("outsider").post("/lesson-plans", data=CARD | {"template": key}).status_code == 422
    page = teacher.get(teacher.post("/lesson-plans", data=CARD | {"template": key}).location).text
    assert page.index("导学单") < page.index("教学过程") < page.index("学习目标")
    stale = principal.post(edit, data={"name": "本校语文", "seen": "1", **ROWS, "hint": ["我刚写的提示", "", "", ""]})
    assert stale.status_code == 409
    assert "我刚写的提示" in stale.text
    only = {name: values[:1] for name, values in ROWS.items()}
    assert principal.post(edit, data={"name": "本校语文", "seen": "2", **only}).status_code == 302
    with app.app_context():
        plan = db.session.query(LessonPlan).one()
        assert key_of(plan) == key
        assert [section.title for section in template_of(plan).sections] == ["导学单", "教学过程", "学习目标"]
    principal.post(edit, data={"action": "retire"})
    assert "school:" not in teacher.get("/lesson-plans/new").text


def test_empty_required_sections_are_told_and_nobody_is_kept_from_going_on(app, cast, client_for):
    saved(client_for("principal"))
    with app.app_context():
        key = f"school:{db.session.query(SchoolTemplate).one().current.id}"
    place = client_for("teacher").post("/lesson-plans", data=CARD | {"template": key}).location
    with app.app_context(), unit_of_work():
        bring_to(cast.user("teacher"), find_plan(int(place.rsplit("/", 1)[1])), "review")
    page = client_for("teacher").get(place + "/preparation").text
    assert "这些部分还没有内容：导学单、学习目标" in page
    sent = client_for("teacher").post(place + "/preparation", data={"start": "review", "goal": "agreed"})
    assert sent.status_code == 302


def test_two_sections_of_one_name_are_told_beside_the_form(app, cast, client_for):
    principal = client_for("principal")
    edit = saved(principal)
    double = ROWS | {"title": ["目标", "教学过程", "目标", ""]}
    answer = principal.post(edit, data={"name": "本校语文", "seen": "2", **double})
    assert answer.status_code == 422
    assert "有两个部分都叫“目标”" in answer.text


def test_the_standards_help_with_sections_that_every_shipped_template_has():
    shipped = [{section.key for section in template.sections} for template in TEMPLATES.values()]
    offered = {help.section for subject in ("语文", "数学", "科学", "英语") for help in help_for(subject)}
    assert offered == {"standard", "goals"}
    assert all(offered <= keys for keys in shipped)
    assert help_for("班主任") == []
