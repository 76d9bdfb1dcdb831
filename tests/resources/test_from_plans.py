"""A finished plan comes into the library by itself."""

from __future__ import annotations

import io

from docx import Document

from tests.support.lessonplans import make_plan
from tests.support.preparations import bring_to, step
from tests.support.resources import checked_file, make_resource
from yanxiu.core.db import db
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models.preparations import AGREED, FINAL
from yanxiu.lessonplans.queries import find_plan
from yanxiu.lessonplans.queries.papers import paper_now
from yanxiu.resources.from_plans import publish_now
from yanxiu.resources.models import Resource
from yanxiu.resources.services.generated import TAKEN_DOWN


def test_a_finished_plan_is_in_the_library_once_with_a_version_for_each_time(app, cast, client_for, work):
    with app.app_context(), unit_of_work():
        plan_id = make_plan(cast.user("leader"), "《草船借箭》", visibility="school").id
        bring_to(cast.user("leader"), find_plan(plan_id), FINAL)
    work()
    with app.app_context():
        [resource] = db.session.query(Resource).all()
        told = (resource.title, resource.kind, resource.source, resource.visibility, resource.owner_id)
        assert told == ("《草船借箭》", "plan", "generated", "school", cast.leader.id)
    page = client_for("teacher").get(f"/lesson-plans/{plan_id}").text
    assert "已入库" in page
    with app.app_context(), unit_of_work():
        step(cast.user("leader"), find_plan(plan_id), AGREED)
        step(cast.user("leader"), find_plan(plan_id), FINAL)
    work()
    with app.app_context():
        [resource] = db.session.query(Resource).all()
        assert [file.number for file in resource.files] == [2, 1]
        assert resource.files[0].extension == ".docx"
        with storage().open(resource.files[0].stored_file.key) as source:
            card = Document(io.BytesIO(source.read())).tables[0]
        assert [cell.text for cell in card.rows[3].cells] == ["主备人", "王丽", "学校", "青山镇中心小学"]
        plan = find_plan(plan_id)
        with unit_of_work():
            plan.visibility = "private"
            step(cast.user("leader"), plan, AGREED)
            step(cast.user("leader"), plan, FINAL)
    work()
    with app.app_context():
        [resource] = db.session.query(Resource).all()
        assert (resource.visibility, len(resource.files), resource.author) == ("private", 3, cast.leader.name)


def test_an_owner_puts_a_plan_into_the_library_at_a_press_and_brings_it_up_to_date(app, cast, client_for):
    with app.app_context(), unit_of_work():
        place = {"edition": "统编版", "volume": "下册", "unit": "第二单元", "lesson": "草船借箭"}
        plan_id = make_plan(cast.user("teacher"), "《草船借箭》", visibility="school", **place).id
    client = client_for("teacher")
    assert "放进资源库" in client.get(f"/lesson-plans/{plan_id}").text
    assert "放进资源库" not in client_for("colleague").get(f"/lesson-plans/{plan_id}").text
    answer = client.post(f"/resources/from-plans/{plan_id}")
    with app.app_context():
        [resource] = db.session.query(Resource).all()
        assert answer.headers["Location"] == f"/resources/{resource.id}/edit"
        told = (resource.visibility, resource.source, resource.plan_id, resource.lesson, resource.kind)
        assert told == ("private", "generated", plan_id, "草船借箭", "plan")
    assert "更新资源库里的这一份" in client.get(f"/lesson-plans/{plan_id}").text
    with app.app_context(), unit_of_work():
        find_plan(plan_id).title = "《草船借箭》第二课时"
    assert client.post(f"/resources/from-plans/{plan_id}").headers["Location"] == f"/resources/{resource.id}"
    with app.app_context():
        [resource] = db.session.query(Resource).all()
        assert [file.number for file in resource.files] == [2, 1]
        with storage().open(resource.files[0].stored_file.key) as source:
            same = checked_file(data=source.read())
        with unit_of_work():
            publish_now(cast.user("teacher"), paper_now(cast.viewer("teacher"), plan_id), same)
        assert len(resource.files) == 2, "pressed twice"
        assert same.received.key not in set(storage().keys())
    with app.app_context():
        theirs = make_resource(cast.user("colleague"), "原来的教案").id
    made = int(client.post(f"/lesson-plans/copies/{theirs}").location.rsplit("/", 1)[1])
    client.post(f"/resources/from-plans/{made}")
    with app.app_context():
        told = db.session.query(Resource).filter_by(plan_id=made).one().summary
        assert told == f"根据{cast.colleague.name}的《原来的教案》改编"


def test_what_was_taken_down_comes_back_neither_by_a_press_nor_by_finishing_the_plan_again(app, cast, client_for, work):
    with app.app_context(), unit_of_work():
        own_id = make_plan(cast.user("leader"), "《景阳冈》", visibility="school").id
        group_id = make_plan(cast.user("leader"), "《草船借箭》", visibility="school").id
        bring_to(cast.user("leader"), find_plan(group_id), FINAL)
    work()
    leader, researcher = client_for("leader"), client_for("researcher")
    leader.post(f"/resources/from-plans/{own_id}")
    with app.app_context(), unit_of_work():
        of = {found.plan_id: f"/resources/{found.id}" for found in db.session.query(Resource)}
        db.session.query(Resource).update({"visibility": "county"})
    for plan_id in (own_id, group_id):
        researcher.post(f"{of[plan_id]}/takedown", data={"reason": "引文有误，先核对"})
        page = leader.get(f"/lesson-plans/{plan_id}").text
        assert TAKEN_DOWN in page
        assert f"/resources/from-plans/{plan_id}" not in page
    with app.app_context():
        files = set(storage().keys())
    refused = leader.post(f"/resources/from-plans/{own_id}")
    assert refused.status_code == 409
    assert TAKEN_DOWN in refused.text
    with app.app_context(), unit_of_work():
        step(cast.user("leader"), find_plan(group_id), AGREED)
        step(cast.user("leader"), find_plan(group_id), FINAL)
    work()
    with app.app_context():
        assert [found.removed_at is None for found in db.session.query(Resource)] == [False, False]
        assert set(storage().keys()) == files, "the Word files that were drawn are gone"
    researcher.post(f"{of[own_id]}/restoration")
    assert leader.post(f"/resources/from-plans/{own_id}").headers["Location"].startswith(of[own_id])
