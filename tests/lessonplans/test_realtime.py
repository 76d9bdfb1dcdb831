"""`yanxiu realtime`: real Socket.IO clients at the lean server, and what its one thread must survive."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest
from socketio.exceptions import ConnectionError as NotConnected

from tests.support.clients import session_cookie
from tests.support.eventually import eventually
from tests.support.frames import HEAD, masked
from tests.support.realtime import RealtimeThread
from tests.support.rt_client import PlanClient, lines_of
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.document.ydoc import load
from yanxiu.lessonplans.queries import find_member, find_plan, stored_document
from yanxiu.lessonplans.sockets import EXTENSION, recheck_documents
from yanxiu.web.lines import frames
from yanxiu.web.lines.frames import FrameError, FrameReader
from yanxiu.web.lines.line import is_own_page
from yanxiu.web.siblings import siblings


@pytest.fixture
def pair(app, monkeypatch):
    """Two servers of one database that hear each other; the application's own comes back afterwards."""
    own, heard = app.extensions[EXTENSION], dict(siblings._handlers)
    servers = [RealtimeThread(app) for _ in range(2)]

    def tell(what, **facts):
        for server in servers:
            server.hears.get(what, lambda **_facts: None)(**facts)

    monkeypatch.setattr(siblings, "tell", tell)
    yield servers
    for server in servers:
        server.stop()
    app.extensions[EXTENSION], siblings._handlers = own, heard


@pytest.fixture
def person_at(client_for, plan_id):
    """`person_at(server, "teacher")`: a replica of that person, not connected yet."""
    made: list[PlanClient] = []

    def make(server: RealtimeThread, key: str) -> PlanClient:
        made.append(PlanClient(server.url, f"yanxiu={session_cookie(client_for(key))}", plan_id))
        return made[-1]

    yield make
    for replica in made:
        replica.drop()


def test_who_may_writes_at_two_servers_and_is_put_out_when_the_right_is_gone(app, cast, plan_id, pair, person_at):
    with app.app_context(), unit_of_work():
        services.invite_member(cast.user("leader"), find_plan(plan_id), cast.user("villager"), "writer")
    leader, villager = person_at(pair[0], "leader").connect(), person_at(pair[1], "villager").connect()
    assert (leader.role, villager.role) == ("write", "write")
    leader.write("这边写的")
    villager.write("那边写的")
    for replica in (leader, villager):
        replica.until_saved()
        eventually(lambda r=replica: {"这边写的", "那边写的"} <= set(r.text_lines()))
    with app.app_context():
        assert {"这边写的", "那边写的"} <= set(lines_of(load(stored_document(plan_id).merged())))
        with unit_of_work():
            db.session.delete(find_member(plan_id, cast.villager.id))
        recheck_documents(plan_id=plan_id)
    eventually(lambda: villager.perms == [None])
    villager.send(b"\x00\x00")
    eventually(lambda: villager.naks == [(villager.sent, "revoked")])


def test_who_is_put_out_between_connecting_and_joining_does_not_come_in(app, cast, plan_id, pair, person_at):
    with app.app_context(), unit_of_work():
        services.invite_member(cast.user("leader"), find_plan(plan_id), cast.user("villager"), "writer")
    villager = person_at(pair[0], "villager").open()
    with app.app_context(), unit_of_work():
        services.remove_member(cast.user("leader"), find_plan(plan_id), find_member(plan_id, cast.villager.id))
    assert villager.join()["code"] == "not_found"


def test_a_stranger_is_not_let_in_and_nobody_without_a_sign_in(plan_id, pair, person_at):
    outsider = person_at(pair[0], "outsider")
    assert outsider.connect().answer == {"ok": False, "code": "not_found"}
    with pytest.raises(NotConnected, match="/rt"):
        PlanClient(pair[0].url, "yanxiu=nobody", plan_id).connect()


def test_what_is_no_websocket_of_ours_is_answered_and_the_others_go_on(pair, person_at):
    leader = person_at(pair[0], "leader").connect()
    wrong = {
        "GET /login HTTP/1.1\r\nHost: here\r\n\r\n": b"400",
        f"{HEAD}Origin: https://elsewhere.example\r\n\r\n": b"400",
        "nonsense\r\n\r\n": b"400",
    }
    for said, status in wrong.items():
        assert said_to(pair[0].port, said.encode()).split()[1] == status
    rubbish = said_to(pair[0].port, f"{HEAD}\r\n".encode() + masked(frames.BINARY, b"\xc1 is no msgpack"))
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in rubbish  # the answer of RFC 6455 to its own example
    assert rubbish.endswith(frames.frame(frames.CLOSE, (1002).to_bytes(2, "big")))
    flood = said_to(pair[0].port, f"{HEAD}\r\n".encode() + masked(frames.TEXT, b"3") * 600)
    assert flood.endswith(frames.frame(frames.CLOSE, (1009).to_bytes(2, "big")))
    leader.write("还在写")
    leader.until_saved()


def said_to(port: int, words: bytes) -> bytes:
    """All that the server answers until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(words)
        found = b""
        while more := line.recv(4096):
            found += more
    return found


def test_frames_are_read_wherever_the_bytes_are_cut():
    long, pieces = bytes(range(256)) * 5, (b"a" * 200, b"", b"b")
    stream = masked(frames.BINARY, long) + masked(frames.TEXT, b"") + masked(frames.BINARY, pieces[0], final=False)
    stream += masked(frames.PING, b"now") + masked(0, pieces[1], final=False) + masked(0, pieces[2])
    wanted = [(frames.BINARY, long), (frames.TEXT, b""), (frames.PING, b"now"), (frames.BINARY, b"".join(pieces))]
    for width in (1, 7, 130, len(stream)):
        reader = FrameReader(10_000)
        found = [one for at in range(0, len(stream), width) for one in reader.feed(stream[at : at + width])]
        assert found == wanted
    for bad, code in {
        b"\x82\x05hello!": frames.PROTOCOL_ERROR,  # not masked
        masked(0, b"x"): frames.PROTOCOL_ERROR,  # goes on with nothing
        b"\x82\xff" + (10_001).to_bytes(8, "big"): frames.TOO_BIG,
        masked(frames.BINARY, b"x" * 9000, final=False) + masked(0, b"x" * 1001): frames.TOO_BIG,
    }.items():
        with pytest.raises(FrameError) as refused:
            list(FrameReader(10_000).feed(bad + b"\0" * 4))
        assert refused.value.code == code


def test_only_pages_of_this_site_may_connect():
    def asked(**more):
        return is_own_page({"wsgi.url_scheme": "http", "HTTP_HOST": "inside:5010", **more})

    assert asked()
    assert asked(HTTP_ORIGIN="http://inside:5010")
    proxied = SimpleNamespace(HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_HOST="yanxiu.example").__dict__
    assert asked(HTTP_ORIGIN="https://yanxiu.example", **proxied)
    assert not asked(HTTP_ORIGIN="https://elsewhere.example", **proxied)
    assert not asked(HTTP_ORIGIN="null")
