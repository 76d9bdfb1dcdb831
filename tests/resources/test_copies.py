"""复制到我的备课: a plan of one's own out of a resource, with a link back and what was changed."""

from __future__ import annotations

from tests.support.documents import docx_bytes
from tests.support.lessonplans import make_plan
from tests.support.observations import make_lesson
from tests.support.preparations import adapt, bring_to, kept_of
from tests.support.resources import make_resource
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import LessonPlan, Revision
from yanxiu.lessonplans.models.preparations import FINAL
from yanxiu.lessonplans.queries import find_plan
from yanxiu.lessonplans.services.rounds import keep_round
from yanxiu.resources import originals
from yanxiu.resources.models import Resource, ResourceCopy
from yanxiu.resources.originals import uses_in_plans


def plan_made(answer) -> int:
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_a_word_file_becomes_ones_own_plan_that_names_its_author(app, cast, client_for, monkeypatch):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher"), subject="语文", edition="自编版", unit="第二单元").id
    colleague, teacher = client_for("colleague"), client_for("teacher")
    assert "复制到我的备课" in colleague.get(f"/resources/{resource_id}").text
    plan_id = plan_made(colleague.post(f"/lesson-plans/copies/{resource_id}"))
    assert plan_made(colleague.post(f"/lesson-plans/copies/{resource_id}")) == plan_id
    with app.app_context():
        plan = db.session.get(LessonPlan, plan_id)
        card = (plan.owner_id, plan.title, plan.visibility, plan.subject, plan.edition, plan.unit)
        assert card == (cast.colleague.id, "草船借箭教学设计", "private", "语文", "", "第二单元")
        [base] = db.session.query(Revision).filter_by(plan_id=plan_id).all()
        assert (base.title, base.characters > 0) == ("原文：草船借箭教学设计", True)
        assert db.session.query(ResourceCopy).count() == 1
    page = colleague.get(f"/lesson-plans/{plan_id}").text
    credit = f'改编自<a href="/resources/{resource_id}">《草船借箭教学设计》</a> · {cast.teacher.name} · '
    assert credit in page
    compared = f"/lesson-plans/{plan_id}/comparison?from={base.number}&amp;to=now"
    assert compared in page
    assert "内容一样" in colleague.get(compared.replace("&amp;", "&")).text
    shown = colleague.get(f"/resources/{resource_id}").text
    assert "打开我改编的教案" in shown
    assert f'href="{compared}"' in shown
    hidden = teacher.get(f"/resources/{resource_id}").text
    assert '<span class="num">1</span> 位老师复制到自己的备课里改编过' in hidden
    assert f"/lesson-plans/{plan_id}" not in hidden
    with app.app_context(), monkeypatch.context() as few:
        few.setattr(originals, "SHOWN", 0)
        resource = db.session.get(Resource, resource_id)
        told = [uses_in_plans(cast.viewer(key), resource).others for key in ("colleague", "teacher")]
        with unit_of_work():
            db.session.get(LessonPlan, plan_id).visibility = "school"
        told.append(uses_in_plans(cast.viewer("teacher"), resource).others)
        with unit_of_work():
            db.session.get(LessonPlan, plan_id).visibility = "private"
    assert told == [0, 1, 0], "neither oneself nor whose plan one may see is one of the others"
    colleague.post(f"/lesson-plans/{plan_id}/deletion")
    assert "复制到自己的备课里改编过" not in colleague.get(f"/resources/{resource_id}").text
    assert plan_made(colleague.post(f"/lesson-plans/copies/{resource_id}")) != plan_id
    with app.app_context(), unit_of_work():
        db.session.get(Resource, resource_id).visibility = "private"
    assert f"改编自《草船借箭教学设计》 · {cast.teacher.name}" in colleague.get(f"/lesson-plans/{plan_id + 1}").text


def test_a_license_that_allows_no_changes_keeps_others_from_it_and_says_so(app, cast, client_for):
    with app.app_context():
        kept = make_resource(cast.user("teacher"), license="by-nd").id
        sheet = make_resource(cast.user("teacher"), kind="test").id
        broken = make_resource(cast.user("teacher"), data=docx_bytes()[:200]).id
    colleague, teacher = client_for("colleague"), client_for("teacher")
    page = colleague.get(f"/resources/{kept}").text
    assert "复制到我的备课" not in page
    assert "不能复制改编" in page
    refused = colleague.post(f"/lesson-plans/copies/{kept}")
    assert refused.status_code == 403
    assert "不能复制改编" in refused.text
    assert "复制到我的备课" in teacher.get(f"/resources/{kept}").text
    assert "复制到我的备课" not in colleague.get(f"/resources/{sheet}").text
    assert colleague.post(f"/lesson-plans/copies/{sheet}").status_code == 403
    assert colleague.post(f"/lesson-plans/copies/{broken}").status_code == 422


def test_what_was_drawn_from_a_plan_is_taken_over_from_that_version_of_it(app, cast, client_for, work):
    with app.app_context(), unit_of_work():
        source_id = make_plan(cast.user("leader"), "《草船借箭》", visibility="school").id
        bring_to(cast.user("leader"), find_plan(source_id), FINAL)
    work()
    with app.app_context():
        [resource] = db.session.query(Resource).all()
        assert resource.current_file.plan_revision == resource.plan_revision
        number = resource.id
        with unit_of_work():
            plan = find_plan(source_id)
            keep_round(cast.user("leader"), plan, kept_of(plan), "")
            make_lesson(cast.user("leader"), "《草船借箭》公开课", lesson_plan_id=source_id)
            copied = adapt(cast.user("teacher"), plan)
            copied.reflected_at, copied.plan.visibility = plan.created_at, "private"
    own = client_for("leader").get(f"/resources/{number}").text
    for told in ("来历", "一稿", "《草船借箭》公开课", "定案入库", f'href="/lesson-plans/{source_id}"'):
        assert told in own
    assert "#section-reflection" in client_for("teacher").get(f"/resources/{number}").text
    assert "#section-reflection" not in own
    plan_id = plan_made(client_for("colleague").post(f"/lesson-plans/copies/{number}"))
    page = client_for("colleague").get(f"/lesson-plans/{plan_id}").text
    assert f'改编自<a href="/resources/{number}">《草船借箭》</a> · {cast.leader.name}' in page
    with app.app_context():
        source, copy = db.session.get(LessonPlan, source_id), db.session.get(LessonPlan, plan_id)
        assert (copy.template, copy.grade, copy.workshop_id) == (source.template, source.grade, None)
        with unit_of_work():
            source.deleted_at = source.created_at
    assert plan_made(client_for("teacher").post(f"/lesson-plans/copies/{number}")) != plan_id
