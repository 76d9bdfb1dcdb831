"""Edits that reached the disk, stored by a process that was killed before it told the program."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.lessonplans import make_plan
from tests.support.rt_client import new_update
from yanxiu import wiring
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.collab.store import Append, DocumentStore
from yanxiu.lessonplans.models import PlanContributor
from yanxiu.lessonplans.queries import edits_behind_text, find_plan, find_text, plans_behind_their_log


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


def test_a_deleted_plan_rests(app, cast, plan_id, work):
    store_and_die(app, plan_id, "删掉以前", cast.teacher.id)
    with app.app_context(), unit_of_work():
        services.delete_plan(cast.user("leader"), find_plan(plan_id))
    start_worker(app, work)
    with app.app_context():
        assert "删掉以前" not in find_text(plan_id).text
