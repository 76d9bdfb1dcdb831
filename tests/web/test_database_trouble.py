"""What people see while the database takes no writes, or does not answer at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.support.cast import Cast
from tests.support.clients import Client
from tests.support.resources import make_resource
from yanxiu.accounts.models import UserSession
from yanxiu.core import clock
from yanxiu.core.db import db, is_sqlite
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.models import Resource

ClientFor = Callable[[str], Client]


@contextmanager
def locked_database(app: Flask, tables: str) -> Iterator[None]:
    """Somebody else holds the lock of all writes."""
    with app.app_context(), db.engine.connect().execution_options(yanxiu_write=True) as other:
        if not is_sqlite():
            other.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        else:
            other.exec_driver_sql("SELECT 1")
        yield
        other.rollback()


def seen_last(app: Flask, user_id: int) -> Any:
    with app.app_context():
        statement = sa.select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.id.desc())
        return db.session.scalars(statement).first().last_seen_at


def age_sign_ins(app: Flask, user_id: int) -> None:
    with app.app_context(), unit_of_work():
        statement = sa.update(UserSession).where(UserSession.user_id == user_id)
        db.session.execute(statement.values(last_seen_at=clock.now() - timedelta(hours=1)))


def test_pages_open_while_nobody_can_write(app: Flask, cast: Cast, device_for: ClientFor) -> None:
    client = device_for("teacher")
    age_sign_ins(app, cast.teacher.id)
    before = seen_last(app, cast.teacher.id)
    with locked_database(app, "user_session"):
        answer = client.get("/workshops")
    assert answer.status_code == 200
    assert cast.teacher.name in answer.text
    assert seen_last(app, cast.teacher.id) == before
    client.get("/workshops")
    assert seen_last(app, cast.teacher.id) > before


def test_a_file_can_be_downloaded_while_nobody_can_write(app: Flask, cast: Cast, client_for: ClientFor) -> None:
    with app.app_context():
        resource_id = make_resource(cast.user("leader")).id
    client = client_for("teacher")
    with locked_database(app, "resource, resource_download"):
        assert client.get(f"/resources/{resource_id}/download").status_code == 200
    assert client.get(f"/resources/{resource_id}/download").status_code == 200
    with app.app_context():
        assert db.session.get_one(Resource, resource_id).download_count == 1


@contextmanager
def no_database(app: Flask) -> Iterator[None]:
    """Every statement fails."""

    def refuse(*_: Any) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", refuse)


def test_without_a_database_the_page_still_says_so_in_words(app: Flask, client_for: ClientFor) -> None:
    client = client_for("teacher")
    with no_database(app):
        page = client.get("/resources")
        data = client.get("/resources", headers={"X-Requested-With": "fetch"})
    assert (page.status_code, data.status_code) == (503, 503)
    assert "服务器正忙" in page.text
    assert 'class="topbar' in page.text
    assert ">登录<" not in page.text
    assert data.json["code"] == "busy"


@pytest.mark.once
def test_a_broken_transaction_does_not_break_the_page_that_says_so(
    app: Flask, client_for: ClientFor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writes_without_a_unit() -> str:
        db.session.add(UserSession(user_id=cast.teacher.id, token_hash="x", expires_at=clock.now()))
        db.session.flush()
        return ""

    monkeypatch.setitem(app.view_functions, "resources.index", writes_without_a_unit)
    answer = client_for("teacher").get("/resources")
    assert answer.status_code == 503
    assert "服务器正忙" in answer.text
    assert cast.teacher.name in answer.text


@pytest.mark.once
def test_there_are_connections_for_many_requests_at_once(app: Flask) -> None:
    with app.app_context():
        pool = db.engine.pool
    assert pool.size() + pool._max_overflow == app.config["YANXIU"].database_connections
