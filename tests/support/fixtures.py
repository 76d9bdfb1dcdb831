"""Fixtures that all tests share: one application and one database per test process.

A plugin of its own, which `tests/conftest.py` loads, so that the process that only hands out tests need not import the program.
"""

from __future__ import annotations

import contextvars
import gc
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import socketio as socketio_client
import sqlalchemy as sa
from flask import Flask
from hypothesis import settings

from tests.support.cast import Cast, cast_from_world
from tests.support.clients import (
    Client,
    anonymous_client,
    client_of,
    session_cookie,
    sign_everybody_in,
    signed_in_client,
)
from tests.support.databases import ADMIN_URL, SqliteDatabase, new_database
from tests.support.dirt import State
from tests.support.eventually import eventually
from tests.support.kept import kept_folder
from tests.support.postgres_copies import PostgresDatabase
from tests.support.server import LiveServer
from tests.support.sockets import hang_up, hang_up_at_once, new_socket
from tests.support.unfinished_uploads import bring_uploads_back
from tests.support.worlds import Worlds
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.passwords import use_cheap_hashing
from yanxiu.app import create_app
from yanxiu.config import Config
from yanxiu.core import audit_mark
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.tasks import Worker
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab.hub import Hub
from yanxiu.observations.sockets import watches
from yanxiu.search.queries.shown import remembered
from yanxiu.web.bursts import shelf
from yanxiu.web.live import hub as live_hub
from yanxiu.web.tails import tails
from yanxiu.web.templates import init_templates

# The same examples each time: a counterexample met by chance is for whoever looks for one, not for who lands something else.
settings.register_profile("same", derandomize=True)
settings.load_profile("default" if os.environ.get("YANXIU_EXPLORE") else "same")
gc.set_threshold(100_000, 50, 100)  # thousands of short requests: a twentieth of the time went into looking for garbage


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> SqliteDatabase | PostgresDatabase:
    return new_database(tmp_path_factory.mktemp("database"), worker_id)


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def built(database: SqliteDatabase | PostgresDatabase, instance: Path) -> Iterator[tuple[Flask, Cast]]:
    """The application and the cast, made once; the cast is the template that each test starts from."""
    use_cheap_hashing()
    hang_up_at_once()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    config = Config(
        instance=str(instance), database_url=database.url, secret_key="test", rate_limits=False,
        search="postgres" if ADMIN_URL else "local", office="off",
    )  # fmt: skip
    app = create_app(config, TESTING=True, PROPAGATE_EXCEPTIONS=False)
    init_templates(app, kept_folder("templates"))  # compiled once for all processes
    with app.app_context():
        with unit_of_work():
            db.metadata.create_all(db.session.connection())
        with unit_of_work():
            world = DemoWorld(small=True)
            accounts_demo.seed(world)
        cast = cast_from_world(world)
        sign_everybody_in(cast)
        db.session.remove()
        database.keep_as_template(db.engine)
        sa.event.listen(db.engine, "commit", lambda _connection: setattr(State, "dirty", True))
        engine = db.engine
    yield app, cast
    database.drop(engine)


@pytest.fixture(scope="session")
def app(built: tuple[Flask, Cast]) -> Flask:
    return built[0]


@pytest.fixture
def cast(built: tuple[Flask, Cast]) -> Cast:
    return built[1]


@pytest.fixture(autouse=True)
def _fresh_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the test the template's state; costs nothing when the test before it only read.

    A test in a feature's world brings the database to that world itself, so nothing is brought back between two of them.
    """
    in_a_world = "worlds" in request.fixturenames

    def bring_back() -> None:
        if "built" in request.fixturenames and State.dirty and not in_a_world:
            reset_database(request.getfixturevalue("app"), request.getfixturevalue("database"))

    bring_back()
    remembered.forget()  # what hits said in the database of another test
    live_hub._stays.clear()  # a topic of this test may bear the number of one that was left, at another time, in a test before
    yield
    bring_back()


def wait_until_left(hub: Hub) -> None:
    """Wait for what closed pages still had on its way: their last edits are read before their sockets are known to be gone."""
    with suppress(AssertionError):
        eventually(lambda: not any(room.members for room in list(hub._rooms.values())), 3)


def reset_database(app: Flask, database: SqliteDatabase | PostgresDatabase) -> None:
    hub = app.extensions["yanxiu_documents"]
    wait_until_left(hub)
    hub.drain()  # edits on their way, and the word that they came to rest, belong to the test that made them
    hub.keep_house(closing=True)
    for taken in (hub._joins, hub._posts, hub._comparisons):
        taken._known.clear()  # the next test's people bear the numbers of those who wrote a moment ago
    watches._own.clear()
    shelf.clear()
    tails.clear()
    with app.app_context():
        db.session.remove()
        database.reset(db.engine)
    (app.config["YANXIU"].instance_path / audit_mark.NAME).unlink(missing_ok=True)
    bring_uploads_back(app)
    State.dirty = False
    State.dirty = database.is_written()  # by a thread that was late, and so again before the next test


@pytest.fixture(scope="session")
def worlds(
    built: tuple[Flask, Cast], database: SqliteDatabase | PostgresDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Worlds:
    """The things that the URLs of the matrix name, made once for each feature."""
    return Worlds(*built, database, tmp_path_factory.mktemp("worlds"))


@pytest.fixture
def ctx(app: Flask, _fresh_database: None) -> Iterator[None]:
    """An application context for tests of services and queries (requests of `client_for` do not see it)."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> Client:
    """A client that nobody is signed in with."""
    return anonymous_client(app)


@pytest.fixture
def client_for(app: Flask, cast: Cast) -> Callable[[str], Client]:
    """`client_for("teacher")`: a client signed in as one of the cast, always by the same sign-in."""
    return lambda key: client_of(app, cast, key)


@pytest.fixture
def device_for(app: Flask, cast: Cast) -> Callable[[str], Client]:
    """`device_for("teacher")`: a client with a sign-in of its own, as from another computer."""
    return lambda key: signed_in_client(app, cast.people[key])


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Run all background jobs that are due; returns how many ran."""
    return lambda: contextvars.Context().run(Worker(app).run_until_idle)


class QueryCount:
    """How many statements ran inside the block."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def count(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], contextmanager]:
    """`with count_queries() as seen: …; seen.count` — statements sent, without transaction control."""

    @contextmanager
    def counting() -> Iterator[QueryCount]:
        seen = QueryCount()

        def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
                seen.statements.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def live_server_process(app: Flask) -> Iterator[LiveServer]:
    server = LiveServer(app)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def live_server(live_server_process: LiveServer, _fresh_database: None) -> LiveServer:
    """The application behind a real port; shares the test's database."""
    return live_server_process


@pytest.fixture
def socket_for(
    live_server: LiveServer, client_for: Callable[[str], Client]
) -> Iterator[Callable[..., socketio_client.Client]]:
    """`socket_for("teacher", namespace="/live")`: a real Socket.IO client, connected and signed in."""
    opened: list[socketio_client.Client] = []

    def connect(
        key: str, namespace: str = "/live", query: str = "", transport: str = "websocket"
    ) -> socketio_client.Client:
        socket = new_socket()
        cookie = f"yanxiu={session_cookie(client_for(key))}"
        socket.connect(
            f"{live_server.url}{query}", headers={"Cookie": cookie}, namespaces=[namespace], transports=[transport]
        )
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        hang_up(socket)
