"""Telling at most once in a while: three hundred who come at once are few messages, and the last word is told."""

from __future__ import annotations

import pytest

from yanxiu.web import live
from yanxiu.web.throttle import Throttle

pytestmark = pytest.mark.once


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def throttled(monkeypatch):
    """Make a throttle whose time is ours and which comes back only when asked."""
    clock, wakes = Clock(), []
    monkeypatch.setattr(Throttle, "wake_in", lambda _self, seconds: wakes.append(seconds))

    def make(act):
        return Throttle(1.0, act, clock=clock), clock, wakes

    return make


def test_a_name_is_seen_to_at_once_then_once_a_second_and_nothing_is_lost(throttled):
    told = []
    throttle, clock, wakes = throttled(lambda name, why: told.append((name, sorted(why))))
    for _ in range(300):
        throttle.ask("a", "changed")
    throttle.ask("a", "beat")
    throttle.ask("b", "beat")
    assert told == [("a", ["changed"]), ("b", ["beat"])]
    assert len(wakes) == 1
    clock.now += 0.5
    throttle.do_what_is_due()
    assert len(told) == 2
    clock.now += 0.6
    throttle._wake()
    assert told[2:] == [("a", ["beat", "changed"])]
    assert wakes[1:] == []


def test_one_that_fails_and_one_that_asks_again_while_it_is_seen_to(throttled):
    told = []

    def act(name, _why):
        told.append(name)
        throttle.ask(name, "again")
        raise OSError

    throttle, clock, _wakes = throttled(act)
    throttle.ask("a", "changed")
    assert told == ["a"]
    clock.now += 1
    throttle._wake()
    assert told == ["a", "a"]


def test_a_full_room_is_told_as_a_number_and_fifty_names_in_few_messages(app, throttled, monkeypatch):
    sent = []
    throttle, clock, _wakes = throttled(live._show_one)
    monkeypatch.setattr(live, "_telling", throttle)
    monkeypatch.setattr(live.socketio, "emit", lambda event, message, **_more: sent.append((event, message)))
    room = "workshop:990099"
    try:
        for number in range(300):
            live.hub.add(live.Connection(f"full-{number}", 900_000 + number, f"教师{number:03}", 1, "t"))
            assert live.hub.knock(f"full-{number}", room)
            assert live.hub.enter(f"full-{number}", room)
            live._announce(room)
        clock.now += 1
        throttle._wake()
    finally:
        for number in range(300):
            live.hub.remove(f"full-{number}")
    assert [(event, message["count"]) for event, message in sent] == [("here", 1), ("here", 300)]
    assert len(sent[-1][1]["users"]) == live.NAMED
