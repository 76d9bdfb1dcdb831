"""Edits that reached the disk, stored by a process that was killed before it told the program."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.lessonplans import find_text, make_plan
from tests.support.rt_client import new_update
from yanxiu import wiring
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.collab.store import Append, DocumentStore
from yanxiu.lessonplans.models import PlanContributor
from yanxiu.lessonplans.queries import edits_behind_text, find_plan, plans_behind_their_log, revisions_page
from yanxiu.notifications.models import Notification


@pytest.fixture
def plan_id(app, cast, work) -> int:
    """A plan that came to rest an hour ago."""
    then = clock.now() - timedelta(hours=1)
    with app.app_context(), clock.frozen(then), unit_of_work():
        plan_id = make_plan(cast.user("leader")).id
    work()
    return plan_id


def store_and_die(app, plan_id: int, line: str, *user_ids: int) -> None:
    """What is left of a server that was killed right after its commit."""
    with app.app_context():
        DocumentStore(db.engine).append([Append(plan_id, [new_update(line)], frozenset(user_ids))])


def start_worker(app, work) -> None:
    with app.app_context():
        wiring.before_work()
    work()


def test_stored_edits_that_nobody_was_told_of_are_noted_when_a_worker_starts(app, cast, plan_id, work):
    store_and_die(app, plan_id, "写完就断电了", cast.teacher.id, cast.colleague.id)
    with app.app_context():
        assert "写完就断电了" not in find_text(plan_id).text
        stored_at = edits_behind_text(plan_id)[1]
    start_worker(app, work)
    with app.app_context():
        assert "写完就断电了" in find_text(plan_id).text
        plan = find_plan(plan_id)
        assert plan.edited_at == stored_at
        assert plan.edited_by_id in (cast.teacher.id, cast.colleague.id)
        writers = db.session.query(PlanContributor.user_id).filter_by(plan_id=plan_id)
        assert {row.user_id for row in writers} == {cast.teacher.id, cast.colleague.id}


@pytest.mark.parametrize("keys", [("teacher", "colleague"), ("colleague", "teacher")])
def test_the_last_one_who_wrote_is_named_whatever_their_number(app, cast, plan_id, work, keys):
    for key in keys:
        store_and_die(app, plan_id, f"{key}写的", cast.people[key].id)
    start_worker(app, work)
    with app.app_context():
        assert find_plan(plan_id).edited_by_id == cast.people[keys[-1]].id


def test_what_was_noted_is_left_alone(app, cast, plan_id, work):
    store_and_die(app, plan_id, "记过了", cast.teacher.id)
    start_worker(app, work)
    with app.app_context():
        before = find_plan(plan_id).edited_at
        assert plan_id not in plans_behind_their_log()
    start_worker(app, work)
    with app.app_context():
        assert find_plan(plan_id).edited_at == before


def test_edits_that_were_noted_and_not_yet_rendered_are_only_rendered(app, cast, plan_id, work):
    store_and_die(app, plan_id, "记了还没排好", cast.teacher.id)
    with app.app_context(), unit_of_work():
        plan = find_plan(plan_id)
        plan.edited_at = noted = clock.now() + timedelta(seconds=1)
    start_worker(app, work)
    with app.app_context():
        assert "记了还没排好" in find_text(plan_id).text
        assert find_plan(plan_id).edited_at == noted


def revisions(app, plan_id: int) -> list[tuple[str, str]]:
    with app.app_context():
        return [(revision.kind, revision.title) for revision in revisions_page(plan_id).items]


def test_what_people_left_is_kept_once_when_they_have_stopped_for_a_while(app, cast, client_for, plan_id, work):
    store_and_die(app, plan_id, "写到一半", cast.teacher.id)
    start_worker(app, work)
    assert revisions(app, plan_id) == []
    for _ in range(2):
        with clock.frozen(clock.now() + timedelta(minutes=11)):
            start_worker(app, work)
        assert [kind for kind, _title in revisions(app, plan_id)] == ["automatic"]
    title = revisions(app, plan_id)[0][1]
    leader = client_for("leader")
    assert "写到一半" in leader.get(f"/lesson-plans/{plan_id}/revisions/1").text
    assert f"{title}</a>" in leader.get(f"/lesson-plans/{plan_id}/revisions").text
    assert title not in leader.get(f"/lesson-plans/{plan_id}").text
    with app.app_context():
        assert db.session.query(Notification).filter_by(kind="plan_revision").count() == 0


def test_what_a_version_contains_is_not_kept_again(app, cast, client_for, plan_id, work):
    store_and_die(app, plan_id, "留成一稿", cast.teacher.id)
    client_for("leader").post(f"/lesson-plans/{plan_id}/revisions", data={"title": "一稿"})
    start_worker(app, work)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        start_worker(app, work)
    assert revisions(app, plan_id) == [("named", "一稿")]


def test_a_deleted_plan_rests(app, cast, plan_id, work):
    store_and_die(app, plan_id, "删掉以前", cast.teacher.id)
    with app.app_context(), unit_of_work():
        services.delete_plan(cast.user("leader"), find_plan(plan_id))
    start_worker(app, work)
    with app.app_context():
        assert "删掉以前" not in find_text(plan_id).text
