"""Rows that are kept for a time only: finished jobs, ended sign-ins, failed attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.accounts import make_session
from tests.support.cast import Cast
from yanxiu.accounts.models import SignInFailure, UserSession
from yanxiu.core import clock, housekeeping
from yanxiu.core.db import db
from yanxiu.core.housekeeping import forget_expired
from yanxiu.core.tasks import DONE, FAILED, QUEUED, Job
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.usefixtures("ctx")


def test_finished_jobs_are_forgotten_failed_ones_later_and_waiting_ones_never() -> None:
    past = clock.now() - timedelta(days=30)
    with unit_of_work():
        for state, finished_at in ((DONE, past), (DONE, clock.now()), (FAILED, past), (QUEUED, None)):
            db.session.add(Job(kind="k", payload={}, state=state, run_at=past, finished_at=finished_at))
    assert forget_expired() == 1
    with clock.frozen(clock.now() + timedelta(days=365)):
        forget_expired()
        assert db.session.scalars(select(Job.state)).all() == [QUEUED]


def test_ended_sign_ins_and_old_failures_are_forgotten_and_nobody_is_signed_out(cast: Cast) -> None:
    with unit_of_work():
        ended = make_session(cast.user("teacher"))
        ended.revoked_at = clock.now() - timedelta(days=60)
        old = make_session(cast.user("teacher"))
        old.expires_at = clock.now() - timedelta(days=60)
        for age in (0, 3):
            db.session.add(SignInFailure(account="nobody", at=clock.now() - timedelta(days=age)))
        gone = {ended.id, old.id}
    before = set(db.session.scalars(select(UserSession.id)))
    assert forget_expired() == 3
    assert set(db.session.scalars(select(UserSession.id))) == before - gone
    assert db.session.scalar(select(func.count(SignInFailure.id))) == 1


def test_many_rows_go_in_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 2)
    with unit_of_work():
        for _ in range(5):
            db.session.add(SignInFailure(account="nobody", at=clock.now() - timedelta(days=9)))
    assert forget_expired() == 5
