"""Watching the lesson of `matrix` together: whoever sees it comes along, teacher and host lead."""

from __future__ import annotations

from typing import Any

from tests.observations import matrix
from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect_words
from yanxiu.observations.sockets import watches


def build(cast: Cast) -> dict[str, Any]:
    """The lesson; another test watched the one of this number together."""
    names = matrix.build(cast)
    watches.change(names["lesson"], lambda _watch: None)
    return names


WATCHERS = dict.fromkeys(("principal", "leader", "colleague", "teacher", "researcher"), "ok")
SCENE = {"lesson": "{lesson}", "playing": True, "pos_ms": 0, "rate": 1}


def ask(event, message):
    """Return a probe that sends the number of the lesson as a number."""

    def probe(socket, names):
        answer = socket.call(event, {**message, "lesson": names["lesson"]}, namespace="/live", timeout=10)
        return "ok" if answer["ok"] else answer["code"]

    return probe


ROUTES: dict[tuple[str, str], Row] = {}
SOCKETS = {
    "being among those who watch a lesson together": SocketRow(
        "/live", "join", expect_words("not_found", **WATCHERS), {"topic": "cowatch:{lesson}"}
    ),
    "asking where the film stands": SocketRow(
        "/live", "cowatch_state", expect_words("not_found", **WATCHERS), probe=ask("cowatch_state", {})
    ),
    "moving a film that nobody watches together": SocketRow(
        "/live",
        "cowatch_steer",
        expect_words("not_found", **dict.fromkeys(WATCHERS, "conflict")),
        probe=ask("cowatch_steer", SCENE),
    ),
    "leading": SocketRow(
        "/live",
        "cowatch_lead",
        expect_words("not_found", **{**dict.fromkeys(WATCHERS, "forbidden"), "teacher": "ok", "researcher": "ok"}),
        probe=ask("cowatch_lead", {**SCENE, "what": "take"}),
    ),
}
