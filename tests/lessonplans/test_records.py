"""The record of an activity: whose it is, what it begins with, and how it comes to be read elsewhere."""

from __future__ import annotations

import copy
import io
from datetime import timedelta

import pytest
from docx import Document

from tests.support.eventually import eventually
from tests.support.lessonplans import make_plan
from tests.support.rt_client import new_update
from tests.support.together import together
from tests.support.workshops import make_activity, make_workshop
from tests.workshops.stage import picture
from yanxiu import wiring
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import indexing, queries, services
from yanxiu.lessonplans.collab.store import Append, DocumentStore
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.records import sections_of
from yanxiu.lessonplans.document.restoring import restoring_update
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries.excellent import excellent_plans
from yanxiu.workshops import indexing as workshop_indexing
from yanxiu.workshops.models import Activity, Workshop
from yanxiu.workshops.queries import membership_of
from yanxiu.workshops.queries.activities import activity_by_id
from yanxiu.workshops.queries.records import checks_of, record_of
from yanxiu.workshops.services import activities, membership
from yanxiu.workshops.services.standing import end_workshop

FETCH = {"X-Requested-With": "fetch"}


class Meeting:
    """A workshop with an activity that has begun; `teacher` has opened its record. By ids."""

    def __init__(self, app, cast):
        with app.app_context(), unit_of_work():
            leader = cast.user("leader")
            workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
            self.w = workshop.id
            activity = make_activity(leader, workshop, kind="seminar", starts_at=clock.now() - timedelta(minutes=5))
            self.a = activity.id
            self.plan = services.begin_record(cast.user("teacher"), activity).id
        self.url = f"/workshops/{self.w}/activities/{self.a}"
        self.document = f"/lesson-plans/{self.plan}"


@pytest.fixture
def meeting(app, cast):
    return Meeting(app, cast)


def write(app, work, meeting, filled, *people) -> None:
    """Write blocks into sections, as those people's edits that came to rest."""
    with app.app_context():
        state = queries.stored_document(meeting.plan).merged()
        wanted = copy.deepcopy(json_from_state(state))
        for section in wanted["content"]:
            section["content"] = filled.get(section["attrs"]["key"], section["content"])
        update = restoring_update(state, wanted)
        DocumentStore(db.engine).append([Append(meeting.plan, [update], frozenset(each.id for each in people))])
        wiring.before_work()
    work()


def test_who_opens_it_first_begins_it_and_the_next_one_opens_the_same(app, cast, client_for):
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        workshop = make_workshop(leader, [cast.user("teacher")])
        activity = make_activity(leader, workshop, kind="reading", place="县图书馆三楼")
        url = f"/workshops/{workshop.id}/activities/{activity.id}"
        number = activity.id
    assert client_for("principal").get(f"{url}/record").location == url
    for key in ("teacher", "leader"):
        text = client_for(key).get(f"{url}/record").text
        assert "县图书馆三楼" in text
        assert "分享要点" in text
    with app.app_context():
        [record] = db.session.scalars(db.select(LessonPlan).where(LessonPlan.activity_id == number))
        assert record.edited_by_id is None
    assert "还没有人写记录" in client_for("teacher").get(url).text


def test_opened_by_two_in_one_moment_it_is_begun_once(app, cast):
    with app.app_context(), unit_of_work():
        leader = cast.user("leader")
        number = make_activity(leader, make_workshop(leader, [cast.user("teacher")])).id

    def begin(key):
        def act():
            actor, activity = cast.user(key), activity_by_id(number)
            yield
            services.begin_record(actor, activity)

        return act

    assert together(app, begin("leader"), begin("teacher")) == ["done", "done"]
    with app.app_context():
        assert len(db.session.scalars(db.select(LessonPlan).where(LessonPlan.activity_id == number)).all()) == 1


def test_rights_are_those_of_the_activity_and_what_is_for_plans_is_not_for_records(app, cast, client_for, meeting):
    """Not even who began it owns it."""
    for key, status in (("teacher", 200), ("colleague", 200), ("principal", 403), ("villager", 404)):
        sent = client_for(key).post(f"{meeting.document}/updates", data=new_update(f"{key}写"), headers=FETCH)
        assert sent.status_code == status, key
    teacher = client_for("teacher")
    for page in ("settings", "members", "owner", "colleagues?q=赵"):
        assert teacher.get(f"{meeting.document}/{page}").status_code in (403, 404), page
    assert teacher.post(f"{meeting.document}/deletion").status_code in (403, 404)
    assert teacher.post(f"{meeting.document}/members", data={"user_id": cast.outsider.id}).status_code in (403, 404)
    assert teacher.get(meeting.document).location == f"{meeting.url}/record"
    assert teacher.post(f"{meeting.document}/revisions", data={"title": "一稿"}).status_code == 302
    for page in ("revisions", "revisions/1", "print"):
        assert "活动记录" in client_for("principal").get(f"{meeting.document}/{page}").text


