"""SQLite held by somebody else: a plain answer after the patience of the connection, reading goes on, nothing is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextvars import ContextVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tests.support.databases import let_go
from tests.support.empty_database import server_url
from tests.support.workshops import make_topic, make_workshop
from yanxiu.core import db as module
from yanxiu.core.db import db
from yanxiu.core.tasks import QUEUED, Job, Worker, enqueue
from yanxiu.core.turns import NEXT, TURN
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.workshops.models import Post

pytestmark = pytest.mark.skipif(server_url() is not None, reason="PostgreSQL locks rows, not the database")


@pytest.fixture
def impatient(app, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections that wait a moment instead of 15 seconds."""
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 30)
    monkeypatch.setattr(module, "patience_ms", ContextVar("patience_ms", default=30))
    with app.app_context():
        let_go(db.engine)
        yield
        db.session.remove()
        let_go(db.engine)


@pytest.fixture
def page(app, cast) -> str:
    with app.app_context(), unit_of_work():
        workshop = make_workshop(cast.user("leader"), [cast.user("teacher")])
        return f"/workshops/{workshop.id}/topics/{make_topic(cast.user('leader'), workshop).id}"


@pytest.fixture
def held(app, impatient: None) -> Iterator[sqlite3.Connection]:
    """Somebody else's write transaction, until `rollback()`."""
    with app.app_context():
        other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def count(app, column: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(column))) or 0


def test_who_writes_hears_that_the_server_is_busy_and_the_same_form_works_afterwards(app, client_for, page, held):
    teacher, reader = client_for_unlocked(held, client_for, "teacher"), client_for_unlocked(held, client_for, "leader")
    before = count(app, Post.id)
    form = {"html": "<p>这句话不能丢</p>", "client_uuid": "7b1c54a2-3c31-4a52-9e0e-3f1f5b6f0a11"}
    told = teacher.post(f"{page}/posts", data=form, headers={"Accept": "application/json"})
    assert told.status_code == 503
    assert told.json["code"] == "busy"
    assert told.json["message"] == "服务器正忙，请稍等几秒再试一次"
    shown = teacher.post(f"{page}/posts", data=form)
    assert shown.status_code == 503
    assert "服务器正忙" in shown.get_data(as_text=True)
    assert reader.get(page).status_code == 200, "reading does not wait for who writes"
    assert count(app, Post.id) == before
    held.rollback()
    assert teacher.post(f"{page}/posts", data=form).status_code == 302
    assert count(app, Post.id) == before + 1
    assert "这句话不能丢" in reader.get(page).get_data(as_text=True)


def client_for_unlocked(held: sqlite3.Connection, client_for, key: str):
    """Signing in writes, so let go for that moment."""
    held.rollback()
    client = client_for(key)
    held.execute("BEGIN IMMEDIATE")
    return client


def test_a_job_waits_while_the_database_is_held_and_runs_afterwards(app, held):
    held.rollback()
    with app.app_context(), unit_of_work():
        enqueue("resources.drop_upload", {"upload_id": 0})
    held.execute("BEGIN IMMEDIATE")
    worker = Worker(app)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        worker.stop() if len(waits) == 2 else held.rollback()

    worker.stopping.wait = wait
    worker.run()
    assert len(waits) == 2, "once because it could not write, once because there was nothing left"
    with app.app_context():
        assert db.session.scalars(select(Job.state).where(Job.state == QUEUED)).all() == []


@pytest.mark.parametrize("byte", [NEXT, TURN])
def test_who_waits_or_writes_in_another_process_comes_first(app, impatient, byte):
    with app.app_context():
        file = f"{db.engine.url.database}-turn"
    holds = (
        f"import fcntl; f = open({file!r}, 'ab'); fcntl.lockf(f, fcntl.LOCK_EX, 1, {byte}); print(flush=True); input()"
    )
    command = [sys.executable, "-c", holds]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(OperationalError, match="locked"), app.app_context(), unit_of_work():
            enqueue("resources.drop_upload", {"upload_id": 0})
        other.communicate("\n")
    with app.app_context(), unit_of_work():
        enqueue("resources.drop_upload", {"upload_id": 0})
    assert count(app, Job.id) == 1


def test_the_patience_of_a_connection_is_what_the_rules_say(ctx):
    assert (
        db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar_one() == module.BUSY_TIMEOUT_MS == 15_000
    )
    assert db.session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    assert db.session.connection().exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    assert db.session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
