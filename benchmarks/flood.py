"""How many edits a second one core of a document server carries until others wait a quarter of a second for them.

    python benchmarks/flood.py [--only realtime hocuspocus y-websocket] [--from 3000] [--step 3000] [--to 24000]
                               [--people 500] [--documents 100] [--seconds 6]

The server and what belongs to it run on the first core, the generator on the last. Everybody writes 1 to 4 Han characters
at a time and now and then takes the last one away; every update and every frame is made before a step begins, so that
sending is one system call; at the times of a Poisson process, whether the server is in time or not. A few documents are
watched: every edit there carries a number that their reader looks for. The load grows until the p95 from the moment an edit is due
until it arrives at the reader is 250 ms, or until it is not all there two seconds after the end. *late* is how far the
generator itself fell behind (p95): a step where that is more than a few milliseconds says nothing about the server.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import select
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beside import KINDS, Contestant, Running, contestants, installed
from pycrdt import Doc, XmlElement, XmlFragment
from raw_lines import LINES, Line, Pen, pinned

WORDS = "教学设计研究课堂学生目标重难点过程评价作业板书反思"
HAN_BYTES = 3
MARK = re.compile(rb"#([0-9a-f]{6})")
MARK_SIZE = 7
WATCHED = 8
DUE_MS = 250.0
GRACE_S = 2.0
LOOK_EVERY_S = 0.001
KEEP_ALIVE_S = 8.0
HEAD = "| server | edits/s | shown to another p50 / p95 ms | ack p50 / p95 ms | CPU s for 1000 edits | core used | late ms | load |"


@dataclass
class Writer:
    """Somebody who writes; in a watched document each of their edits carries a number."""

    person: int
    line: Line
    pen: Pen
    watched: bool
    sent: int = 0

    def next_frame(self, words: str, *, shorter: bool) -> bytes:
        self.sent += 1
        return self.line.update_frame(self.sent, self.pen.write(words, without_last=HAN_BYTES if shorter else 0))


Edit = tuple[float, Writer, int, bytes, int]
"""When who sends their edit of what number, the frame, and the number that is looked for (0: none)."""


@dataclass
class Step:
    """What was seen while so many edits a second were offered."""

    due: dict[int, float] = field(default_factory=dict)
    shown: list[float] = field(default_factory=list)
    acked: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    edits: int = 0
    acks_owed: int = 0
    cpu_s: float = 0.0
    seconds: float = 0.0

    def holds(self) -> bool:
        return not self.due and quantile(self.shown, 0.95) < DUE_MS and not self.acks_owed


class Crowd:
    """All the people at one server, and the loop that plays them."""

    def __init__(self, contestant: Contestant, running: Running, people: int, documents: int) -> None:
        self.running, self.contestant, self.documents = running, contestant, documents
        self.chance = random.Random(people)
        self.number = 0
        self.lines = lines = [self.come_in(person)[0] for person in range(people)]
        self.readers = {line.socket.fileno(): line for line in lines[:WATCHED]}
        self.tails = dict.fromkeys(self.readers, b"")
        self.writers = [
            Writer(person, line, Pen(client_of(person), f"w{person}:"), person % documents < WATCHED)
            for person, line in enumerate(lines)
            if person >= documents
        ]
        self.by_socket = {writer.line.socket.fileno(): writer for writer in self.writers if writer.watched}
        self.waiting_acks: dict[int, deque[tuple[int, float]]] = {number: deque() for number in self.by_socket}
        self.not_own = dict.fromkeys(self.by_socket, 0)
        for writer in self.writers:
            writer.sent += 1
            writer.line.say(writer.line.update_frame(writer.sent, writer.pen.taken()))
        for line in lines:
            line.socket.setblocking(False)
        self.poll = select.epoll()
        for number in (*self.readers, *self.by_socket):
            self.poll.register(number, select.EPOLLIN)
        self.watched = len(self.by_socket)
        self.quiet = [line for line in lines if line.socket.fileno() not in {*self.readers, *self.by_socket}]
        self.kept_at = 0.0
        self.settle(1.0)

    def come_in(self, person: int) -> tuple[Line, bytes]:
        """Somebody's line to their document, and what it says."""
        document, told = person % self.documents, self.contestant.facts
        facts: dict[str, Any] = {"client": client_of(person)}
        if told:
            facts |= {"plan": told["plans"][document], "cookie": told["cookies"][person]}
        line = LINES[self.contestant.kind](self.running.url, f"plan{document}", facts)
        return line, line.join()

    def settle(self, seconds: float) -> None:
        """Take what comes for a while and count none of it; whatever was confirmed by then beside one's own is known."""
        over = time.perf_counter() + seconds
        while time.perf_counter() < over:
            self.look(Step(), 0.01)
            self.drain(len(self.quiet))
        for writer in self.by_socket.values():
            self.not_own[writer.line.socket.fileno()] = writer.line.confirmed - writer.sent

    # One step

    def step(self, rate: int, seconds: float) -> Step:
        step, plan = Step(), self._planned(rate, seconds)
        step.edits = len(plan)
        used, begun = self.running.cpu_s(), time.perf_counter() + 0.02
        self._play(step, plan, begun)
        step.seconds = time.perf_counter() - begun
        step.cpu_s = self.running.cpu_s() - used
        over = time.perf_counter() + GRACE_S
        while time.perf_counter() < over and (step.due or any(self.waiting_acks.values())):
            self.look(step, 0.002)
            self.drain(8)
        step.acks_owed = sum(map(len, self.waiting_acks.values()))
        return step

    def _planned(self, rate: int, seconds: float) -> list[Edit]:
        chance, at, plan = self.chance, 0.0, []
        while (at := at + chance.expovariate(rate)) < seconds:
            writer = chance.choice(self.writers)
            start = chance.randrange(len(WORDS) - 4)
            words, mark = WORDS[start : start + 1 + chance.randrange(4)], 0
            if writer.watched:
                self.number += 1
                mark, words = self.number, f"#{self.number:06x}{words[:1]}"
            frame = writer.next_frame(words, shorter=chance.random() < 0.1)
            plan.append((at, writer, writer.sent, frame, mark))
        return plan

    def _play(self, step: Step, plan: list[Edit], begun: float) -> None:
        looked, clock = 0.0, time.perf_counter
        for at, writer, number, frame, mark in plan:
            due = begun + at
            while (now := clock()) < due or now - looked > LOOK_EVERY_S:
                if now - looked > LOOK_EVERY_S or due - now > LOOK_EVERY_S:
                    self.look(step, 0)
                    self.drain(3)
                    looked = clock()
            step.late.append(1000 * (now - due))
            if mark:
                step.due[mark] = due
                if writer.line.acknowledged:
                    self.waiting_acks[writer.line.socket.fileno()].append((number, due))
            self.send(writer.line, frame)

    def send(self, line: Line, data: bytes) -> None:
        """Send what the socket takes now; the rest goes before what comes next."""
        data = line.unsent + data if line.unsent else data
        try:
            line.unsent = data[line.socket.send(data) :]
        except BlockingIOError:
            line.unsent = data

    def look(self, step: Step, timeout: float) -> None:
        """See what has come to those who are watched."""
        for number, _ in self.poll.poll(timeout):
            if number in self.readers:
                self._read(step, number)
            else:
                self._confirm(step, number)

    def _read(self, step: Step, number: int) -> None:
        data = self.tails[number] + self.readers[number].socket.recv(1 << 18)
        now = time.perf_counter()
        for mark in MARK.findall(data):
            due = step.due.pop(int(mark, 16), None)
            if due is not None:
                step.shown.append(1000 * (now - due))
        self.tails[number] = data[-(MARK_SIZE - 1) :]

    def _confirm(self, step: Step, number: int) -> None:
        line = self.by_socket[number].line
        deque(line.take(line.socket.recv(1 << 18)), maxlen=0)
        waiting, now = self.waiting_acks[number], time.perf_counter()
        confirmed = line.confirmed - self.not_own[number]
        while waiting and waiting[0][0] <= confirmed:
            step.acked.append(1000 * (now - waiting.popleft()[1]))

    def drain(self, count: int) -> None:
        """Throw away what has come to the next of those nobody watches; say now and then that they are there."""
        for _ in range(min(count, len(self.quiet))):
            line = self.quiet.pop()
            self.quiet.insert(0, line)
            with contextlib.suppress(BlockingIOError):
                line.socket.recv(1 << 18)
            if line.unsent:
                self.send(line, b"")
        now = time.perf_counter()
        if now - self.kept_at > KEEP_ALIVE_S:
            self.kept_at = now
            for line in self.lines:
                self.send(line, line.still_here())

    def lost(self) -> int:
        """How many writers in the watched documents there are whose text a fresh reader does not find."""
        missing = 0
        for document in range(WATCHED):
            line, state = self.come_in(document)
            line.close()
            found = paragraphs(state)
            own = [writer for writer in self.writers if writer.person % self.documents == document]
            missing += sum(str(writer.pen.text) not in found for writer in own)
        return missing


