"""Random weather for the document server: clients that write, lose their line, come back, and a server that dies.

`Weather(store, plan_id, seed)` drives the real hub, committer and store by hand, without threads and without a clock, so
that a seed always gives the same run. Its clients keep to the rules of static/src/editor/provider.js: cumulative
numbers, a dirty mark, a state vector on every join. Every character written in a run is a different one, so "nothing
is lost" can be said of each single character.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc

from tests.support.document_bench import Clock
from tests.support.pen import Edit, Pen, characters_of
from yanxiu.lessonplans.collab import updates
from yanxiu.lessonplans.collab.hub import Hub
from yanxiu.lessonplans.collab.protocol import VERSION, Join, Limits
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.collab.store import DocumentStore
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.ydoc import json_from_doc

LIMITS = Limits(update_burst=10**6, join_burst=10**6, heartbeat_burst=10**6)
LOST, OUT_OF_ORDER = 0.01, 0.15


def beginning() -> nodes.Node:
    """A small plan with what a plan has: sections, a list, a table."""
    return nodes.doc(
        nodes.section("goals", "教学目标", "", nodes.paragraph("读懂课文"), nodes.bullets("复述故事")),
        nodes.section("process", "教学过程", "", nodes.table(("环节", "活动"), [("导入", "看图"), ("小结", "")])),
    )


class SteppedHub(Hub):
    """A hub whose threads never start: whoever drives it says when the disk and the network get their turn."""

    def start(self) -> None:
        return

    def commit(self) -> None:
        self._committer.write_queued()

    def pass_on(self) -> None:
        self._fanout.send_due()


class Everybody:
    """Everybody may write."""

    def role_of(self, _visitor: Visitor, _plan_id: int) -> Any:
        return "write"

    def roles_of(self, asked: Any) -> Any:
        return ["write" for _ in asked]

    def exists(self, _visitor: Visitor, _plan_id: int) -> bool:
        return True


class Replica:
    """One teacher's page: a document, what is not confirmed, and a line that may be cut."""

    def __init__(self, number: int, weather: Weather) -> None:
        self.number, self.weather = number, weather
        self.doc: Doc = Doc(client_id=1000 + number)
        self.visitor = Visitor(number, f"老师{number}", number)
        self.epoch: int | None = None
        self.hub: SteppedHub | None = None
        self.sid, self.handle = "", None
        self.waiting: list[Edit] = []
        self.sent: list[tuple[int, list[Edit]]] = []
        self.count = 0
        self.outbox: list[tuple[str, list[Any]]] = []
        self.inbox: list[tuple[str, Any]] = []

    @property
    def dirty(self) -> bool:
        return bool(self.waiting or self.sent)

    def connect(self, hub: SteppedHub, sid: str) -> None:
        """Open a line, join, take the answer, send what the server lacks."""
        self.cut()
        self.sid = sid
        self.weather.line[sid] = self
        wanted = Join(self.weather.plan_id, self.doc.get_state(), self.doc.client_id, VERSION, self.epoch)
        answer = hub.join(sid, self.visitor, wanted)
        assert answer["ok"], answer
        if self.weather.chance.random() < LOST:
            return self.cut()  # the answer never came
        self.hub, self.handle, self.epoch = hub, answer["h"], answer["epoch"]
        self.doc.apply_update(answer["diff"])
        self._send_missing(answer["sv"])
        return None

    def _send_missing(self, vector: bytes) -> None:
        unconfirmed = [edit for _number, edits in self.sent for edit in edits] + self.waiting
        self.sent, self.waiting, self.count = [], [], 0
        if unconfirmed or updates.is_behind(vector, self.doc.get_state()):
            self._send(self.doc.get_update(vector), unconfirmed)

    def cut(self, *, noticed: bool = True) -> None:
        """Lose the line and all that is on it; an unnoticed loss leaves a ghost on the server."""
        if self.hub is not None and noticed:
            self.hub.disconnect(self.sid)
        self.weather.line.pop(self.sid, None)
        self.hub, self.handle = None, None
        self.outbox, self.inbox = [], []

    def write(self) -> None:
        self.waiting.append(self.weather.written_by(self))

    def flush(self) -> None:
        """What the page does 40 ms after a key."""
        if self.hub is None or not self.waiting:
            return
        edits, self.waiting = self.waiting, []
        self._send(updates.merge([edit.update for edit in edits]), edits)

    def _send(self, update: bytes, edits: list[Edit]) -> None:
        self.count += 1
        self.sent.append((self.count, edits))
        self.outbox.append(("u", [self.handle, self.count, update]))

    def compare(self) -> None:
        """The heartbeat."""
        if self.hub is not None:
            self.outbox.append(("sv", [self.handle, self.doc.get_state()]))

    def give(self, at: int) -> None:
        """Let one message reach the server."""
        assert self.hub is not None
        event, payload = self.outbox.pop(at)
        if event == "u":
            self.hub.receive(self.sid, *payload)
        else:
            self.hub.heartbeat(self.sid, *payload)

    def take(self, at: int) -> None:
        """Let one message reach the page."""
        event, payload = self.inbox.pop(at)
        if not isinstance(payload, list) or payload[0] != self.handle:
            return
        if event == "u":
            self.doc.apply_update(payload[1])
        elif event == "a":
            self._acknowledged(payload[1])
        elif event == "sv" and not self.dirty:
            self._send_missing(payload[1])
        elif event == "nak":
            assert payload[2] in ("rate", "unknown", "revoked"), payload
            self.cut()

    def _acknowledged(self, number: int) -> None:
        for count, edits in self.sent:
            if count <= number:
                self.weather.acknowledged += edits
        self.sent = [(count, edits) for count, edits in self.sent if count > number]


