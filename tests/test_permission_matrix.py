"""Every route × every principal: the answer is written down, and a route that is not listed fails."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tests.support.clients import client_of
from tests.support.matrix import PRINCIPALS, Row, filled
from tests.support.worlds import ROWS, by_feature


def routes_of(app) -> set[tuple[str, str]]:
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def test_every_route_is_listed_and_every_row_is_a_route(app):
    routes = routes_of(app)
    assert sorted(routes - ROWS.keys()) == []
    assert sorted(ROWS.keys() - routes) == []


def test_every_row_names_every_principal():
    for route, (_feature, row) in ROWS.items():
        assert set(row.expect) == set(PRINCIPALS), route


@pytest.mark.once
@pytest.mark.parametrize("route", by_feature(ROWS))
def test_each_principal_gets_what_is_written_down(app, cast, worlds, route):
    feature, row = ROWS[route]
    method, got = route[0], {}
    names: dict[str, Any] | None = None
    for principal in PRINCIPALS:
        names = names or worlds.enter(feature, anew=row.builds_files)
        got[principal] = status_for(app, cast, principal, method, row, names)
        if method != "GET" and got[principal] < 400:
            names = None  # what one principal changed must not meet the next
    assert got == dict(row.expect)


def status_for(app, cast, principal: str, method: str, row: Row, names: dict[str, Any]) -> int:
    client = client_of(app, cast, principal)
    options: dict[str, Any] = {"headers": filled(dict(row.headers), names)}
    if row.json is not None:
        options["json"] = filled(row.json, names)
    elif row.body is not None:
        options["data"] = row.body
    elif row.data is not None or row.files:
        data = filled(dict(row.data or {}), names)
        data.update({name: (BytesIO(content), filename) for name, (content, filename) in row.files.items()})
        options["data"] = data
    answer = client.open(filled(row.url, names), method=method, **options)
    answer.close()
    return answer.status_code
