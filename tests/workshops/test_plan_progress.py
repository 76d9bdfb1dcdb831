"""What of a term's plan is known to be done by what people really did with the things in it."""

import pytest
from sqlalchemy import select

from tests.support.lessonplans import make_plan
from tests.support.resources import make_resource
from tests.support.workshops import make_item, make_stage
from tests.workshops.stage import FETCH, page
from yanxiu.core.clock import now, today
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models import LessonPlan, PlanContributor
from yanxiu.observations.services.lessons import LessonDraft, create_lesson
from yanxiu.observations.services.watching import note_playing, note_watching
from yanxiu.workshops.models import TermItem, TermStage, TermTick, Workshop
from yanxiu.workshops.queries.plan_progress import done_pairs, items_to_tick


@pytest.fixture
def planned(app, cast, room):
    """A room whose plan holds a lesson plan, a lesson, a resource and a reading."""

    class Planned:
        plan, home = f"{room.home}/plan", room.home

    with app.app_context(), unit_of_work():
        leader, workshop = cast.user("leader"), db.session.get(Workshop, room.w)
        stage = make_stage(leader, workshop, "磨课", today(), today())
        where = {"visibility": "workshop", "workshop_id": room.w}
        Planned.lesson_plan = make_plan(leader, **where).id
        Planned.lesson = create_lesson(leader, leader, LessonDraft("《草船借箭》", **where)).id
        Planned.resource = make_resource(leader, "预习单", **where).id
        stage = db.session.get(TermStage, stage.id)
        things = (("lesson_plan", Planned.lesson_plan), ("lesson", Planned.lesson), ("resource", Planned.resource))
        Planned.items = {kind: make_item(leader, stage, kind, kind, target_id=number).id for kind, number in things}
        Planned.items["reading"] = make_item(leader, stage, "课标", "reading", url="https://example.cn/").id
    return Planned


def done(app, planned, user_id):
    with app.app_context():
        items = [db.session.get(TermItem, number) for number in planned.items.values()]
        pairs = done_pairs(items, [user_id])
        return {kind for kind, number in planned.items.items() if (number, user_id) in pairs}


def test_what_was_really_done_ticks_itself_and_the_rest_is_ticked_by_hand(app, cast, client_for, planned):
    teacher = cast.teacher.id
    assert done(app, planned, teacher) == set()
    assert page(client_for("teacher"), planned.plan).count("标为做完：") == 4
    with app.app_context(), unit_of_work():
        db.session.add(PlanContributor(plan_id=planned.lesson_plan, user_id=teacher))
        note_watching(cast.user("teacher"), planned.lesson)
    assert done(app, planned, teacher) == {"lesson_plan", "lesson"}
    for _again in range(2):
        page(client_for("teacher"), f"/resources/{planned.resource}")
    assert done(app, planned, teacher) == {"lesson_plan", "lesson", "resource"}
    board = page(client_for("teacher"), planned.plan)
    assert ">写过</span>" in board
    assert ">看过</span>" in board
    assert board.count("标为做完：") == 1
    tick = {"id": str(planned.items["reading"]), "on": "1"}
    assert client_for("teacher").post(f"{planned.home}/plan/ticks", data=tick, headers=FETCH).status_code == 200
    assert len(done(app, planned, teacher)) == 4
    assert done(app, planned, cast.colleague.id) == set()


def test_playing_a_recording_ticks_and_only_for_members_while_the_workshop_goes_on(app, cast, planned):
    with app.app_context():
        with unit_of_work():
            note_playing(cast.user("colleague"), planned.lesson)
            note_playing(cast.user("colleague"), planned.lesson)
            note_playing(cast.user("outsider"), planned.lesson)
        ticked = db.session.scalars(select(TermTick.user_id)).all()
        assert ticked == [cast.colleague.id]
        assert items_to_tick("lesson", planned.lesson, cast.teacher.id) == [planned.items["lesson"]]
        with unit_of_work():
            workshop = db.session.scalars(select(Workshop)).first()
            workshop.archived_at = now()
        assert items_to_tick("lesson", planned.lesson, cast.teacher.id) == []


def test_a_plan_says_in_lists_how_far_its_preparation_is(app, client_for, planned):
    with app.app_context(), unit_of_work():
        db.session.get(LessonPlan, planned.lesson_plan).phase = "review"
    assert "评议中" in page(client_for("teacher"), planned.home)
