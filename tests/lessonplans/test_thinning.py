"""How long versions stay that nobody named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.lessonplans import make_plan
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.housekeeping import forget_expired
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services, thinning
from yanxiu.lessonplans.models import Revision
from yanxiu.lessonplans.queries import stored_document

pytestmark = pytest.mark.usefixtures("ctx")
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
"""Twelve o'clock where the teachers are."""


@pytest.fixture
def plan(cast):
    with unit_of_work():
        return make_plan(cast.user("leader"))


def kept_at(plan, *minutes: int) -> list[int]:
    """Versions kept by themselves so many minutes after noon; their numbers."""
    state, numbers = stored_document(plan.id).snapshot, []
    for seq, minute in enumerate(minutes, start=1):
        with clock.frozen(NOON + timedelta(minutes=minute)), unit_of_work():
            numbers.append(services.keep_rested(plan, state, seq).number)
    return numbers


def left(plan, **later: int) -> list[int]:
    """The numbers that stand after the house was kept so much later."""
    with clock.frozen(NOON + timedelta(**later)):
        forget_expired()
    return sorted(db.session.scalars(db.select(Revision.number).where(Revision.plan_id == plan.id)))


def test_all_of_two_days_the_last_of_an_hour_for_a_month_then_the_last_of_a_day(plan):
    kept_at(plan, 0, 20, 59, 60, 90, 12 * 60 - 1, 12 * 60)
    assert left(plan, days=2) == [1, 2, 3, 4, 5, 6, 7]
    assert left(plan, days=3) == [3, 5, 6, 7]
    assert left(plan, days=29) == [3, 5, 6, 7]
    assert left(plan, days=31) == [6, 7]
    assert left(plan, days=3650) == [6, 7]


def test_what_somebody_named_or_went_back_to_stays_for_ever(cast, plan):
    kept_at(plan, 0, 10, 20)
    state = stored_document(plan.id).snapshot
    with clock.frozen(NOON + timedelta(minutes=5)), unit_of_work():
        services.save_revision(cast.user("leader"), plan, state, "一稿")
        first = db.session.query(Revision).filter_by(number=1).one()
        services.keep_before_restore(cast.user("leader"), plan, state, 9, first)
    kinds = {row.number: row.kind for row in db.session.query(Revision)}
    assert [kinds[number] for number in left(plan, days=400)] == ["automatic", "automatic", "named", "before_restore"]
    assert left(plan, days=400)[:2] == [1, 3]


def test_every_plan_is_looked_at_by_itself(cast, plan, monkeypatch):
    monkeypatch.setattr(thinning, "PLANS_AT_ONCE", 1)
    with unit_of_work():
        others = [make_plan(cast.user("teacher")) for _ in range(2)]
    for one in (plan, *others):
        kept_at(one, 0, 10)
    assert [left(one, days=5) for one in (plan, *others)] == [[2], [2], [2]]
