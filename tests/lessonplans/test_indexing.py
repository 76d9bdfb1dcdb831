"""What search is told about a plan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.lessonplans import make_plan
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.search_queue import SearchOutbox
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.indexing import load
from yanxiu.workshops.services.workshops import WorkshopDetails, change_workshop

pytestmark = pytest.mark.usefixtures("ctx")


def test_a_plan_made_on_new_years_morning_is_of_the_new_year(cast):
    with clock.frozen(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)), unit_of_work():
        plan = make_plan(cast.user("leader"))
    assert [document.year for document in load([plan.id])] == ["2027"]


def test_a_workshop_that_is_renamed_takes_its_plans_along(cast):
    with unit_of_work():
        workshop = make_workshop(cast.user("leader"))
        plan = make_plan(cast.user("leader"), visibility="workshop", workshop_id=workshop.id)
    with unit_of_work():
        db.session.execute(db.delete(SearchOutbox))
        renamed = WorkshopDetails("换了名字的工作坊", workshop.subject, workshop.stage, workshop.term)
        change_workshop(cast.user("leader"), workshop, renamed)
    queued = {(row.kind, row.object_id) for row in db.session.query(SearchOutbox)}
    assert ("plan", plan.id) in queued
    assert [document.place for document in load([plan.id])] == ["换了名字的工作坊"]
