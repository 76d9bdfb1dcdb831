"""Making a rubric from lines: what is read, what is warned of, versions that never change once somebody has scored."""

from __future__ import annotations

import re

import pytest

from tests.support.observations import full_scores, make_lesson
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Evaluation, Lesson, RubricTemplate, RubricVersion
from yanxiu.observations.rubrics.scoring import mean_of, sheet_from, total_points
from yanxiu.observations.rubrics.sheets import SHIPPED
from yanxiu.observations.rubrics.writing import UnreadableLineError, body_from, texts_of, warnings_of
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.rubrics import create_rubric

LINES = {
    "criteria": "教学目标（30分）\n- 明确：学生说得出要学什么\n· 可检测\n教学过程：70%",
    "scale": "2 差\n5 优\n4分 良",
    "bonus": "教学创新 2",
    "bands": "60 合格\n90：优秀",
}


@pytest.mark.once
def test_lines_as_teachers_write_them_become_a_sheet_and_lines_again():
    sheet = sheet_from(body_from(LINES))
    assert [(c.title, c.weight, len(c.items)) for c in sheet.criteria] == [("教学目标", 30, 2), ("教学过程", 70, 0)]
    assert sheet.criteria[0].items[0].hint == "学生说得出要学什么"
    assert [(level.value, level.label) for level in sheet.scale] == [(5, "优"), (4, "良"), (2, "差")]
    assert warnings_of(sheet) == ["低于 60 分的没有等次。"]
    assert sheet_from(body_from(texts_of(sheet))) == sheet
    asking = sheet_from(body_from({**LINES, "criteria": "教学目标 30（要证据）\n教学过程 70 需要证据\n- 活动"}))
    assert [(c.title, c.weight, c.needs_evidence) for c in asking.criteria] == [
        ("教学目标", 30, True),
        ("教学过程", 70, True),
    ]
    assert sheet_from(body_from(texts_of(asking))) == asking
    assert total_points(sheet, {"c1-1": 5, "c1-2": 4, "c2": 5, "bonus-1": 2}) == pytest.approx(27 + 70 + 2)
    for shipped in SHIPPED:
        before = sheet_from(shipped.body)
        again = sheet_from(body_from(texts_of(before)))
        assert (again.scale, again.bands, again.total) == (before.scale, before.bands, before.total)
        assert [(c.title, c.weight) for c in again.criteria] == [(c.title, c.weight) for c in before.criteria]


@pytest.mark.once
def test_a_contest_sheet_that_adds_up_to_130_is_warned_of_and_kept():
    """forms.md 1, the design contest: 30+20+20+20+20+10 … given as a hundred."""
    weights = (30, 30, 20, 20, 20, 10)
    sheet = sheet_from(body_from({**LINES, "bands": "", "criteria": "\n".join(f"项目{w} {w}" for w in weights)}))
    assert warnings_of(sheet) == ["各项权重加起来是 130，和总分 100 不一样。照这样也能用，最高能得 130 分。"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "text"),
    [("criteria", "教学目标"), ("criteria", "- 要点"), ("criteria", ""), ("scale", "优"), ("scale", "5 优\n5 良"),
     ("bonus", "创新"), ("bands", "优秀"), ("total", "一百"), ("criteria", "教学目标 0")],
)  # fmt: skip
def test_a_line_that_says_nothing_is_named(field, text):
    with pytest.raises(UnreadableLineError) as refused:
        body_from({**LINES, field: text})
    assert refused.value.field == field


@pytest.mark.once
def test_a_trimmed_mean_leaves_out_one_highest_and_one_lowest():
    sheet = sheet_from(body_from({**LINES, "trimmed": "1"}))
    assert mean_of(sheet, [60, 90, 80, 100]) == 85
    assert mean_of(sheet, [60, 90]) == 75


def seen_in(client, place: str) -> str:
    (seen,) = re.findall(r'name="seen"[^>]* value="([^"]+)"', client.get(place).text)
    return seen


