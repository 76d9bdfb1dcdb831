"""One write transaction, its reactions, and what happens when something goes wrong."""

import threading
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from yanxiu.core import events
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.live import LiveTopic, bump, current_seq
from yanxiu.core.unit_of_work import current_unit_of_work, unit_of_work


@dataclass(frozen=True)
class Rang(events.Event):
    number: int


@pytest.fixture
def bell(monkeypatch):
    """Listen to `Rang` at both moments; returns what was heard, in order."""
    heard = []
    monkeypatch.setitem(
        events._subscribers, (Rang, events.Moment.IN_TRANSACTION), [lambda e: heard.append(("inside", e.number))]
    )
    monkeypatch.setitem(
        events._subscribers, (Rang, events.Moment.AFTER_COMMIT), [lambda e: heard.append(("after", e.number))]
    )
    return heard


def test_reactions_run_inside_before_the_commit_and_after_it(ctx, bell):
    with unit_of_work():
        events.record(Rang(1))
        events.record(Rang(2))
        assert bell == []
    assert bell == [("inside", 1), ("inside", 2), ("after", 1), ("after", 2)]


def test_an_error_rolls_everything_back_and_tells_nobody(ctx, bell):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        bump("topic:1", "post", 1)
        events.record(Rang(1))
        _ = 1 // 0
    assert current_seq("topic:1") == 0
    assert bell == []
    assert current_unit_of_work() is None


def test_a_reaction_inside_may_veto(ctx, monkeypatch):
    def refuse(_event):
        raise ValueError("no")

    monkeypatch.setitem(events._subscribers, (Rang, events.Moment.IN_TRANSACTION), [refuse])
    with pytest.raises(ValueError, match="no"), unit_of_work():
        bump("topic:1", "post", 1)
        events.record(Rang(1))
    assert current_seq("topic:1") == 0


def test_an_error_after_the_commit_harms_nothing(ctx, monkeypatch, caplog):
    def fail(_event):
        raise RuntimeError("nobody listens")

    monkeypatch.setitem(events._subscribers, (Rang, events.Moment.AFTER_COMMIT), [fail])
    with unit_of_work():
        bump("topic:1", "post", 1)
        events.record(Rang(1))
    assert current_seq("topic:1") == 1
    assert "a reaction after the commit failed" in caplog.text


def test_an_inner_unit_joins_the_outer_one(ctx, bell):
    with pytest.raises(KeyError), unit_of_work():
        with unit_of_work():
            bump("topic:1", "post", 1)
            events.record(Rang(1))
        raise KeyError
    assert current_seq("topic:1") == 0
    assert bell == []


def test_an_event_outside_is_a_mistake(ctx):
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        events.record(Rang(1))


def test_writing_outside_fails_at_once_on_sqlite(ctx):
    if not is_sqlite():
        pytest.skip("PostgreSQL has no query_only")
    with pytest.raises(OperationalError, match="readonly"):
        db.session.execute(sa.insert(LiveTopic).values(name="topic:1", seq=1))


def test_sqlite_is_set_up_by_the_rules(ctx):
    if not is_sqlite():
        pytest.skip("rules of SQLite")

    def pragma(name):
        return db.session.execute(sa.text(f"PRAGMA {name}")).scalar_one()

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 15_000
    assert pragma("query_only") == 1


def test_racing_writers_lose_nothing(app, ctx):
    def raise_plainly():
        for _ in range(25):
            with app.app_context(), unit_of_work():
                bump("topic:1", "post", 1)

    threads = [threading.Thread(target=raise_plainly) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert current_seq("topic:1") == 100
