"""A client of the document protocol `/rt`: a real socket and a real Y document, without an editor.

client = PlanClient(url, cookie, plan_id).connect()
client.write("一行字")            # a paragraph at the end of the last section
client.until_saved()              # acknowledged, that is on disk
client.drop(); client.write("离线写的"); client.connect()
"""

from __future__ import annotations

import secrets
import threading
from typing import Any

import socketio
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from tests.support.eventually import eventually
from tests.support.sockets import hang_up, new_socket
from yanxiu.lessonplans.collab import awareness
from yanxiu.lessonplans.collab.protocol import VERSION

NAMESPACE = "/rt"
FIELD = "default"


class PlanClient:
    """One replica. `acked` and `sent` count updates of the present connection."""

    def __init__(self, url: str, cookie: str, plan_id: int) -> None:
        self.url, self.cookie, self.plan_id = url, cookie, plan_id
        self.doc: Doc = Doc(client_id=secrets.randbits(32))  # as a page takes it; those set aside are larger
        self.socket: socketio.Client | None = None
        self.handle: int | None = None
        self.role: str | None = None
        self.answer: dict[str, Any] = {}
        self.sent = self.acked = 0
        self.naks: list[tuple[int, str]] = []
        self.perms: list[Any] = []
        self.presences: list[bytes] = []
        self.frames: list[bytes] = []
        self.acknowledged: list[str] = []
        self._waiting: list[tuple[int, str]] = []
        self._lock = threading.RLock()
        self._early: list[list[Any]] = []

    # The line

    def connect(self, timeout: float = 10.0) -> PlanClient:
        """Connect, join and send what the server lacks."""
        self.open(timeout).join(timeout)
        return self

    def open(self, timeout: float = 10.0) -> PlanClient:
        """Connect and no more."""
        socket = new_socket()
        for name in ("u", "a", "nak", "w", "perm", "sv"):
            socket.on(name, getattr(self, f"_on_{name}"), namespace=NAMESPACE)
        socket.connect(
            f"{self.url}?doc={self.plan_id}",
            headers={"Cookie": self.cookie},
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=timeout,
        )
        self.socket = socket
        return self

    def join(self, timeout: float = 10.0) -> dict[str, Any]:
        """Join (again) on the open socket; returns the server's answer."""
        assert self.socket is not None
        with self._lock:
            request = {"doc": self.plan_id, "sv": self.doc.get_state(), "cid": self.doc.client_id, "v": VERSION}
        self.answer = self.socket.call("join", request, namespace=NAMESPACE, timeout=timeout)
        if self.answer["ok"]:
            self._joined(self.answer)
        return self.answer

    def _joined(self, answer: dict[str, Any]) -> None:
        with self._lock:
            self.handle, self.role = answer["h"], answer["role"]
            self.sent = self.acked = 0
            self._waiting.clear()
            self.doc.apply_update(answer["diff"])
            early, self._early = self._early, []
            for payload in early:
                self._on_u(payload)
            missing = self.doc.get_update(answer["sv"])
            unsent = self.text_lines()
        if self.role == "write" and missing != b"\x00\x00":
            self.send(missing, *unsent)

    def drop(self) -> None:
        """Lose the line."""
        socket, self.socket, self.handle = self.socket, None, None
        if socket is not None:
            hang_up(socket)

    # Writing

    def write(self, line: str) -> None:
        """Append a paragraph to the last section and send it; offline it waits for the next `connect`."""
        with self._lock:
            before = self.doc.get_state()
            append_line(self.doc, line)
            update = self.doc.get_update(before)
        if self.handle is not None:
            self.send(update, line)

    def send(self, update: bytes, *lines: str) -> int:
        """Send an update; `lines` are what counts as acknowledged when its number is."""
        with self._lock:
            self.sent += 1
            number = self.sent
            self._waiting += [(number, line) for line in lines]
        assert self.socket is not None
        self.socket.emit("u", [self.handle, number, update], namespace=NAMESPACE)
        return number

    def show(self, clock: int, **state: Any) -> None:
        """Say where one is."""
        assert self.socket is not None
        frame = awareness.write_frame([awareness.Presence(self.doc.client_id, clock, state)])
        self.socket.emit("w", [self.handle, frame], namespace=NAMESPACE)

    def sees(self) -> dict[str, dict[str, Any]]:
        """Who is here by all that was told, and where: by name."""
        found = shown([self.answer["aware"], *self.presences]).values()
        return {state["user"]["name"]: state for state in found}

    def until_saved(self, timeout: float = 10.0) -> None:
        """Wait until everything sent is acknowledged."""
        eventually(lambda: self.acked == self.sent, timeout)

    def text_lines(self) -> list[str]:
        """All paragraphs of the document, top level and in sections."""
        with self._lock:
            return lines_of(self.doc)

    def state(self) -> bytes:
        """The state vector."""
        with self._lock:
            return self.doc.get_state()

    # What the server says

    def _on_u(self, payload: list[Any]) -> None:
        with self._lock:
            if self.handle is None:
                self._early.append(payload)
            elif payload[0] == self.handle:
                self.frames.append(payload[1])
                self.doc.apply_update(payload[1])

    def _on_a(self, payload: list[Any]) -> None:
        with self._lock:
            if payload[0] != self.handle:
                return
            self.acked = max(self.acked, payload[1])
            self.acknowledged += [line for number, line in self._waiting if number <= self.acked]
            self._waiting = [(number, line) for number, line in self._waiting if number > self.acked]

    def _on_nak(self, payload: list[Any]) -> None:
        self.naks.append((payload[1], payload[2]))

    def _on_w(self, payload: list[Any]) -> None:
        self.presences.append(payload[1])

    def _on_perm(self, payload: list[Any]) -> None:
        self.perms.append(payload[1])

    def _on_sv(self, payload: list[Any]) -> None:
        if payload[0] == self.handle:
            with self._lock:
                missing = self.doc.get_update(payload[1])
            self.send(missing)


def shown(frames: list[bytes]) -> dict[int, dict[str, Any]]:
    """What a browser shows after these awareness frames, by the rule of y-protocols."""
    known: dict[int, awareness.Presence] = {}
    for told in (told for frame in frames for told in awareness.read_frame(frame)):
        old = known.get(told.client)
        if old is None or told.clock > old.clock or (told.clock == old.clock and told.state is None):
            known[told.client] = told
    return {client: told.state for client, told in known.items() if told.state is not None}


def append_line(doc: Doc, line: str) -> None:
    """Add a paragraph to the last section (or to the document, if it has none)."""
    root = doc.get(FIELD, type=XmlFragment)
    with doc.transaction():
        sections = [child for child in root.children if isinstance(child, XmlElement) and child.tag == "planSection"]
        parent = sections[-1] if sections else root
        paragraph = parent.children.append(XmlElement("paragraph"))
        paragraph.children.append(XmlText(line))


def lines_of(doc: Doc) -> list[str]:
    """The text of every paragraph outside tables, in order."""
    root = doc.get(FIELD, type=XmlFragment)
    found: list[str] = []
    for child in root.children:
        parts = child.children if isinstance(child, XmlElement) and child.tag == "planSection" else [child]
        for part in parts:
            if isinstance(part, XmlElement) and part.tag == "paragraph":
                found.append("".join(str(text) for text in part.children))
    return found


def new_update(line: str) -> bytes:
    """An update of a fresh replica that adds one paragraph at the top level."""
    doc: Doc = Doc()
    append_line(doc, line)
    return doc.get_update()