def test_two_who_change_a_new_rubric_at_a_time_do_not_overwrite_one_another(app, client_for, new_lesson):
    new_lesson()
    principal = client_for("principal")
    with app.app_context():
        base = db.session.query(RubricTemplate).filter_by(slug="yishiyiyouke").one().id
    place = principal.post("/rubrics", data={"name": "青山量表", "base": str(base)}).headers["Location"]
    form = {**LINES, "name": "青山量表", "seen": seen_in(principal, place)}
    assert principal.post(place, data=form).status_code == 303
    assert principal.post(place, data=form).status_code == 303  # the same again is no conflict
    assert principal.post(place, data={**form, "criteria": "只看学习 100"}).status_code == 409
    renamed = {**form, "name": "青山新量表", "seen": seen_in(principal, place)}
    assert principal.post(place, data=renamed).status_code == 303
    with app.app_context():
        assert db.session.query(AuditEntry).filter_by(action="rubric.revise").count() == 2


def test_a_used_version_stays_and_old_scores_with_it(app, cast, client_for, new_lesson):
    principal = client_for("principal")
    lesson_id = new_lesson()
    with app.app_context():
        base = db.session.query(RubricTemplate).filter_by(slug="yishiyiyouke").one().id
    place = principal.post("/rubrics", data={"name": "青山量表", "base": str(base)}).headers["Location"]
    form = {**LINES, "name": "青山量表", "seen": seen_in(principal, place)}
    principal.post(place, data=form)  # nobody has used it: the version itself changes
    with app.app_context(), unit_of_work():
        template = db.session.query(RubricTemplate).filter_by(name="青山量表").one()
        lesson = db.session.get_one(Lesson, lesson_id)
        lesson.rubric_version_id = template.versions[-1].id
        save_evaluation(cast.user("colleague"), lesson, full_scores(lesson, 5))
        submit_evaluation(cast.user("colleague"), lesson)
    answer = principal.post(place, data={**form, "seen": seen_in(principal, place), "criteria": "只看学习 130"})
    page = principal.get(answer.headers["Location"]).text
    assert "第 2 版" in page
    assert "各项权重加起来是 130" in page
    assert principal.post(place, data=form).status_code == 409  # it was made from the state before
    assert principal.post(place, data={**form, "seen": seen_in(principal, place), "scale": "优"}).status_code == 422
    with app.app_context():
        template = db.session.query(RubricTemplate).filter_by(name="青山量表").one()
        assert [version.number for version in template.versions] == [1, 2]
        evaluation = db.session.query(Evaluation).one()
        used_id = evaluation.version_id
        assert (evaluation.version.number, evaluation.total) == (1, 10_000)
    foreign = {"title": "课", "visibility": "invited", "consent": "not_needed", "rubric_version_id": str(used_id)}
    assert [client_for(who).post("/lessons/new", data=foreign).status_code for who in ("outsider", "teacher")] == [
        422,
        303,
    ]
    assert "青山量表" not in client_for("outsider").get("/rubrics").text
    assert "青山量表" in client_for("teacher").get("/rubrics").text


def test_a_guest_reads_the_name_of_a_rubric_that_only_its_own_school_can_open(app, cast, client_for):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("teacher"))
        shipped = db.session.get_one(RubricVersion, lesson.rubric_version_id)
        school = cast.user("teacher").organization_id
        own = create_rubric(cast.user("principal"), school, "青山量表", shipped)
        lesson.rubric_version_id = own.versions[-1].id
        for who in ("colleague", "outsider"):
            invite_member(cast.user("teacher"), lesson, cast.user(who), "observer")
        page, place = f"/lessons/{lesson.id}", f"/rubrics/{own.id}"
    for who, opens in (("colleague", True), ("outsider", False)):
        text = client_for(who).get(page).text
        assert "青山量表" in text
        assert (f'href="{place}"' in text) is opens
        assert (client_for(who).get(place).status_code == 200) is opens
