"""A document with a long past is opened: ours beside @hocuspocus/server and y-websocket's, hot and after a restart.

    python benchmarks/recorded.py [--operations 260000] [--rounds 25] [--restarts 5] [--only realtime …]

The recording is made here, the same each time: one author types a stretch, takes some of it back, jumps to another
place. Every operation is a transaction of its own; a thousand of their updates go to the server as one, by
its own protocol; the others get our plan's template first, for ours has it. Then a fresh client (Yjs on Node) opens the document: from the first byte of the connection until everything
is applied. *hot*: somebody has it open, all servers run side by side and are asked in turn; *cold*: the first to ask after the server was
started again. CPU is what client and server used meanwhile. *pieces*: structs of the update, and stretches in its list of what is deleted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from beside import KINDS, Contestant, contestants, installed, people
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.collab.updates import merge, read_state_vector
from yanxiu.lessonplans.document.templates import LITERACY, empty_document
from yanxiu.lessonplans.document.ydoc import state_from_json

AUTHOR = 4711
HAN = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
HAN_BYTES = 3
TOGETHER = 1000
HEAD = (
    "| server | opened | arrived ms (middle half) | applied ms | client CPU ms | of it Yjs | KB | pieces + deleted | server CPU ms | load |"
    "\n|---|---|---|---|---|---|---|---|---|---|"
)
REST_S = 6.0
"""Hocuspocus stores after two quiet seconds, ours compacts when the last person left."""


class Recording:
    """Somebody writes a long text: `updates` of a thousand operations each, and the author's last `clock`."""

    def __init__(self, operations: int) -> None:
        self._chance = random.Random(260)
        self._doc: Doc[Any] = Doc(client_id=AUTHOR)
        self._made: list[bytes] = []
        self._fragment = self._doc["default"] = XmlFragment()
        watch = self._doc.observe(lambda event: self._made.append(event.update))
        self._paragraphs: list[tuple[XmlText, list[int]]] = []
        self.updates: list[bytes] = []
        self.operations = 0
        while self.operations < operations:
            self._burst(operations)
        self._pack()
        self._doc.unobserve(watch)
        self.clock = state_of(self._doc)

    def _burst(self, operations: int) -> None:
        """A stretch of typing in one place, then some of it taken back, character by character."""
        chance = self._chance
        if not self._paragraphs or chance.random() < 0.03:
            self._new_paragraph()
        text, size = chance.choice(self._paragraphs)
        at = size[0] if chance.random() < 0.6 else chance.randint(0, size[0])
        typed = min(operations - self.operations, chance.randint(1, 60))
        for _ in range(typed):
            with self._doc.transaction():
                text.insert(at * HAN_BYTES, chance.choice(HAN))
            at += 1
            size[0] += 1
            self._done()
        for _ in range(min(operations - self.operations, at, int(typed * chance.uniform(0, 0.85)))):
            at -= 1
            with self._doc.transaction():
                del text[at * HAN_BYTES : (at + 1) * HAN_BYTES]
            size[0] -= 1
            self._done()

    def _new_paragraph(self) -> None:
        with self._doc.transaction():
            place = self._chance.randint(0, len(self._paragraphs))
            paragraph = self._fragment.children.insert(place, XmlElement("paragraph"))
            self._paragraphs.append((paragraph.children.append(XmlText("")), [0]))
        self._done()

    def _done(self) -> None:
        self.operations += 1
        if len(self._made) >= TOGETHER:
            self._pack()

    def _pack(self) -> None:
        if self._made:
            self.updates.append(merge(self._made))
            self._made.clear()

    def facts(self) -> str:
        characters = sum(size[0] for _, size in self._paragraphs)
        return (
            f"{self.operations:,} operations, {characters:,} characters left in {len(self._paragraphs)} paragraphs,"
            f" {sum(map(len, self.updates)) / 1000:,.0f} kB of updates, {len(self._doc.get_update()) / 1000:,.0f} kB of state"
        )

    def write(self, file: Path, first: tuple[bytes, ...] = ()) -> None:
        """All updates, behind what is `first`; of each its length in 4 bytes before it."""
        file.write_bytes(b"".join(len(one).to_bytes(4, "little") + one for one in (*first, *self.updates)))


