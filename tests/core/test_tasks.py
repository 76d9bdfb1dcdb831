"""Background jobs: whoever runs one may die at any moment."""

import contextvars
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from yanxiu.core import clock, tasks
from yanxiu.core.db import db, is_sqlite
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
    WorkerStoppingError,
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


def test_what_changes_while_a_job_runs_is_worked_on_again_and_not_beside_it(app, ctx, monkeypatch):
    """The running job has read what it needs: a change after that needs another run, after this one."""
    ran, beside = [], []

    def work(payload, job):
        ran.append(payload["n"])
        if len(ran) == 1:
            with unit_of_work():
                enqueue("work", {"n": 2}, key="k")
            beside.append(Worker(app, "other").run_one())

    monkeypatch.setitem(tasks._handlers, "work", work)
    with unit_of_work():
        enqueue("work", {"n": 1}, key="k")
    assert Worker(app).run_until_idle() == 2
    assert ran == [1, 2]
    assert beside == [False]


def test_a_job_that_fails_leaves_the_rest_to_one_of_its_key_that_waits(app, ctx, monkeypatch):
    def fail(payload, job):
        with unit_of_work():
            enqueue("note", {"n": 2}, key="k")
        raise RuntimeError("broken")

    ran = []
    monkeypatch.setitem(tasks._handlers, "fail", fail)
    monkeypatch.setitem(tasks._handlers, "note", lambda payload, job: ran.append(payload["n"]))
    with unit_of_work():
        enqueue("fail", {}, key="k")
    Worker(app).run_until_idle()
    assert ran == [2]
    states = [(job.kind, job.state) for job in db.session.scalars(select(Job).order_by(Job.id))]
    assert states == [("fail", DONE), ("note", DONE)]


def test_a_job_that_failed_waits_under_its_key(app, ctx, ran):
    with unit_of_work():
        enqueue("fail", {}, key="k")
    Worker(app).run_until_idle()
    with unit_of_work():
        enqueue("fail", {}, key="k")
    assert only_job().state == QUEUED


def test_two_who_queue_the_same_at_once_queue_it_once(app, ctx, ran):
    """The second waits for the first and finds its job, which may not run before the second is done too."""
    inside, outcome = threading.Event(), []

    def other():
        with app.app_context(), unit_of_work():
            inside.set()
            enqueue("note", {"n": 2}, key="k")
            outcome.append("queued")

    with unit_of_work():
        enqueue("note", {"n": 1}, key="k")
        thread = threading.Thread(target=lambda: contextvars.Context().run(other))
        thread.start()
        # On PostgreSQL the other is inside its own transaction by now, on SQLite it waits to begin one.
        inside.wait(0 if is_sqlite() else 20)
    thread.join(20)
    assert outcome == ["queued"]
    Worker(app).run_until_idle()
    assert ran == [1]


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


def test_a_job_that_stops_with_its_worker_waits_for_the_next_and_has_lost_no_try(app, ctx, ran, monkeypatch):
    worker = Worker(app)

    def long(payload, job):
        worker.stop()
        assert job.stopping.is_set()
        raise WorkerStoppingError

    monkeypatch.setitem(tasks._handlers, "media.long", long)
    with unit_of_work():
        enqueue("media.long", {}, key="one")
    for _ in range(MAX_ATTEMPTS + 1):
        worker = Worker(app)
        assert worker.run_one()
    job = only_job()
    assert (job.state, job.attempts, job.lease_until, job.open_key) == (QUEUED, 0, None, "one")
    monkeypatch.setitem(tasks._handlers, "media.long", lambda payload, job: ran.append("done"))
    assert Worker(app).run_one()
    assert ran == ["done"]


def test_slow_jobs_never_hold_up_fast_ones(app, ctx, ran):
    with unit_of_work():
        enqueue("media.note", {"n": "slow"})
        enqueue("note", {"n": "fast"})
    Worker(app, lane=FAST).run_until_idle()
    assert ran == ["fast"]
    Worker(app, lane=SLOW).run_until_idle()
    assert ran == ["fast", "slow"]
