"""The document server without sockets: a recording transport, a settable authority, a hand-moved clock."""

from __future__ import annotations

from typing import Any

from pycrdt import Doc

from tests.support.rt_client import lines_of, new_update
from yanxiu.core.db import db
from yanxiu.lessonplans.collab import updates
from yanxiu.lessonplans.collab.hub import Hub
from yanxiu.lessonplans.collab.protocol import VERSION, Join
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.collab.store import DocumentStore

WANG, LI = Visitor(1, "王丽", 11), Visitor(2, "李强", 12)


class Recorder:
    """A transport that keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Any]] = []
        self.cost: tuple[Clock, float] | None = None

    def send(self, sids, event, payload) -> None:
        if self.cost is not None:
            self.cost[0].now += self.cost[1]
        self.sent += [(sid, event, payload) for sid in sids]

    def heard(self, sid: str, event: str) -> list[Any]:
        return [payload for to, name, payload in self.sent if (to, name) == (sid, event)]


class Rights:
    """Roles by user id; everybody else may not even know."""

    def __init__(self) -> None:
        self.roles: dict[int, str | None] = {1: "write", 2: "write"}

    def role_of(self, visitor, plan_id):
        return self.roles.get(visitor.user_id)

    def roles_of(self, asked):
        return [self.role_of(*each) for each in asked]

    def exists(self, visitor, plan_id):
        return False


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench:
    """A hub with its recording surroundings and one plan."""

    def __init__(self, app, plan_id: int, **options: Any) -> None:
        self.transport, self.rights, self.clock = Recorder(), Rights(), Clock()
        with app.app_context():
            self.store = DocumentStore(db.engine)
        self.settled: list[tuple[int, tuple[int, ...]]] = []
        self.plan_id = plan_id
        self.hub = Hub(
            self.store,
            self.transport,
            self.rights,
            clock=self.clock,
            on_settled=lambda plan, editors: self.settled.append((plan, editors)),
            **options,
        )

    def join(self, sid: str, visitor: Visitor, client: int, sv: bytes = updates.EMPTY_STATE) -> dict[str, Any]:
        return self.hub.join(sid, visitor, Join(self.plan_id, sv, client, VERSION, None))

    def write(self, sid: str, handle: int, number: int, line: str) -> None:
        self.hub.receive(sid, handle, number, new_update(line))

    def stored_lines(self) -> list[str]:
        doc = Doc()
        doc.apply_update(self.store.load(self.plan_id).merged())
        return [line for line in lines_of(doc) if line]
