"""Lines to our document server and to its peers for a generator that must not be what is measured.

A line is a bare socket; every frame that it will send is made beforehand, mask included, so that sending is one system
call. What comes in is taken apart only where somebody looks at it.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgpack
import under_test  # noqa: F401  (puts the source root on the path)
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.collab.varint import read_bytes, read_uint, write_bytes, write_uint
from yanxiu.web.lines import frames
from yanxiu.web.lines.frames import unmasked

SYNC, AUTH, SYNC_STATUS = 0, 2, 8
STEP_1, STEP_2, UPDATE = 0, 1, 2
NO_STATE = b"\x00"
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Heard:
    """What a message of a server says: the document when one joins, an update, how much of one's own is confirmed."""

    whole: bytes | None = None
    update: bytes | None = None
    confirmed: int | None = None


class Line:
    """One connection of one person to one document, speaking y-websocket's protocol."""

    acknowledged = False

    def __init__(self, url: str, room: str, facts: dict[str, Any] | None = None) -> None:
        self.room, self.facts = room, facts or {}
        self.confirmed = 0
        self.unsent = b""
        self._rest = b""
        where = urlsplit(url)
        self.socket = socket.create_connection((where.hostname, where.port or 80), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._shake_hands(where.netloc)

    # The handshake

    def path(self) -> str:
        return f"/{self.room}"

    def headers(self) -> dict[str, str]:
        return {}

    def _shake_hands(self, host: str) -> None:
        own = {
            "Host": host, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), **self.headers(),
        }  # fmt: skip
        head = "".join(f"{name}: {value}\r\n" for name, value in own.items())
        self.socket.sendall(f"GET {self.path()} HTTP/1.1\r\n{head}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        status, _, self._rest = answer.partition(b"\r\n\r\n")
        if b" 101 " not in status.split(b"\r\n")[0]:
            raise SystemExit(f"no WebSocket: {status[:200]!r}")

    def _more(self) -> bytes:
        data = self.socket.recv(1 << 18)
        if not data:
            raise SystemExit("the server hung up")
        return data

    # Messages

    def join(self) -> bytes:
        """Open the document; return its whole state."""
        self.greet()
        while True:
            for heard in self.take(self._more()):
                if heard.whole is not None:
                    return heard.whole

    def greet(self) -> None:
        self.say(self.frame(self.sync(STEP_1, NO_STATE)))

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    @staticmethod
    def frame(payload: bytes, opcode: int = frames.BINARY) -> bytes:
        """A masked frame of a client."""
        mask, size = os.urandom(4), len(payload)
        if size < 126:
            head = bytes((frames.FINAL | opcode, frames.MASKED | size))
        elif size < 65536:
            head = bytes((frames.FINAL | opcode, frames.MASKED | 126)) + size.to_bytes(2, "big")
        else:
            head = bytes((frames.FINAL | opcode, frames.MASKED | 127)) + size.to_bytes(8, "big")
        return head + mask + unmasked(payload, mask)

    def sync(self, step: int, data: bytes) -> bytes:
        return write_uint(SYNC) + write_uint(step) + write_bytes(data)

    def update_frame(self, _number: int, update: bytes) -> bytes:
        """The frame that brings the server one's update of this number, counted from 1."""
        return self.frame(self.sync(UPDATE, update))

    def still_here(self) -> bytes:
        """What keeps the server from giving the line up."""
        return self.frame(b"", frames.PONG)

    def take(self, data: bytes) -> Iterator[Heard]:
        """Take bytes that came in; give what they say."""
        self._rest += data
        at = 0
        while (found := _frame_at(self._rest, at)) is not None:
            opcode, begin, at = found
            heard = self.heard(opcode, self._rest[begin:at])
            if heard is not None:
                yield heard
        self._rest = self._rest[at:]

    def heard(self, opcode: int, payload: bytes) -> Heard | None:
        return self.heard_sync(payload, 0) if opcode == frames.BINARY else None

    def heard_sync(self, payload: bytes, at: int) -> Heard | None:
        kind, at = read_uint(payload, at)
        if kind != SYNC:
            return None
        step, at = read_uint(payload, at)
        data, _ = read_bytes(payload, at)
        if step == STEP_1:
            return None
        return Heard(whole=data) if step == STEP_2 else Heard(update=data)

    def close(self) -> None:
        self.socket.close()


class HocuspocusLine(Line):
    """Hocuspocus: the same behind the document's name, and a word for each update that was taken in."""

    acknowledged = True

    def path(self) -> str:
        return "/"

    def greet(self) -> None:
        self.say(self.frame(write_uint(AUTH) + write_uint(0) + write_bytes(b"")))
        super().greet()

    @property
    def _name(self) -> bytes:
        return write_bytes(self.room.encode())

    def frame(self, payload: bytes, opcode: int = frames.BINARY) -> bytes:  # type: ignore[override]
        return Line.frame(self._name + payload if opcode == frames.BINARY else payload, opcode)

    def heard(self, opcode: int, payload: bytes) -> Heard | None:
        if opcode != frames.BINARY:
            return None
        _, at = read_bytes(payload, 0)
        kind, after = read_uint(payload, at)
        if kind == SYNC_STATUS and read_uint(payload, after)[0] == 1:
            self.confirmed += 1
            return Heard(confirmed=self.confirmed)
        return self.heard_sync(payload, at)


class OwnLine(Line):
    """Ours: Socket.IO with one msgpack frame a message; facts: `plan`, `cookie`, `client`."""

    acknowledged = True

    def path(self) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&doc={self.facts['plan']}"

    def headers(self) -> dict[str, str]:
        return {"Cookie": self.facts["cookie"]}

    def packet(self, kind: int, data: Any = None, number: int | None = None) -> bytes:
        parts = {"type": kind, "nsp": "/rt", "data": data, "id": number}
        return self.frame(msgpack.packb({key: value for key, value in parts.items() if value is not None}))

    def greet(self) -> None:
        for _ in self.take(b""):
            pass

    def update_frame(self, number: int, update: bytes) -> bytes:
        return self.packet(2, ["u", [self.handle, number, update]])

    def still_here(self) -> bytes:
        return self.frame(b"3", frames.TEXT)

    def heard(self, opcode: int, payload: bytes) -> Heard | None:
        if opcode == frames.TEXT:
            if payload[:1] in b"02":
                self.say(self.packet(0) if payload[:1] == b"0" else self.still_here())
            return None
        if opcode != frames.BINARY:
            return None
        packet = msgpack.unpackb(payload)
        if packet["type"] == 0:
            wanted = {"doc": self.facts["plan"], "sv": NO_STATE, "cid": self.facts["client"], "v": 1}
            self.say(self.packet(2, ["join", wanted], 1))
            return None
        return self._joined(packet["data"][0]) if packet["type"] == 3 else self._event(*packet["data"])

    def _joined(self, answer: dict[str, Any]) -> Heard:
        if not answer["ok"]:
            raise SystemExit(f"not let in: {answer['code']}")
        self.handle = answer["h"]
        return Heard(whole=answer["diff"])

    def _event(self, name: str, payload: Any) -> Heard | None:
        if name == "nak":
            raise SystemExit(f"refused: {payload[2]}")
        if name == "a":
            self.confirmed = payload[1]
            return Heard(confirmed=self.confirmed)
        return Heard(update=payload[1]) if name == "u" else None


LINES: dict[str, type[Line]] = {
    "ours": OwnLine, "realtime": OwnLine, "hocuspocus": HocuspocusLine, "y-websocket": Line,
}  # fmt: skip


def _frame_at(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, beginning and end of the payload of a server's frame; None while it is not whole."""
    if len(data) < at + 2:
        return None
    length, begin = data[at + 1] & 0x7F, at + 2
    if length >= 126:
        more = 2 if length == 126 else 8
        length, begin = int.from_bytes(data[begin : begin + more], "big"), begin + more
    end = begin + length
    return (data[at] & 0x0F, begin, end) if begin <= end <= len(data) else None


class Pen:
    """Somebody's paragraph, and the updates that writing in it makes."""

    def __init__(self, client: int, name: str) -> None:
        self.doc: Doc[Any] = Doc(client_id=client)
        self._made: list[bytes] = []
        fragment = self.doc["default"] = XmlFragment()
        self._watch = self.doc.observe(lambda event: self._made.append(event.update))
        with self.doc.transaction():
            paragraph = fragment.children.append(XmlElement("paragraph"))
            self.text = paragraph.children.append(XmlText(name))
        self._bytes = len(name.encode())

    def taken(self) -> bytes:
        """The update of what was done last."""
        return self._made.pop()

    def write(self, words: str, *, without_last: int = 0) -> bytes:
        """Write at the end and take the last characters away again (so many bytes), as one update."""
        size = len(words.encode())
        with self.doc.transaction():
            self.text.insert(self._bytes, words)
            if without_last:
                end = self._bytes + size
                del self.text[end - without_last : end]
        self._bytes += size - without_last
        return self.taken()


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """What is started inside runs on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
