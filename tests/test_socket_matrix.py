"""Every socket event and every live room × every principal; what is not listed fails."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import socketio as socketio_client

from tests.support.clients import client_of, session_cookie
from tests.support.matrix import PRINCIPALS, SocketRow, filled
from tests.support.sockets import hang_up, new_socket
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import socketio
from yanxiu.web import live

FEATURES: list[ModuleType] = [
    importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("*/matrix*.py"))
    if path.parent.name != "support"
]
ROWS: dict[str, tuple[ModuleType, SocketRow]] = {
    f"{feature.__name__.split('.')[1]}: {name}": (feature, row)
    for feature in FEATURES
    for name, row in getattr(feature, "SOCKETS", {}).items()
}
LIFECYCLE = {"connect", "disconnect"}


def test_every_event_is_listed(app):
    handled = {
        (namespace, event)
        for namespace, handlers in socketio.server.handlers.items()
        for event in handlers
        if event not in LIFECYCLE
    }
    listed = {(row.namespace, row.event) for _feature, row in ROWS.values()}
    assert sorted(handled - listed) == []
    assert sorted(listed - handled) == []


def test_every_live_room_is_listed(app):
    listed = {str(row.message["topic"]).split(":")[0] for _f, row in ROWS.values() if "topic" in row.message}
    assert sorted(set(live._rooms) - listed) == []


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_principal_hears_what_is_written_down(app, cast, live_server, name):
    feature, row = ROWS[name]
    with app.app_context(), unit_of_work():
        names = feature.build(cast)
    heard = {principal: answer_for(app, cast, live_server.url, principal, row, names) for principal in PRINCIPALS}
    assert heard == dict(row.expect)


def answer_for(app, cast, url: str, principal: str, row: SocketRow, names: dict[str, Any]) -> str:
    """Connect as `principal`, send the event, return the word that stands for the answer."""
    socket = new_socket()
    headers = {}
    if principal != "anonymous":
        headers["Cookie"] = f"yanxiu={session_cookie(client_of(app, cast, principal))}"
    try:
        socket.connect(url, headers=headers, namespaces=[row.namespace], transports=["websocket"])
    except socketio_client.exceptions.ConnectionError:
        hang_up(socket)
        return "refused"
    try:
        if row.probe is not None:
            return row.probe(socket, names)
        answer = socket.call(row.event, filled(row.message, names), namespace=row.namespace, timeout=10)
        return "ok" if answer["ok"] else answer["code"]
    finally:
        hang_up(socket)
