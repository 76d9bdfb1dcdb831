"""The plan of a term: what it shows to whom, its order, and what happens when two order at once."""

import io
import re
from datetime import date, timedelta
from functools import partial

import openpyxl
import pytest
from sqlalchemy import select, update

from tests.support.lessonplans import make_plan
from tests.support.together import together
from tests.support.workshops import make_item, make_stage
from tests.workshops.stage import FETCH, Room, page
from yanxiu.core.clock import today
from yanxiu.core.db import db
from yanxiu.core.search_queue import SearchOutbox, sources
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.notifications.models import Notification
from yanxiu.workshops.models import Role, TermItem, TermStage, TopicVisit, Workshop
from yanxiu.workshops.queries.plan_progress import done_pairs
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.queries.termplan import items_in, stages_of
from yanxiu.workshops.services import membership, termplan
from yanxiu.workshops.subscribers import tell_of_plan
from yanxiu.workshops.timeline import moment_of


class Planned:
    """A room with two stages: the first runs in its second week and holds three items, the second is to come."""

    def __init__(self, app, cast, room):
        self.room, self.plan = room, f"{room.home}/plan"
        with app.app_context(), unit_of_work():
            leader, workshop = cast.user("leader"), db.session.get(Workshop, room.w)
            monday = today() - timedelta(days=today().weekday() + 7)
            self.first = make_stage(leader, workshop, "启动与选题", monday, monday + timedelta(days=20)).id
            later = monday + timedelta(days=21)
            self.second = make_stage(leader, workshop, "磨课", later, later + timedelta(days=20)).id
            stage = db.session.get(TermStage, self.first)
            self.items = [make_item(leader, stage, title).id for title in ("读课标", "写初案", "议初案")]


@pytest.fixture
def planned(app, cast, room):
    return Planned(app, cast, room)


def titles(app, planned, stage_id) -> list[str]:
    with app.app_context():
        return [item.title for item in items_in(stage_id, planned.room.w)]


def test_a_stage_says_where_it_stands_by_weeks_from_monday():
    start, end = date(2026, 9, 2), date(2026, 9, 20)  # a Wednesday to a Sunday
    said = {day: moment_of(start, end, date(2026, 9, day)).words for day in (1, 2, 6, 7, 20, 21)}
    assert said == {
        1: "未开始",
        2: "进行中 第 1 周",
        6: "进行中 第 1 周",
        7: "进行中 第 2 周",
        20: "进行中 第 3 周",
        21: "已结束",
    }
    assert moment_of(None, None, start).words == "时间待定"
    assert moment_of(None, end, start).words == "进行中"


def test_the_home_shows_where_the_term_is_and_what_comes_next(client_for, planned):
    text = page(client_for("teacher"), planned.room.home)
    line = text[text.index('id="term-line"') : text.index('id="announcements-title"')]
    assert re.sub(r"<[^>]+>|\s", "", line).count("进行中第2周") == 2
    assert "未开始" in line
    assert line.index("读课标") < line.index("写初案")
    assert "学期进程" not in page(client_for("teacher"), f"{planned.plan}/changes?since=0")


def test_a_workshop_without_a_plan_shows_no_line_and_says_who_will_make_one(client_for, room):
    assert "学期进程" not in page(client_for("teacher"), room.home)
    assert "坊主排好以后会显示在这里" in page(client_for("teacher"), f"{room.home}/plan")
    assert "添加阶段" in page(client_for("leader"), f"{room.home}/plan")


def test_a_form_sent_twice_adds_one_stage_and_wrong_days_are_told_beside_the_field(app, client_for, room):
    client, url = client_for("leader"), f"{room.home}/plan/stages"
    form = {
        "name": "启动",
        "starts_on": "2026-09-07",
        "ends_on": "2026-09-20",
        "client_uuid": "0b8ef5a3-6f4d-4a4b-9c7e-2d1f3a5b7c9e",
    }
    for _ in range(2):
        assert client.post(url, data=form).status_code == 302
    with app.app_context():
        assert [stage.name for stage in stages_of(room.w)] == ["启动"]
    wrong = client.post(url, data={"name": "收官", "starts_on": "2026-09-07", "ends_on": "2026-09-06"}, headers=FETCH)
    assert (wrong.status_code, wrong.json["field"]) == (422, "ends_on")


def test_items_step_over_the_edge_of_a_stage_and_come_back(app, client_for, planned):
    client = client_for("leader")
    step = {"kind": "item", "id": planned.items[2], "step": "down"}
    assert client.post(f"{planned.plan}/order", data=step, headers=FETCH).json["ok"]
    assert titles(app, planned, planned.first) == ["读课标", "写初案"]
    assert titles(app, planned, planned.second) == ["议初案"]
    client.post(f"{planned.plan}/order", data=step | {"step": "up"})
    client.post(f"{planned.plan}/order", data=step | {"step": "up"})
    assert titles(app, planned, planned.first) == ["读课标", "议初案", "写初案"]
    client.post(f"{planned.plan}/order", data={"kind": "stage", "id": planned.second, "step": "up"})
    with app.app_context():
        assert [stage.id for stage in stages_of(planned.room.w)] == [planned.second, planned.first]


