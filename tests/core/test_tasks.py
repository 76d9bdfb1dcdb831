"""Background jobs: whoever runs one may die at any moment."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from yanxiu.core import clock, tasks
from yanxiu.core.db import db
from yanxiu.core.tasks import (
    DONE,
    FAILED,
    FAST,
    LEASE_S,
    MAX_ATTEMPTS,
    QUEUED,
    SLOW,
    Job,
    LeaseLostError,
    Worker,
    enqueue,
)
from yanxiu.core.unit_of_work import unit_of_work


@pytest.fixture
def ran(monkeypatch):
    """Job kinds `note`, `media.note` and `fail`; returns what ran."""
    seen = []

    def fail(payload, job):
        raise RuntimeError("broken")

    def note(payload, job):
        seen.append(payload["n"])

    for kind, handler in (("note", note), ("media.note", note), ("fail", fail)):
        monkeypatch.setitem(tasks._handlers, kind, handler)
    return seen


def only_job() -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job)).one()


def test_a_job_runs_once(app, ctx, ran):
    with unit_of_work():
        enqueue("note", {"n": 1})
    assert Worker(app).run_until_idle() == 1
    assert ran == [1]
    assert only_job().state == DONE


def test_a_job_whose_transaction_failed_never_was(app, ctx, ran):
    with pytest.raises(KeyError), unit_of_work():
        enqueue("note", {"n": 1})
        raise KeyError
    assert Worker(app).run_until_idle() == 0


def test_the_same_key_is_queued_once_while_unfinished(app, ctx, ran):
    for _ in range(2):
        with unit_of_work():
            enqueue("note", {"n": 1}, key="k")
    Worker(app).run_until_idle()
    with unit_of_work():
        enqueue("note", {"n": 2}, key="k")
    Worker(app).run_until_idle()
    assert ran == [1, 2]


def test_a_failing_job_is_tried_again_later_and_given_up_in_the_end(app, ctx, ran):
    with unit_of_work():
        enqueue("fail", {})
    moment = clock.now()
    for attempt in range(MAX_ATTEMPTS):
        moment += timedelta(hours=2)
        with clock.frozen(moment):
            assert Worker(app).run_one()
            assert only_job().state == (FAILED if attempt == MAX_ATTEMPTS - 1 else QUEUED)
    assert "broken" in (only_job().error or "")


def test_a_job_of_a_dead_worker_is_taken_over_when_its_lease_ends(app, ctx, ran):
    with unit_of_work():
        enqueue("note", {"n": 1})
    dead = Worker(app, "dead")
    assert dead._take() is not None
    assert not Worker(app).run_one()
    with clock.frozen(clock.now() + timedelta(seconds=LEASE_S + 1)):
        assert Worker(app).run_one()
    assert ran == [1]


def test_a_job_that_kills_its_worker_each_time_is_given_up(app, ctx, ran):
    with unit_of_work():
        enqueue("note", {"n": 1})
    moment = clock.now()
    for _ in range(MAX_ATTEMPTS):
        moment += timedelta(seconds=LEASE_S + 1)
        with clock.frozen(moment):
            Worker(app, "dead")._take()
    with clock.frozen(moment + timedelta(seconds=LEASE_S + 1)):
        assert not Worker(app).run_one()
    assert only_job().state == FAILED
    assert ran == []


def test_a_worker_that_lost_its_lease_notices(app, ctx, ran):
    with unit_of_work():
        enqueue("note", {"n": 1})
    slow = Worker(app, "slow")
    taken = slow._take()
    assert taken is not None
    with clock.frozen(clock.now() + timedelta(seconds=LEASE_S + 1)):
        Worker(app, "other")._take()
        with pytest.raises(LeaseLostError):
            tasks.JobContext(taken[0], app, "slow").extend()


def test_slow_jobs_never_hold_up_fast_ones(app, ctx, ran):
    with unit_of_work():
        enqueue("media.note", {"n": "slow"})
        enqueue("note", {"n": "fast"})
    Worker(app, lane=FAST).run_until_idle()
    assert ran == ["fast"]
    Worker(app, lane=SLOW).run_until_idle()
    assert ran == ["fast", "slow"]
