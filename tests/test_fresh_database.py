"""The database of a test process is what it was, whoever is still at work for the test before."""

from __future__ import annotations

import threading

from sqlalchemy import func, select

from tests.support.dirt import State
from tests.support.fixtures import reset_database
from tests.support.written import WrittenTables
from yanxiu.core.db import db
from yanxiu.core.tasks import Job, enqueue
from yanxiu.core.unit_of_work import unit_of_work


def test_what_a_late_thread_writes_while_the_database_is_brought_back_goes_too(app, database, monkeypatch):
    take, looks = WrittenTables.take_at_rest, []

    def queue() -> None:
        with app.app_context(), unit_of_work():
            enqueue("note", {}, key="late")

    def take_before_somebody_writes(tables: WrittenTables, engine: object) -> frozenset[str]:
        taken = take(tables, engine)
        looks.append(taken)
        if len(looks) == 1:
            late = threading.Thread(target=queue)
            late.start()
            late.join(20)
        return taken

    monkeypatch.setattr(WrittenTables, "take_at_rest", take_before_somebody_writes)
    queue()
    reset_database(app, database)
    if not looks:  # SQLite lets nobody write meanwhile: they come behind, and it is known that they did
        queue()
        assert State.dirty
        reset_database(app, database)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    assert not State.dirty
