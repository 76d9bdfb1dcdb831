"""Inside a write transaction there is only SQL: everybody else waits for it. Counted at every writing door.

Nothing is timed. The interpreter itself says when a file is opened, a process or a connection started; what it does not say
(pages rendered, passwords hashed, messages sent) is watched at its one entrance.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import argon2
import flask_socketio
import jinja2
import pytest
from flask import has_request_context

from tests.support.resources import make_resource
from tests.support.worlds import ROWS
from tests.test_mass_assignment import FORMS, send
from yanxiu.core.storage import storage
from yanxiu.core.tasks import Worker
from yanxiu.core.unit_of_work import current_unit_of_work, unit_of_work

pytestmark = pytest.mark.once
SLOW_EVENTS = frozenset(
    {"subprocess.Popen", "socket.connect", "socket.getaddrinfo", "time.sleep", "os.rename", "os.remove", "os.mkdir"}
)
PROGRAM = (".py", ".pyc", ".so", "pyvenv.cfg")
"""Files that are opened when a module is used for the first time."""
ENTRANCES: tuple[tuple[type, str], ...] = (
    (jinja2.Template, "render"),
    (argon2.PasswordHasher, "hash"),
    (argon2.PasswordHasher, "verify"),
    (flask_socketio.SocketIO, "emit"),
)


class Watch:
    """What was done inside write transactions while it looks."""

    looking = False
    only_requests = False
    seen: list[str] = []

    @classmethod
    def note(cls, what: str) -> None:
        if cls.looking and current_unit_of_work() is not None and (has_request_context() or not cls.only_requests):
            cls.seen.append(what)


def hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event in SLOW_EVENTS:
        Watch.note(f"{event}{arguments[:1]}")
    elif event == "open" and Watch.looking and not str(arguments[0]).endswith(PROGRAM):
        Watch.note(f"open {arguments[0]}")


@cache
def listen() -> None:
    """Let the interpreter tell us, for as long as it runs: it has no way to stop, and every test after this pays for it."""
    sys.addaudithook(hear)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """`with watched() as seen:` - a list of all slow things done inside write transactions."""
    listen()
    for owner, name in ENTRANCES:
        monkeypatch.setattr(owner, name, noting(getattr(owner, name), f"{owner.__name__}.{name}"))

    @contextmanager
    def looking(*, only_requests: bool = False) -> Iterator[list[str]]:
        Watch.seen, Watch.looking, Watch.only_requests = [], True, only_requests
        try:
            yield Watch.seen
        finally:
            Watch.looking = False

    return looking


def noting(original: Callable[..., Any], name: str) -> Callable[..., Any]:
    def called(*arguments: Any, **more: Any) -> Any:
        Watch.note(name)
        return original(*arguments, **more)

    return called


@pytest.mark.parametrize("feature", sorted({ROWS[route][0].__name__ for route in FORMS}))
def test_no_writing_door_does_slow_work_inside_its_transaction(app, cast, worlds, feature, watched):
    slow: dict[str, list[str]] = {}
    for route in FORMS:
        if ROWS[route][0].__name__ == feature:
            with watched(only_requests=True) as seen:  # the matrix makes its world inside one, too
                send(app, cast, worlds, route, {})
            if seen:
                slow[f"{route[0]} {route[1]}"] = list(seen)
    assert not slow


def test_the_jobs_of_a_new_resource_do_slow_work_outside_their_transactions(app, ctx, cast, watched):
    make_resource(cast.user("teacher"))
    with watched() as seen:
        assert Worker(app).run_until_idle() >= 2
    assert not seen


def test_the_watch_sees_what_it_is_for(ctx, tmp_path: Path, watched):
    (tmp_path / "a.txt").write_bytes(b"a")
    with watched() as seen:
        jinja2.Template("outside").render()
        with unit_of_work():
            jinja2.Template("inside").render()
            with (tmp_path / "a.txt").open("rb") as source:
                storage().write(source)
    assert seen[0] == "Template.render"
    assert any(what.startswith("open") and "a.txt" in what for what in seen)
    assert any(what.startswith("os.rename") for what in seen)