@dataclass
class Tally:
    """What happened in a run."""

    edits: int = 0
    cuts: int = 0
    losses: int = 0
    reorders: int = 0
    restarts: int = 0
    compactions: int = 0
    checked: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


@dataclass
class Weather:
    """One run. `workers` servers share the log on disk."""

    store: DocumentStore
    plan_id: int
    seed: int
    steps: int = 200
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.clock = Clock()
        self.line: dict[str, Replica] = {}
        self.acknowledged: list[Edit] = []
        self.made: list[Edit] = []
        self.sids = 0
        self.start = updates.compacted([self._stored()])
        self.known = characters_of(self.start)
        self.pen = Pen(self.chance, self.known)
        self.hubs = [self._hub() for _ in range(self.chance.choice((1, 1, 2)))]
        self.replicas = [Replica(number + 1, self) for number in range(self.chance.randint(2, 6))]
        for replica in self.replicas:
            self._connect(replica)

    # What there is

    def _hub(self) -> SteppedHub:
        return SteppedHub(self.store, self, Everybody(), limits=LIMITS, clock=self.clock)

    def _stored(self) -> bytes:
        stored = self.store.load(self.plan_id)
        assert stored is not None
        return stored.merged()

    def _connect(self, replica: Replica) -> None:
        self.sids += 1
        replica.connect(self.chance.choice(self.hubs), f"s{self.sids}")

    def send(self, sids: Any, event: str, payload: Any) -> None:
        """The hubs' transport: into the letter box of whoever has this line."""
        for sid in sids:
            if sid in self.line:
                self.line[sid].inbox.append((event, payload))

    # What happens

    def run(self) -> Tally:
        """All of it: the storm, the calm, and the comparison."""
        for _ in range(self.steps):
            self._anything()
        self._calm_down()
        self._compare()
        return self.tally

    def _anything(self) -> None:
        self.clock.now += self.chance.random() * 0.2
        replica = self.chance.choice(self.replicas)
        happenings = (
            (30, replica.write), (20, replica.flush), (40, lambda: self._move(replica)), (14, self._commit),
            (8, self._pass_on), (4, replica.compare), (4, lambda: self._cut(replica)),
            (8, lambda: replica.hub or self._connect(replica)), (2, self._keep_house), (1.2, self._restart),
        )  # fmt: skip
        weights, acts = zip(*happenings, strict=True)
        self.chance.choices(acts, weights)[0]()

    def _commit(self) -> None:
        self.chance.choice(self.hubs).commit()

    def _pass_on(self) -> None:
        self.chance.choice(self.hubs).pass_on()

    def _move(self, replica: Replica) -> None:
        """Some messages of this line arrive, now and then in another order, now and then not at all."""
        for box, arrive in ((replica.outbox, replica.give), (replica.inbox, replica.take)):
            for _ in range(self.chance.randint(0, 4)):
                if not box or replica.hub is None:
                    break
                at = 0
                if len(box) > 1 and self.chance.random() < OUT_OF_ORDER:
                    at = self.chance.randrange(len(box))
                    self.tally.reorders += at > 0
                if self.chance.random() < LOST:
                    box.pop(at)
                    self.tally.losses += 1
                else:
                    arrive(at)

    def _cut(self, replica: Replica) -> None:
        self.tally.cuts += replica.hub is not None
        replica.cut(noticed=self.chance.random() < 0.7)

    def _keep_house(self) -> None:
        self.clock.now += 61
        for hub in self.hubs:
            hub._house.note_long_log(self.plan_id)
            hub.keep_house()
        self.tally.compactions += 1

    def _restart(self) -> None:
        """One server dies with everything it had not written; what it acknowledged is there."""
        dead = self.chance.randrange(len(self.hubs))
        for replica in self.replicas:
            if replica.hub is self.hubs[dead]:
                replica.hub = None
                replica.cut()
        self.hubs[dead] = self._hub()
        self.tally.restarts += 1
        self._check_acknowledged()

    def _calm_down(self) -> None:
        """Everybody comes back, everything arrives."""
        for _round in range(4):
            for replica in self.replicas:
                if replica.hub is None or replica.dirty or _round == 0:
                    self._connect(replica)
            while any(replica.outbox or replica.inbox for replica in self.replicas):
                self._settle()
            for replica in self.replicas:
                replica.flush()
                replica.compare()
            self._settle()
        assert not any(replica.dirty for replica in self.replicas), "something is never acknowledged"

    def _settle(self) -> None:
        self.clock.now += 5
        for replica in self.replicas:
            while replica.outbox and replica.hub is not None:
                replica.give(0)
        for hub in self.hubs:
            hub.commit()
            hub.pass_on()
        for replica in self.replicas:
            while replica.inbox:
                replica.take(0)

    # What must hold

    def _compare(self) -> None:
        for replica in self.replicas:
            replica.connect(self.hubs[0], f"last-{replica.number}")
            assert not replica.dirty, "the server lacks something although everything was acknowledged"
        expected = Doc()
        for update in [self.start, *(edit.update for edit in self.made)]:
            expected.apply_update(update)
        wanted = json_from_doc(expected)
        for replica in self.replicas:
            assert json_from_doc(replica.doc) == wanted, f"replica {replica.number} differs"
        assert self._read(self._stored()) == wanted, "what is on disk differs"
        self.store.compact(self.plan_id)
        assert self._read(self._stored()) == wanted, "compaction changed the document"
        self._check_acknowledged()
        assert {id(edit) for edit in self.acknowledged} == {id(edit) for edit in self.made}

    @staticmethod
    def _read(state: bytes) -> Any:
        doc: Doc = Doc()
        doc.apply_update(state)
        return json_from_doc(doc)

    def _check_acknowledged(self) -> None:
        """Every acknowledged character is on disk unless somebody deleted it, every acknowledged deletion too."""
        there = characters_of(self._stored())
        for edit in self.acknowledged:
            lost = edit.put - there - self.pen.unsafe
            assert not lost, f"acknowledged and lost: {lost}"
            back = edit.taken & there - self.known
            assert not back, f"acknowledged deletions came back: {back}"
            self.tally.checked += len(edit.put)

    def written_by(self, replica: Replica) -> Edit:
        """One random edit of this page."""
        made = self.pen.edit(replica.doc)
        self.made.append(made)
        self.tally.edits += 1
        return made
