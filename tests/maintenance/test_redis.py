"""Two server processes that share Redis: they hear each other, count together, and do without it when it is gone."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from pycrdt import Doc, XmlFragment

from tests.support.eventually import eventually
from tests.support.forked import Child
from tests.support.instance import Instance, new_instance
from tests.support.ports import free_port
from tests.support.rt_client import PlanClient
from tests.support.sockets import Ear, hang_up, join, new_socket
from tests.support.visitor import Visitor
from tests.support.wire import Wire
from yanxiu.core.demo import PASSWORD
from yanxiu.core.errors import ConflictError
from yanxiu.lessonplans.collab.writers import EACH, SET_ASIDE
from yanxiu.lessonplans.document.ydoc import FIELD
from yanxiu.observations.together.watch import Scene, Watch, begun
from yanxiu.observations.together.watches import Watches

BINARY = shutil.which("redis-server")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (BINARY or os.environ.get("TEST_REDIS_URL")), reason="no Redis: neither TEST_REDIS_URL nor redis-server"
    ),
]


@dataclass
class Pair:
    """Two servers of one instance, 王丽 at the first, 李强 at the second."""

    wire: Wire
    first: Visitor
    second: Visitor
    topic: str
    page: str
    instance: Instance

    def reply(self, who: Visitor, words: str) -> None:
        who.send(f"{self.page}/posts", self.page, html=words)


@pytest.fixture(scope="module")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    url = os.environ.get("TEST_REDIS_URL")
    if url:
        yield urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 6379
        return
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [str(BINARY), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        yield "127.0.0.1", port
        server.terminate()


@pytest.fixture(scope="module")
def pair(redis_address: tuple[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    wire, folder = Wire(redis_address), tmp_path_factory.mktemp("pair")
    with new_instance(folder / "instance") as separate, contextlib.ExitStack() as stack:
        workshop, topic = separate.ask("a_topic")
        addresses = [stack.enter_context(server(separate, wire, folder / f"log{n}")) for n in (1, 2)]
        first, second = (Visitor(address) for address in addresses)
        for who in (first, second):
            eventually(who.is_answered, timeout=90)
        first.sign_in("wangli", PASSWORD)
        second.sign_in("liqiang", PASSWORD)
        yield Pair(wire, first, second, f"topic:{topic}", f"/workshops/{workshop}/topics/{topic}", separate)
    wire.cut()


@contextlib.contextmanager
def started(instance: Instance, wire: Wire, log: Path, *role: str) -> Iterator[tuple[str, Child]]:
    port = free_port()
    redis = f"redis://127.0.0.1:{wire.port}/9"
    command = ("yanxiu", *(role or ("serve", "--no-worker")), "--port", str(port))
    with instance.started(*command, log=log, YANXIU_REDIS_URL=redis) as process:
        yield f"http://127.0.0.1:{port}", process


@contextlib.contextmanager
def server(instance: Instance, wire: Wire, log: Path) -> Iterator[str]:
    with started(instance, wire, log) as (address, process):
        yield address
        process.terminate()
        assert process.wait(40) == 0, log.read_text("utf-8")


@pytest.fixture
def ear(pair: Pair) -> Iterator[Ear]:
    """What 王丽 hears at the first server."""
    with follower(pair.first, pair.topic) as (heard, _here):
        yield heard


@contextlib.contextmanager
def follower(who: Visitor, topic: str) -> Iterator[tuple[Ear, list[dict[str, Any]]]]:
    """A socket that follows the topic: what it hears, and who it was told is there."""
    socket = new_socket()
    socket.connect(who.url, headers={"Cookie": who.cookie}, namespaces=["/live"], transports=["websocket"])
    heard = Ear(socket)
    answer = join(socket, topic)
    assert answer["ok"]
    yield heard, answer["here"]
    hang_up(socket)


def names(people: list[dict[str, Any]]) -> list[str]:
    return [person["name"] for person in people]


def last_shown(ear: Ear) -> list[str]:
    return names(ear.heard["here"][-1]["users"]) if ear.heard["here"] else []


def test_a_reply_at_one_server_is_heard_at_the_other(pair: Pair, ear: Ear) -> None:
    pair.reply(pair.second, "从那一台服务器发出")
    message = eventually(lambda: ear.heard["changed"], timeout=20)[0]
    assert message["topic"] == pair.topic
    assert "从那一台服务器发出" in pair.first.get(pair.page)


def test_who_is_here_is_counted_over_both_servers(pair: Pair, ear: Ear) -> None:
    with follower(pair.second, pair.topic) as (other, here):
        assert names(here) == ["李强", "王丽"]
        for hears in (ear, other):
            eventually(lambda hears=hears: last_shown(hears) == ["李强", "王丽"], timeout=20)
    eventually(lambda: last_shown(ear) == ["王丽"], timeout=20)


def test_what_a_killed_server_noted_is_passed_over(pair: Pair, ear: Ear, redis_address: tuple[str, int]) -> None:
    host, port = redis_address
    with redis.Redis(host=host, port=port, db=9) as server:
        for name, until in (("走了的", time.time() - 1), ("还在的", time.time() + 60)):
            note = {"until": until, "people": [{"id": hash(name), "name": name}]}
            server.hset(f"yanxiu:here:{pair.topic}", name, json.dumps(note))
        with follower(pair.second, pair.topic) as (_other, here):
            assert sorted(names(here)) == sorted(["李强", "王丽", "还在的"])
        server.hdel(f"yanxiu:here:{pair.topic}", "走了的", "还在的")


def test_a_right_taken_away_at_one_server_is_gone_at_the_other_at_once(pair: Pair) -> None:
    colleague = Visitor(pair.second.url)
    colleague.sign_in("zhoumin", PASSWORD)
    workshop = pair.page.split("/topics/")[0]
    with follower(colleague, pair.topic) as (heard, here):
        person = next(person["id"] for person in here if person["name"] == "周敏")
        pair.first.send(f"{workshop}/members/{person}/removal", f"{workshop}/members")
        assert eventually(lambda: heard.heard["ejected"], timeout=5) == [{"topic": pair.topic}]


@pytest.fixture
def attempts_forgotten(redis_address: tuple[str, int]) -> Iterator[None]:
    """Give the tests that follow their attempts at signing in back."""
    yield
    with redis.Redis(*redis_address, db=9) as server:
        server.delete(*server.keys("LIMITS*"))


def test_the_servers_count_attempts_to_sign_in_together(pair: Pair, attempts_forgotten: None) -> None:
    def attempt(who: Visitor) -> int:
        return Visitor(who.url).status("/login", "/login", account="nobody", password="")

    # Twice the 60 a minute: the minute of the count may end, once, while we ask.
    refused = any(attempt(pair.first) == 429 for _ in range(120))
    assert refused, "the first server lets more than 60 a minute pass"
    assert attempt(pair.second) == 429, "the second has heard of the attempts at the first"


def test_any_server_serves_any_plan_and_one_that_dies_costs_only_a_reconnect(pair: Pair, tmp_path: Path) -> None:
    plan = int(pair.instance.ask("a_plan")[0])
    writer = PlanClient(pair.first.url, pair.first.cookie, plan).connect()
    with started(pair.instance, pair.wire, tmp_path / "log") as (address, process):
        eventually(Visitor(address).is_answered, timeout=60)
        other = PlanClient(address, pair.second.cookie, plan).connect()
        writer.write("在第一台写的")
        other.write("在第三台写的")
        for reader in (writer, other):  # within a moment, not at the next look a minute later
            eventually(lambda r=reader: {"在第一台写的", "在第三台写的"} <= set(r.text_lines()), timeout=10)
        for number in range(150):
            other.write(f"没停过-{number}")
        eventually(lambda: other.acknowledged)
        process.kill()
        acknowledged = set(other.acknowledged)
        other.drop()
    other.url = pair.second.url
    other.connect().until_saved()
    assert acknowledged <= {*other.text_lines()}
    everything = {"在第一台写的", "在第三台写的", *(f"没停过-{number}" for number in range(150))}
    eventually(lambda: everything <= set(writer.text_lines()), timeout=10)
    assert writer.text_lines() == other.text_lines()
    for client in (writer, other):
        client.drop()


def test_two_servers_take_no_two_halves_of_what_neither_would_take(pair: Pair) -> None:
    """Under one number 李强 says something else to each, both of it honest by itself: at the same moment, where either may be
    first, and in the last round the short words before the long ones, of which nothing may come behind them.
    """
    plan, teacher = map(int, pair.instance.ask("a_plan_to_suggest_in"))
    reader = PlanClient(pair.first.url, pair.first.cookie, plan).connect()
    mark = {"id": f"{teacher}-a", "author": teacher, "name": "李强", "at": 1790000000000}
    rounds = 6
    for n in range(rounds):
        servers = (pair.first, pair.second) if n % 2 else (pair.second, pair.first)
        clients = [PlanClient(who.url, pair.second.cookie, plan) for who in servers]
        for client, words in zip(clients, ("长", "假" * 40), strict=True):
            client.doc = Doc(client_id=SET_ASIDE + teacher * EACH + n)
            client.connect()
            assert client.role == "suggest"
            seen = client.doc.get_state()
            text = client.doc.get(FIELD, type=XmlFragment).children[0].children[0].children[0]
            text.insert(0, words, {"insertion": mark})
            client.words = client.doc.get_update(seen)
        for client in clients:
            client.send(client.words)
            if n == rounds - 1:
                eventually(lambda c=client: c.acked or c.naks, timeout=10)
        for client in clients:
            eventually(lambda c=client: c.acked or c.naks, timeout=10)
            client.drop()
        stored = PlanClient(pair.second.url, pair.first.cookie, plan).connect()
        text = stored.doc.get(FIELD, type=XmlFragment).children[0].children[0].children[0]
        assert all(marks for said, marks in text.diff() if {*"长假"} & {*said}), n
        # Plain words before them: else the next round's come before others of the same mark, and any would be honest.
        seen = stored.doc.get_state()
        text.insert(0, "。")
        stored.send(stored.doc.get_update(seen))
        eventually(lambda c=stored: c.acked, timeout=10)
        stored.drop()
    assert clients[0].acked
    assert clients[1].naks
    reader.drop()


def test_who_is_in_a_plan_and_where_is_the_same_at_a_web_and_at_a_realtime_process(pair: Pair, tmp_path: Path) -> None:
    plan = int(pair.instance.ask("a_plan")[0])
    writer = PlanClient(pair.first.url, pair.first.cookie, plan).connect()
    writer.show(1, section="goals")
    with started(pair.instance, pair.wire, tmp_path / "log", "realtime") as (address, process):
        other = PlanClient(address, pair.second.cookie, plan)
        eventually(lambda: is_up(address), timeout=60)
        other.connect().show(1)
        eventually(lambda: set(other.sees()) == {"王丽"}, timeout=10)
        assert other.sees()["王丽"]["section"] == "goals"
        eventually(lambda: set(writer.sees()) == {"李强"}, timeout=10)
        third = PlanClient(pair.second.url, pair.second.cookie, plan).connect()
        eventually(lambda: set(third.sees()) == {"王丽", "李强"}, timeout=10)
        third.drop()
        other.drop()
        eventually(lambda: writer.sees() == {}, timeout=10)
        process.terminate()
        assert process.wait(40) == 0
    writer.drop()


def is_up(address: str) -> bool:
    host, port = address.removeprefix("http://").split(":")
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=5):
        return True
    return False


def test_without_redis_pages_and_rooms_of_a_server_work_and_afterwards_both_hear_each_other(
    pair: Pair, ear: Ear
) -> None:
    pair.wire.cut()
    try:
        for who in (pair.first, pair.second):
            assert who.status(pair.page) == 200
            assert Visitor(who.url).status("/login", "/login", account="wangli", password="") != 500
        pair.reply(pair.first, "同一台服务器上")
        eventually(lambda: len(ear.heard["changed"]) == 1, timeout=20)
        pair.reply(pair.second, "那边暂时听不到")
        assert "那边暂时听不到" in pair.first.get(pair.page), "the page has it all the same"
    finally:
        pair.wire.mend()

    def heard_again() -> bool:
        before = len(ear.heard["changed"])
        pair.reply(pair.second, "又能听到了")
        with contextlib.suppress(AssertionError):
            return eventually(lambda: len(ear.heard["changed"]) > before, timeout=1)
        return False

    eventually(heard_again, timeout=90)


@pytest.fixture
def lesson(pair: Pair) -> int:
    """A lesson of 李强 for his school, as if it had been taught."""
    details = {"title": "《草船借箭》", "teacher": "李强", "visibility": "school", "consent": "not_needed"}
    page = pair.second.send("/lessons/new", "/lessons/new", **details)
    found = re.search(r"(/lessons/(\d+)/cycle)", page)
    assert found is not None
    pair.second.send(found[1], found[1], seen="teaching", to="watching")
    return int(found[2])


def test_a_film_is_led_at_one_server_and_followed_at_the_other(pair: Pair, lesson: int) -> None:
    with (
        follower(pair.second, f"cowatch:{lesson}") as (led, _here),
        follower(pair.first, f"cowatch:{lesson}") as (ear, here),
    ):
        both = ["李强", "王丽"]  # the first to come is noted a moment after being let in
        eventually(lambda: both in (names(here), last_shown(ear)), timeout=20)
        told: list[dict[str, Any]] = []
        ear.socket.on("cowatch", told.append, namespace="/live")
        assert join(ear.socket, f"lesson:{lesson}")["ok"]
        scene = {"lesson": lesson, "playing": True, "pos_ms": 5000, "rate": 1}
        begun_there = led.socket.call("cowatch_lead", {**scene, "what": "take"}, namespace="/live")["state"]
        assert eventually(lambda: told, timeout=20)[0]["state"] == begun_there
        late = ear.socket.call("cowatch_state", {"lesson": lesson}, namespace="/live")
        assert late["state"] == begun_there
        give = {"lesson": lesson, "what": "give", "to": next(one["id"] for one in here if one["name"] == "王丽")}
        assert led.socket.call("cowatch_lead", give, namespace="/live")["state"]["leader"] == "王丽"
        assert ear.socket.call("cowatch_steer", {**scene, "pos_ms": 9000}, namespace="/live")["state"]["pos_ms"] == 9000


def test_several_processes_know_of_one_watching(redis_address: tuple[str, int]) -> None:
    """Two memories of two processes over one Redis; while it is away each goes on with what it knew."""
    server = redis.Redis(*redis_address, db=9, decode_responses=True)
    away: list[bool] = []
    quicker: list[Watch] = []
    one, two = (Watches(lambda work: None if away else work(server)) for _ in range(2))
    watch = begun(7, "李强", Scene(True, 0, 1.0), 1_000)
    assert one.change(5, lambda _none: watch) == watch
    assert two.of(5, 2_000) == watch

    def steer(known: Watch | None) -> Watch:
        assert known is not None
        if not quicker:  # somebody else is: it is asked again, with what stands there then
            quicker.append(known)
            two.change(5, lambda _other: known.led_by(8, "周敏", 2_000))
        return known.steered(Scene(False, 77, 1.0), 3_000)

    two_hands = one.change(5, steer)
    assert two_hands is not None
    assert (two_hands.leader, two_hands.pos_ms, two_hands.seq) == ("周敏", 77, watch.seq + 2)

    def refuse(_watch: Watch | None) -> None:
        raise ConflictError("x")

    with pytest.raises(ConflictError):
        two.change(5, refuse)
    away.append(True)
    assert one.of(5, 4_000) == two_hands
    assert one.of(5, 4_000 + 9 * 3600 * 1000) is None
    away.clear()
    assert one.change(5, lambda _watch: None) is None
    assert two.of(5, 4_000) is None
