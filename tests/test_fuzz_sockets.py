"""Hostile messages to every socket event: the server answers or hangs up, and never breaks."""

from __future__ import annotations

import logging

import pytest
import socketio as socketio_client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.eventually import eventually
from tests.support.sockets import hang_up, new_socket
from yanxiu.extensions import socketio

EXAMPLES = 250
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=True)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
    | st.binary(max_size=60)
    | st.sampled_from(
        ["topic:1", "workshop:-1", "lesson:99999999999999", "plan:" + "9" * 400, "user:1\x00", "::", "plan:1 OR 1=1"]
    )
)
keys = st.sampled_from(["topic", "doc", "seq", "sv", "cid", "v", "h", "__proto__", ""])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=8
)
messages = values | st.dictionaries(keys, values, min_size=1, max_size=5) | st.lists(values, min_size=1, max_size=4)


def events_of(namespace: str) -> list[str]:
    return sorted(set(socketio.server.handlers[namespace]) - {"connect", "disconnect"})


@pytest.mark.once
@pytest.mark.parametrize("namespace", ["/live", "/rt"])
def test_no_message_breaks_the_server(app, socket_for, client_for, live_server, namespace, caplog):
    """The process logs no error, keeps no handler hanging, and still serves somebody else afterwards."""
    if namespace not in socketio.server.handlers:
        pytest.skip(f"{namespace} has no events")
    caplog.set_level(logging.ERROR)
    names = events_of(namespace)
    sockets = {"now": socket_for("teacher", namespace)}

    @given(event=st.sampled_from(names), message=messages)
    @settings(max_examples=EXAMPLES * len(names), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def send(event: str, message: object) -> None:
        if not sockets["now"].connected:
            sockets["now"] = socket_for("teacher", namespace)
        sockets["now"].emit(event, message, namespace=namespace)

    send()
    other = socket_for("colleague", "/live")
    assert other.call("join", {"topic": "nothing:1"}, namespace="/live")["ok"] is False
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.once
def test_bytes_that_are_no_message_at_all_only_cost_their_sender(live_server, socket_for, caplog):
    caplog.set_level(logging.ERROR)
    for junk in (b"", b"\xc1", b"\x00" * 100, b"\x93\x01\x02", b"\xdf\xff\xff\xff\xff", b"4" * 50_000):
        hostile = socket_for("teacher")
        hostile.eio.send(junk)
    assert socket_for("colleague").call("join", {"topic": "x:1"}, namespace="/live")["ok"] is False


@pytest.mark.once
def test_a_message_above_the_limit_closes_the_socket_and_nothing_else(live_server, socket_for):
    large, other = socket_for("teacher"), socket_for("colleague")
    large.emit("join", {"topic": "x" * 1_200_000}, namespace="/live")
    eventually(lambda: not large.connected)
    assert other.call("join", {"topic": "x:1"}, namespace="/live")["ok"] is False


def test_a_socket_without_a_session_is_refused(live_server):
    socket = new_socket()
    with pytest.raises(socketio_client.exceptions.ConnectionError):
        socket.connect(live_server.url, namespaces=["/live"], transports=["websocket"])
    hang_up(socket)
