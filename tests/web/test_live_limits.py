"""How often one socket may join and leave live lists."""

from __future__ import annotations

import pytest

from yanxiu.web import live


@pytest.mark.parametrize("event", ["join", "leave"])
def test_a_socket_may_do_so_only_so_often(socket_for, monkeypatch, event):
    monkeypatch.setattr(live, "_clock", lambda: 1000.0)
    socket, other = socket_for("teacher"), socket_for("teacher")

    def codes(who, times: int) -> list[str]:
        answers = [who.call(event, {"topic": "nothing:1"}, namespace="/live") for _ in range(times)]
        return [answer.get("code", "ok") for answer in answers]

    heard = codes(socket, live.JOIN_BURST + 5)
    assert heard[: live.JOIN_BURST].count("rate_limited") == 0
    assert heard[live.JOIN_BURST :] == ["rate_limited"] * 5
    assert codes(other, 1) != ["rate_limited"]
    monkeypatch.setattr(live, "_clock", lambda: 1001.0)
    assert codes(socket, 1) != ["rate_limited"]