def test_two_leaders_who_order_at_once_lose_nothing(app, cast, planned):
    def put(number, before):
        def act():
            workshop, item = db.session.get(Workshop, planned.room.w), db.session.get(TermItem, planned.items[number])
            stage, leader = db.session.get(TermStage, planned.first), cast.user("leader")
            yield
            termplan.place_item(leader, workshop, item, stage, before)

        return act

    both = partial(together, app)(put(2, planned.items[0]), put(0, None))
    assert both == ["done", "done"]
    # Whoever came second was told where the other left things; which of them that was is chance.
    assert titles(app, planned, planned.first) in (["议初案", "写初案", "读课标"], ["写初案", "议初案", "读课标"])
    with app.app_context():
        assert [item.position for item in items_in(planned.first, planned.room.w)] == [1, 2, 3]


def test_an_item_put_before_one_that_is_gone_stands_at_the_end(app, client_for, planned):
    client = client_for("leader")
    client.post(f"{planned.plan}/removal", data={"kind": "item", "id": planned.items[1], "on": "1"})
    place = {"kind": "item", "id": planned.items[0], "stage_id": planned.first, "before_id": planned.items[1]}
    assert client.post(f"{planned.plan}/order", data=place, headers=FETCH).json["ok"]
    assert titles(app, planned, planned.first) == ["议初案", "读课标"]


def test_what_was_taken_out_comes_back_to_its_place(app, client_for, planned):
    client = client_for("leader")
    answer = client.post(
        f"{planned.plan}/removal", data={"kind": "item", "id": planned.items[1], "on": "1"}, headers=FETCH
    ).json
    assert titles(app, planned, planned.first) == ["读课标", "议初案"]
    assert client.post(answer["undo"]["url"], headers=FETCH).json["toast"] == "已恢复"
    assert titles(app, planned, planned.first) == ["读课标", "写初案", "议初案"]


def test_what_one_may_not_open_shows_its_title_without_a_link(app, cast, client_for, planned):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("leader"), title="只给自己看的教案", visibility="private")
        stage = db.session.get(TermStage, planned.first)
        make_item(cast.user("leader"), stage, "备《草船借箭》", "lesson_plan", target_id=plan.id)
        make_item(cast.user("leader"), stage, "导入怎么设计", "topic", target_id=planned.room.t)
        address = f'href="/lesson-plans/{plan.id}"'
    mine, theirs = page(client_for("leader"), planned.plan), page(client_for("teacher"), planned.plan)
    assert address in mine
    assert address not in theirs
    assert "备《草船借箭》" in theirs
    assert f'href="{planned.room.topic}"' in theirs


def test_somebody_elses_thing_cannot_be_planned_by_its_number(app, cast, client_for, planned):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast.user("outsider"), title="别人的教案", visibility="private").id
    form = {"kind": "lesson_plan", "target_id": str(plan), "stage_id": str(planned.first), "title": "偷看"}
    answer = client_for("leader").post(f"{planned.plan}/items", data=form)
    assert answer.status_code == 422
    assert "别人的教案" not in answer.get_data(as_text=True)


def test_an_item_takes_the_title_of_what_it_stands_for_and_refuses_an_address_that_runs(app, client_for, planned):
    client, url = client_for("leader"), f"{planned.plan}/items"
    named = {"kind": "topic", "target_id": planned.room.t, "stage_id": planned.second}
    assert client.post(url, data=named).status_code == 302
    assert titles(app, planned, planned.second) == ["《草船借箭》导入怎么设计"]
    for address in ("javascript:alert(1)", "//evil.example", "mailto:a@b.cn"):
        form = {"kind": "reading", "title": "读", "url": address, "stage_id": planned.second}
        assert "请填写以 https:// 开头的网址" in client.post(url, data=form).get_data(as_text=True)
    assert "请填写标题" in client.post(url, data={"kind": "reading", "stage_id": planned.second}).get_data(as_text=True)


def test_the_forms_show_what_is_there_and_an_item_moves_by_them(app, client_for, planned):
    client = client_for("leader")
    form = page(client, f"{planned.plan}/items/new?stage={planned.second}&kind=topic")
    assert "《草船借箭》导入怎么设计" in form
    assert f'<option selected value="{planned.second}">' in form
    assert 'value="读课标"' in page(client, f"{planned.plan}/items/{planned.items[0]}")
    changed = {"title": "读课标和教材", "stage_id": planned.second, "ends_on": "2026-12-01", "required": "y"}
    assert client.post(f"{planned.plan}/items/{planned.items[0]}", data=changed).status_code == 302
    assert titles(app, planned, planned.second) == ["读课标和教材"]
    board = page(client_for("teacher"), planned.plan)
    assert board.index("磨课") < board.index("读课标和教材") < board.index("必做")
    assert "启动与选题" in page(client, f"{planned.plan}/stages/{planned.first}")


