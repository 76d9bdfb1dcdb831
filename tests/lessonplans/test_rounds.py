"""磨课: rounds with a lesson between them, suggestions with a reason, and where each passage comes from."""

from __future__ import annotations

import pytest

from tests.lessonplans.test_preparations import kinds_for, write
from tests.support.lessonplans import make_plan
from tests.support.observations import make_lesson, make_ready_version, some_comment
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import Suggestion
from yanxiu.lessonplans.queries import find_plan, find_revision
from yanxiu.lessonplans.queries.rounds import find_round, suggestions_of
from yanxiu.lessonplans.services.rounds import MOST_OPEN, Draft, suggest, withdraw


@pytest.fixture
def plan_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        return make_plan(cast.user("leader"), visibility="school").id


def test_a_passage_knows_the_suggestion_it_comes_from(app, cast, client_for, plan_id):
    url, lead, teacher = f"/lesson-plans/{plan_id}/suggestions", client_for("leader"), client_for("teacher")
    lead.post(f"/lesson-plans/{plan_id}/rounds", data={"note": "磨目标"})
    sent = {"section": "goals", "quote": "了解借箭的经过", "body": "写成能检测的", "client_uuid": "a-suggestion"}
    for _ in range(2):
        assert teacher.post(url, data=sent).status_code == 302
    with app.app_context():
        [row] = suggestions_of(plan_id)
        number = row.id
        assert row.round.number == 1
        assert find_revision(plan_id, 1).title == "一稿"
        assert "plan_suggestion" in kinds_for(cast.leader.id)
    decision = {"state": "adopted", "section": "goals", "outcome": "能按顺序讲清借箭的三步。", "reason": "可以当堂检测"}
    refused = lead.post(f"{url}/{number}", data=decision)
    assert refused.status_code == 422
    assert "没有找到这句话" in refused.text
    assert "可以当堂检测" in refused.text
    write(app, plan_id, cast.leader.id, "goals", "能按顺序讲清借箭的三步。")
    assert lead.post(f"{url}/{number}", data=decision).status_code == 302
    why = teacher.get(url + "?show=why").text
    assert "<mark>能按顺序讲清借箭的三步。</mark>" in why
    assert "可以当堂检测" in why
    with app.app_context():
        assert "plan_adopted" in kinds_for(cast.teacher.id)


def test_declining_needs_a_reason_and_can_be_taken_back(app, cast, client_for, plan_id):
    with app.app_context(), unit_of_work():
        number = suggest(cast.user("teacher"), find_plan(plan_id), Draft("删去板书", "b-suggestion")).id
    url, lead = f"/lesson-plans/{plan_id}/suggestions/{number}", client_for("leader")
    assert lead.post(url, data={"state": "declined", "section": ""}).status_code == 422
    assert lead.post(url, data={"state": "declined", "section": "", "reason": "学生要靠它复述"}).status_code == 302
    assert client_for("teacher").post(url, data={"state": "withdrawn"}).status_code == 403
    assert lead.post(url, data={"state": "open", "section": ""}).status_code == 302
    assert client_for("teacher").post(url, data={"state": "withdrawn"}).status_code == 302
    with app.app_context():
        assert suggestions_of(plan_id) == []
        assert db.session.get(Suggestion, number).state == "withdrawn"


def test_what_was_said_about_the_lesson_becomes_a_suggestion_once(app, cast, client_for, plan_id):
    with app.app_context(), unit_of_work():
        lesson = make_lesson(cast.user("leader"), "一稿试讲", lesson_plan_id=plan_id, visibility="school")
        version = make_ready_version(lesson)
        comment = some_comment(cast.user("colleague"), lesson, version, body="这里等的时间不够")
        lesson_id, comment_id = lesson.id, comment.id
    lead, url = client_for("leader"), f"/lesson-plans/{plan_id}/suggestions"
    lead.post(f"/lesson-plans/{plan_id}/rounds", data={})
    assert lead.post(f"/lesson-plans/{plan_id}/rounds/1", data={"lesson": str(lesson_id)}).status_code == 302
    for other in ("99999", "9" * 4400):
        assert lead.post(f"/lesson-plans/{plan_id}/rounds/1", data={"lesson": other}).status_code == 422
    page = lead.get(url).text
    assert "记为建议" in page
    assert lead.post(url, data={"remark": str(comment_id), "client_uuid": "remark-1-a"}).status_code == 302
    page = lead.get(url).text
    assert "记为建议" not in page
    assert "课堂点评" in page
    with app.app_context():
        assert find_round(plan_id, 1).lesson_id == lesson_id
        [row] = suggestions_of(plan_id)
        assert (row.author_id, row.body) == (cast.colleague.id, "这里等的时间不够")
        first = row.id
    assert lead.post(url, data={"remark": str(comment_id), "client_uuid": "remark-1-b"}).status_code == 302
    with app.app_context(), unit_of_work():
        assert [row.id for row in suggestions_of(plan_id)] == [first]
        withdraw(cast.user("leader"), db.session.get(Suggestion, first))
    assert "记为建议" in lead.get(url).text
    assert lead.post(url, data={"remark": str(comment_id), "client_uuid": "remark-1-c"}).status_code == 302
    with app.app_context():
        assert [row.body for row in suggestions_of(plan_id)] == ["这里等的时间不够"]


def test_the_page_asks_as_much_for_many_suggestions_as_for_few(app, cast, client_for, count_queries, plan_id):
    client, url, counts = client_for("leader"), f"/lesson-plans/{plan_id}/suggestions", []
    client.get(url)
    for size in (5, 45):
        with app.app_context(), unit_of_work():
            for i in range(size):
                suggest(cast.user("teacher"), find_plan(plan_id), Draft(f"第 {i} 条", f"suggestion-{size}-{i}"))
        with count_queries() as seen:
            client.get(url)
        counts.append(seen.count)
    assert counts[0] == counts[1]
    with app.app_context():
        assert suggestions_of(plan_id)[0].body == "第 44 条"
        with unit_of_work():
            for i in range(50, MOST_OPEN):
                suggest(cast.user("teacher"), find_plan(plan_id), Draft(f"第 {i} 条", f"suggestion-more-{i}"))
    refused = client_for("teacher").post(url, data={"body": "再提一条", "client_uuid": "one-too-many"})
    assert refused.status_code == 422
    assert "还没有处理" in refused.text
    assert client.post(url, data={"body": "我的建议", "client_uuid": "of-another"}).status_code == 302