def state_of(doc: Doc[Any]) -> int:
    return read_state_vector(doc.get_state())[AUTHOR]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("operations", 260_000), ("rounds", 25), ("restarts", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS[1:])
    chosen = parser.parse_args()
    recording = Recording(chosen.operations)
    print(recording.facts() + "\n")
    with tempfile.TemporaryDirectory(prefix="yanxiu-recorded-") as folder:
        node, file = installed(Path(folder, "node")), Path(folder, "recording")
        template = (state_from_json(empty_document(LITERACY)),)
        warm = file.with_name("recording-warm")
        recording.write(warm, template)
        asked: list[tuple[Contestant, dict[str, Any]]] = []
        for contestant in contestants(Path(folder, "servers"), node, chosen.only, 2):
            own = file.with_name(f"recording-{contestant.kind}")
            recording.write(own, () if "plan" in contestant.facts else template)
            common = {
                "author": AUTHOR,
                "clock": recording.clock,
                "recording": str(own),
                "warm": str(warm),
                "room": "plan",
            }
            asked.append((contestant, {**common, "kind": contestant.kind, **contestant.facts}))
        print(HEAD)
        opened_hot(asked, node, chosen.rounds)
        for contestant, facts in asked:
            opened_cold(contestant, node, facts, chosen.restarts)


def opened_hot(asked: list[tuple[Contestant, dict[str, Any]]], node: Path, rounds: int) -> None:
    """Load the document into every server, then ask them in turn; print a line for each, and how ours compares."""
    with contextlib.ExitStack() as all_running:
        servers = []
        for contestant, facts in asked:
            running = all_running.enter_context(contestant.start())
            servers.append((running, {**facts, "url": running.url}))
            with people(node, servers[-1][1], "recorded.mjs") as writer:
                writer.until("loaded")
        time.sleep(REST_S)
        wanted = {**asked[0][1], "servers": [facts for _running, facts in servers], "opens": True, "stays": True}
        used = [running.cpu_s() for running, _facts in servers]
        with people(node, {**wanted, "rounds": rounds}, "recorded.mjs") as reader:
            opened = reader.until("opened")["opened"]
        for (contestant, _facts), (running, _more), before, own in zip(asked, servers, used, opened, strict=True):
            print(line_of(contestant.kind, "hot", own, running.cpu_s() - before), flush=True)
    for (contestant, _facts), own in zip(asked[1:], opened[1:], strict=True):
        print(compared(asked[0][0].kind, opened[0], contestant.kind, own), flush=True)


def opened_cold(contestant: Contestant, node: Path, facts: dict[str, Any], restarts: int) -> None:
    """Ask a server that has just been started again, so many times."""
    cold, used = [], 0.0
    for _ in range(restarts):
        with contestant.start() as running:
            time.sleep(1.0)
            before = running.cpu_s()
            servers = [{**facts, "url": running.url}]
            with people(node, {**facts, "servers": servers, "opens": True, "rounds": 1}, "recorded.mjs") as reader:
                cold += reader.until("opened")["opened"][0]
            used += running.cpu_s() - before
            time.sleep(1.0)
    if cold:
        print(line_of(contestant.kind, "cold", cold, used), flush=True)


def line_of(kind: str, how: str, opened: list[dict[str, float]], cpu_s: float) -> str:
    first = opened[0]
    return (
        f"| {kind} | {how} | {spread(opened, 'arrived')} | {spread(opened, 'applied')} | {spread(opened, 'cpu')} | {spread(opened, 'yjs')}"
        f" | {statistics.median(one['bytes'] for one in opened) / 1000:.0f} | {first['structs']} + {first['stretches']}"
        f" | {1000 * cpu_s / len(opened):.0f} | {os.getloadavg()[0]:.1f} |"
    )


def spread(opened: list[dict[str, float]], what: str) -> str:
    """The median, and between which values the middle half lies."""
    values = sorted(one[what] for one in opened)
    low, high = values[len(values) // 4], values[3 * len(values) // 4]
    return f"{statistics.median(values):.1f} ({low:.1f}–{high:.1f})"


def compared(kind: str, own: list[dict[str, float]], other: str, theirs: list[dict[str, float]]) -> str:
    """Say of the rounds, in each of which both were asked, by how much the first was later."""
    said = []
    for what in ("applied", "cpu", "yjs"):
        later = [one[what] - another[what] for one, another in zip(own, theirs, strict=True)]
        sooner = sum(each < 0 for each in later)
        said.append(f"{what} {statistics.median(later):+.1f} ms, less in {sooner} of {len(later)} rounds")
    return f"{kind} beside {other}: {'; '.join(said)}"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
