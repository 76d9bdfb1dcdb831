"""Mass assignment: every writing door is posted with every column name of every table added; nothing unexpected changes.

What a door changes with its plain form is what it may change; the same form with all other column names added (as
text, and as a nested JSON) must change exactly the same columns to the same values.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from wtforms.form import BaseForm

from tests.support.clients import client_of
from tests.support.matrix import PRINCIPALS, Row, filled
from tests.support.worlds import ROWS, Worlds, by_feature
from yanxiu.core.db import UtcDateTime, db

FORMS = sorted(route for route in ROWS if route[0] != "GET")
SECRETS = frozenset({"hash", "previous_hash", "token_hash", "password_hash", "sha256", "key"})
"""Columns whose value is random or chained; like all moments they differ from run to run and are not from a form."""
WATCHED = ("user", "organization", "appointment", "user_session", "workshop", "workshop_member")
"""Tables that hold rights: their every column is compared, row by row."""


def columns() -> dict[str, str]:
    """Every column name of every table, with a value an attacker would like."""
    names = {column.name for table in db.metadata.sorted_tables for column in table.columns}
    wanted = {"role": "county_admin", "is_active": "1", "must_change_password": "0", "path": "/1/", "username": "pwned"}
    numbers = {name: "1" for name in names if name == "id" or name.endswith("_id")}
    return {name: wanted.get(name, numbers.get(name, "1")) for name in sorted(names)}


def rights() -> dict[str, list[dict[str, Any]]]:
    """The rows of the watched tables without what differs from run to run."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name in WATCHED:
            kept = [c for c in table.columns if c.name not in SECRETS and not isinstance(c.type, UtcDateTime)]
            rows = db.session.execute(select(*kept).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [dict(row) for row in rows]
    db.session.rollback()
    return found


def who_may(row: Row) -> str:
    return next(
        (who for who in ("teacher", "leader", *PRINCIPALS) if row.expect[who] in (200, 201, 204, 302)), "teacher"
    )


def send(app, cast, worlds: Worlds, route, extra: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    feature, row = ROWS[route]
    names = worlds.enter(feature, anew=row.builds_files)
    who = who_may(row)
    client = client_of(app, cast, who)
    options: dict[str, Any] = {"headers": filled(dict(row.headers), names)}
    if row.json is not None:
        sent = filled(row.json, names)
        options["json"] = {**extra, **sent} if isinstance(sent, dict) else sent
    elif row.body is not None:
        options["data"] = row.body
    else:
        data = {**extra, **filled(dict(row.data or {}), names)}
        data.update({name: (BytesIO(content), filename) for name, (content, filename) in row.files.items()})
        options["data"] = data
    with contextlib.closing(client.open(filled(row.url, names), method=route[0], **options)) as answer:
        status = answer.status_code
    with app.app_context():
        return status, rights()


@pytest.fixture
def asked(monkeypatch) -> set[str]:
    """The names of all form fields that were built so far: what a door asks for, it may take."""
    names: set[str] = set()
    original = BaseForm.process

    def process(form: BaseForm, *arguments: Any, **more: Any) -> None:
        names.update(form._fields)
        original(form, *arguments, **more)

    monkeypatch.setattr(BaseForm, "process", process)
    return names


@pytest.mark.once
@pytest.mark.parametrize("route", by_feature(FORMS))
def test_column_names_added_to_a_form_change_nothing(app, cast, worlds, route, asked):
    plain_status, plain = send(app, cast, worlds, route, {})
    known = asked | set(ROWS[route][1].data or {})
    status, attacked = send(app, cast, worlds, route, {k: v for k, v in columns().items() if k not in known})
    assert status == plain_status
    assert attacked == plain