def test_no_list_count_or_search_of_plans_knows_a_record(ctx, cast, meeting):
    with unit_of_work():
        wanted = make_plan(cast.user("teacher"), visibility="workshop", workshop_id=meeting.w).id
        state = queries.stored_document(meeting.plan).merged()
        services.save_revision(cast.user("teacher"), queries.find_plan(meeting.plan), state, "定稿")
    viewer, hour = cast.viewer("teacher"), timedelta(hours=1)
    assert not excellent_plans(meeting.w, clock.now() - hour, clock.now() + hour, {meeting.plan})
    assert [plan.id for plan in queries.my_plans_page(viewer).items] == [wanted]
    assert [plan.id for plan in queries.workshop_plans_page(viewer, meeting.w).items] == [wanted]
    assert [plan.id for plan in queries.workshop_plans_since(viewer, meeting.w, 0).plans] == [wanted]
    assert queries.count_workshop_plans(cast.viewer("leader"), meeting.w) == 1
    assert queries.plan_ids_in(meeting.w) == [wanted]
    assert queries.visible_plan(viewer, meeting.plan) is None
    assert queries.visible_ids(viewer, [meeting.plan, wanted]) == {wanted}
    assert list(indexing.all_ids()) == [wanted]
    assert [each.object_id for each in indexing.load([meeting.plan, wanted])] == [wanted]


def test_what_was_written_comes_to_the_activity_with_its_checks_its_word_file_and_the_search(
    app, cast, client_for, work, meeting
):
    with app.app_context(), unit_of_work():
        plan = queries.find_plan(meeting.plan)
        image = services.keep_image(cast.user("teacher"), plan, receive_file(picture(), "板书.png", "image/png"))
        address = f"{meeting.document}/images/{image.id}"
    table = nodes.table(("发言人", "要点"), [("李强", "先算一笔账"), ("周敏", "图放在课前")])
    for _twice in range(2):
        card = {"type": "card", "attrs": {"title": "课堂实录", "href": "/lessons/7", "label": "课例"}}
        shown = [{"type": "image", "attrs": {"src": address}}]
        filled = {"discussion": [table], "process": shown, "todo": [card]}
        write(app, work, meeting, filled, cast.teacher, cast.colleague)
    with app.app_context():
        record = record_of(meeting.a)
        checks = checks_of(db.session.get(Activity, meeting.a), record)
        assert {person.name for person in record.writers} == {"李强", "周敏"}
        assert (checks.sections, list(checks.unwritten), checks.record_done) == (4, ["共识与成果"], False)
        texts = {part.name: part.text for part in record.parts}
        assert "section-process" in record.html
        assert "section-outcome" not in record.html
        assert (texts["process"], texts["todo"]) == ("（见图片）", "课堂实录")
    write(app, work, meeting, {"outcome": [nodes.heading("定稿"), nodes.bullets("用地图导入")]}, cast.leader)
    shown = client_for("principal").get(meeting.url).text
    for words in ("先算一笔账", "用地图导入", f'src="{address}"', '记录</strong> <span class="muted small">写了 4 栏'):
        assert words in shown
    assert client_for("principal").get(address).status_code == 200
    data = client_for("colleague").get(f"{meeting.url}?format=docx").data
    document = Document(io.BytesIO(data))
    assert [[cell.text for cell in row.cells] for row in document.tables[1].rows][1] == ["李强", "先算一笔账"]
    styles = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert styles["定稿"].lower() == "heading 3"
    assert "用地图导入" in styles
    assert len(document.inline_shapes) == 1
    with app.app_context():
        [source] = [each for each in workshop_indexing.SOURCES if each.kind == "activity"]
        [found] = source.load([meeting.a])
        assert "用地图导入" in found.body


def test_what_no_database_keeps_is_taken_out_of_a_sections_name_too():
    section = nodes.section("a\0b", "标\0题", "", nodes.paragraph("字\0"))
    assert list(sections_of(nodes.doc(section))) == [("ab", "标题", "字")]


def test_pictures_of_another_document_are_not_printed(app, cast, client_for, work, meeting):
    with app.app_context(), unit_of_work():
        private = make_plan(cast.user("leader"))
        image = services.keep_image(cast.user("leader"), private, receive_file(picture(), "私.png", "image/png"))
        address = f"/lesson-plans/{private.id}/images/{image.id}"
    write(app, work, meeting, {"outcome": [{"type": "image", "attrs": {"src": address}}]}, cast.teacher)
    document = Document(io.BytesIO(client_for("teacher").get(f"{meeting.url}?format=docx").data))
    assert len(document.inline_shapes) == 0


def test_a_record_rests_with_its_activity_and_its_workshop(app, cast, client_for, meeting):
    update = new_update("写一句")

    def status(key):
        return client_for(key).post(f"{meeting.document}/updates", data=update, headers=FETCH).status_code

    def end(ended):
        with app.app_context(), unit_of_work():
            end_workshop(cast.user("leader"), db.session.get(Workshop, meeting.w), ended=ended)

    end(ended=True)
    assert (status("leader"), status("teacher")) == (403, 403)
    assert "记录只供阅读" in client_for("colleague").get(f"{meeting.url}/record").text
    end(ended=False)
    assert status("teacher") == 200


def test_who_has_it_open_hears_at_once_that_the_right_is_gone(app, cast, replica_for, meeting):
    colleague, teacher = replica_for("colleague", meeting.plan), replica_for("teacher", meeting.plan)
    with app.app_context(), unit_of_work():
        workshop, place = db.session.get(Workshop, meeting.w), membership_of(meeting.w, cast.colleague.id)
        membership.remove_member(cast.user("leader"), workshop, place)
    eventually(lambda: colleague.perms == [None])
    with app.app_context(), unit_of_work():
        activities.cancel_activity(cast.user("leader"), db.session.get(Activity, meeting.a), "停电")
    eventually(lambda: teacher.perms == ["read"])