def client_of(person: int) -> int:
    return 1_000_000 + person


def paragraphs(state: bytes) -> set[str]:
    """What each paragraph of a document says."""
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    nodes = doc.get("default", type=XmlFragment).children
    return {"".join(map(str, node.children)) for node in nodes if isinstance(node, XmlElement)}


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)] if values else float("nan")


def both(values: list[float]) -> str:
    return f"{quantile(values, 0.5):.1f} / {quantile(values, 0.95):.1f}" if values else "—"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = {"from": 3000, "step": 3000, "to": 24000, "people": 500, "documents": 100}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS[1:])
    chosen = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="yanxiu-flood-") as folder:
        node = installed(Path(folder, "node"))
        print(HEAD + "\n" + "|---" * HEAD.count(" |") + "|")
        for contestant in contestants(Path(folder, "servers"), node, chosen.only, chosen.people, chosen.documents):
            for line in stepped(contestant, chosen, cores):
                print(line, flush=True, file=sys.stdout if line.startswith("|") else sys.stderr)


def stepped(contestant: Contestant, chosen: argparse.Namespace, cores: list[int]) -> Iterator[str]:
    """A line of the table for each step, the last one being too much."""
    with contextlib.ExitStack() as stack:
        with pinned(cores[0]):
            running = stack.enter_context(contestant.start())
        stack.enter_context(pinned(cores[-1]))
        crowd = Crowd(contestant, running, chosen.people, chosen.documents)
        for rate in range(getattr(chosen, "from"), chosen.to + 1, chosen.step):
            step = crowd.step(rate, chosen.seconds)
            yield line_of(contestant.kind, step)
            crowd.settle(0.5 if step.holds() else 5.0)
            if not step.holds():
                break
        yield f"{contestant.kind}: the text of {crowd.lost()} of {crowd.watched} writers was not found"


def line_of(kind: str, step: Step) -> str:
    owed = f", {len(step.due)} never" if step.due else ""
    owed_acks = f", {step.acks_owed} owed" if step.acks_owed else ""
    return (
        f"| {kind} | {step.edits / step.seconds:,.0f} | {both(step.shown)}{owed} | {both(step.acked)}{owed_acks}"
        f" | {1000 * step.cpu_s / step.edits:.3f} | {step.cpu_s / step.seconds:.0%}"
        f" | {quantile(step.late, 0.95):.1f} | {os.getloadavg()[0]:.1f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
