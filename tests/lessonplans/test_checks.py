"""查阅: who finds which plans in the queue, what the author hears, and the figures by teacher."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.lessonplans.test_preparations import kinds_for
from tests.support.lessonplans import make_plan
from tests.support.matrix import PRINCIPALS
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.permissions import NO_SEAT
from yanxiu.lessonplans.permissions.checks import can_check_plan, can_see_checks
from yanxiu.lessonplans.queries.checks import is_checker, start_of, waiting_checks


@pytest.fixture
def plan_ids(app, cast) -> list[int]:
    """A plan of the workshop, one of the school, a private one; all of the teacher."""
    with app.app_context(), unit_of_work():
        teacher = cast.user("teacher")
        workshop = make_workshop(cast.user("leader"), [teacher, cast.user("colleague")])
        shared = make_plan(teacher, "《草船借箭》", visibility="workshop", workshop_id=workshop.id)
        return [shared.id, make_plan(teacher, "《跳水》", visibility="school").id, make_plan(teacher, "《自己看》").id]


def test_predicate_and_queue_say_the_same(ctx, cast, plan_ids):
    seen = {"leader": plan_ids[:1], "principal": plan_ids[:2]}
    since = start_of("term", clock.today())
    for key in PRINCIPALS[1:]:
        viewer = cast.viewer(key)
        plans = [queries.find_plan(plan_id) for plan_id in plan_ids]
        allowed = [plan.id for plan in plans if can_check_plan(viewer, plan, queries.seat_of(viewer, plan))]
        assert allowed == seen.get(key, []), key
        assert [plan.id for plan in waiting_checks(viewer, since)] == allowed, key


def test_the_leader_of_an_ended_workshop_has_nothing_to_check(ctx, cast, plan_ids):
    leader = replace(cast.viewer("leader"), held=())
    assert is_checker(leader)
    plan = queries.find_plan(plan_ids[0])
    with unit_of_work():
        plan.workshop.archived_at = clock.now()
    seat = queries.seat_of(leader, plan)
    assert not is_checker(leader)
    assert not can_check_plan(leader, plan, seat)
    assert can_see_checks(leader, plan, seat)
    assert can_check_plan(cast.viewer("principal"), plan, NO_SEAT)


def test_one_after_the_other_and_again_when_it_was_changed(app, cast, client_for, plan_ids):
    client, first, second = client_for("principal"), *plan_ids[:2]
    assert "1 / 2" in client.get("/lesson-plans/checks").text
    sent = client.post(f"/lesson-plans/{first}/checks", data={"grade": "excellent", "remark": "学情有数据"})
    assert sent.location.endswith(f"plan={second}")
    asks = client.post(f"/lesson-plans/{second}/checks", data={"grade": "revise", "remark": ""})
    assert asks.status_code == 422
    assert "请写一句哪里要修改" in asks.text
    assert client.post(f"/lesson-plans/{second}/checks", data={"grade": "good"}).status_code == 302
    assert "都查阅过了" in client.get("/lesson-plans/checks").text
    assert "学情有数据" in client_for("teacher").get(f"/lesson-plans/{first}").text
    assert "学情有数据" not in client_for("colleague").get(f"/lesson-plans/{first}").text
    with app.app_context():
        assert "plan_checked" in kinds_for(cast.teacher.id)
        with unit_of_work():
            queries.find_plan(first).edited_at = clock.now() + timedelta(seconds=5)
    assert "《草船借箭》" in client.get("/lesson-plans/checks").text


def test_figures_by_teacher_go_out_as_excel(app, cast, client_for, plan_ids):
    client = client_for("principal")
    client.post(f"/lesson-plans/{plan_ids[0]}/checks", data={"grade": "excellent"})
    client.post(f"/lesson-plans/{plan_ids[0]}/checks", data={"grade": "good"})
    answer = client.get("/lesson-plans/checks?show=teachers&format=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[2][1:] == ("李强", rows[2][2], 2, 1, 0, 1, 0, 0)
    assert "李强" in client.get("/lesson-plans/checks?show=teachers&period=week").text


def test_the_queue_asks_as_much_for_many_plans_as_for_few(app, cast, client_for, count_queries):
    client, counts = client_for("principal"), []
    client.get("/lesson-plans/checks")
    for size in (5, 45):
        with app.app_context(), unit_of_work():
            for i in range(size):
                make_plan(cast.user("teacher"), f"第 {i} 课", visibility="school")
        with count_queries() as seen:
            client.get("/lesson-plans/checks")
        with count_queries() as figures:
            client.get("/lesson-plans/checks?show=teachers")
        counts.append((seen.count, figures.count))
    assert counts[0] == counts[1]