def test_an_item_of_another_workshop_is_out_of_reach(app, cast, client_for, planned):
    other = Room(app, cast, name="另一个")
    for form in ({"id": planned.items[0], "step": "up"}, {"id": planned.items[0], "stage_id": planned.first}):
        answer = client_for("leader").post(f"{other.home}/plan/order", data={"kind": "item", **form})
        assert answer.status_code == 404


def test_a_helper_without_the_right_looks_only(app, cast, client_for, planned):
    with app.app_context(), unit_of_work():
        workshop, member = db.session.get(Workshop, planned.room.w), membership_of(planned.room.w, cast.teacher.id)
        membership.change_role(cast.user("leader"), workshop, member, Role.FACILITATOR.value)
    client = client_for("teacher")
    assert "添加阶段" in page(client, planned.plan)
    with app.app_context(), unit_of_work():
        membership_of(planned.room.w, cast.teacher.id).rights = "admit,moderate"
    assert "添加阶段" not in page(client, planned.plan)
    step = {"kind": "item", "id": planned.items[0], "step": "down"}
    assert client.post(f"{planned.plan}/order", data=step).status_code == 403


@pytest.mark.once
def test_the_plan_costs_the_same_queries_with_five_items_and_with_fifty(app, cast, client_for, count_queries, planned):
    client, counts = client_for("leader"), []
    page(client, planned.plan)  # the day's first visit is noted
    for number in (5, 45):
        with app.app_context(), unit_of_work():
            stage = db.session.get(TermStage, planned.first)
            for n in range(number):
                make_item(cast.user("leader"), stage, f"话题{n}", "topic", target_id=planned.room.t)
        with count_queries() as seen:
            page(client, planned.plan)
            page(client, planned.room.home)
            page(client, f"{planned.plan}/progress")
        counts.append(seen.count)
    assert counts[0] == counts[1]


def test_what_is_done_is_known_or_ticked_and_shown_to_those_who_lead(app, cast, client_for, planned):
    with app.app_context(), unit_of_work():
        stage = db.session.get(TermStage, planned.first)
        made = make_item(cast.user("leader"), stage, "看话题", "topic", target_id=planned.room.t).id
        db.session.execute(update(TopicVisit).values(opened_at=None))
    teacher, leader, progress = client_for("teacher"), client_for("leader"), f"{planned.plan}/progress"
    tick = {"id": str(planned.items[0]), "on": "1"}
    assert {teacher.post(f"{planned.plan}/ticks", data=tick, headers=FETCH).status_code for _ in range(2)} == {200}
    teacher.post(f"{planned.room.topic}/visit", data={"number": "1"}, headers=FETCH)
    own = page(teacher, planned.plan)
    assert re.search(r'aria-pressed="true" aria-label="做完了：读课标"', own)
    assert ">看过</span>" in own
    assert ">看过</span>" not in page(client_for("colleague"), planned.plan)
    assert "2 / 4" in page(leader, progress)
    assert teacher.get(progress).status_code == 403
    sheet = openpyxl.load_workbook(io.BytesIO(leader.get(f"{progress}?format=xlsx").data)).active
    rows = {row[1]: row for row in sheet.iter_rows(min_row=3, values_only=True) if row[1]}
    assert rows["李强"][4:] == ("2 / 4", "✓", "", "", "✓")
    assert rows["周敏"][4] == "0 / 4"
    teacher.post(f"{planned.plan}/ticks", data=tick | {"on": "0"}, headers=FETCH)
    with app.app_context():
        items = [db.session.get(TermItem, number) for number in (*planned.items, made)]
        assert done_pairs(items, [cast.teacher.id]) == {(made, cast.teacher.id)}


def test_changes_of_a_day_are_one_message_in_the_evening_and_search_knows_the_items(app, cast, client_for, planned):
    def told():
        with app.app_context():
            kinds = select(Notification.user_id).where(Notification.kind == "term_plan")
            return sorted(db.session.scalars(kinds))

    with app.app_context():
        jobs = db.session.scalars(select(Job).where(Job.kind == termplan.PLAN_NEWS)).all()
        assert len(jobs) == 1
        with unit_of_work():
            tell_of_plan(jobs[0].payload, None)
        [document] = sources()["term_item"].load([planned.items[0]])
        assert (document.title, document.body) == ("读课标", "启动与选题\n")
    assert told() == sorted([cast.teacher.id, cast.colleague.id])
    client_for("leader").post(f"{planned.plan}/removal", data={"kind": "stage", "id": planned.first, "on": "1"})
    with app.app_context():
        assert list(sources()["term_item"].load(planned.items)) == []
        queued = select(SearchOutbox.object_id).where(SearchOutbox.kind == "term_item")
        assert set(planned.items) <= set(db.session.scalars(queued))
        assert len(db.session.scalars(select(Job).where(Job.kind == termplan.PLAN_NEWS)).all()) == 1
