"""One WebSocket: handshake, Engine.IO's few words, Socket.IO packets in msgpack. All of it runs in the loop's thread.

What has to ask the database is done in a native thread; meanwhile what the same socket sends waits in order, and the
loop goes on with the others.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgpack
from socketio.exceptions import ConnectionRefusedError as Refused

from yanxiu.web.lines import frames
from yanxiu.web.lines.frames import FrameError, FrameReader

if TYPE_CHECKING:
    from yanxiu.web.lines.server import LineServer

log = logging.getLogger(__name__)

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = range(5)
MAX_HEAD = 16 * 1024
MAX_MESSAGE = 1_000_000
MAX_EARLY = 4 * 1024
"""Bytes that anybody may send, or not take, before we know who it is."""
MAX_WAITING, MAX_WAITING_BYTES = 1000, 2 * 1024 * 1024
"""Messages of one socket that wait while one of its own is with the database; more is no client of ours."""
PATIENCE_S = 30.0
"""So long a connection may take to say what it wants."""
PING, PONG = b"2", b"3"
NO_DATA = (None,)


class BadHandshakeError(ValueError):
    """Not a request for a WebSocket of ours."""


class Line(asyncio.Protocol):
    """A connection, from the first byte to the last."""

    def __init__(self, server: LineServer, sid: str) -> None:
        self.sid = sid
        self._server = server
        self._transport: asyncio.Transport | None = None
        self.write: Callable[[bytes], object] = _nowhere
        self._head: bytes | None = b""
        self._reader = FrameReader(MAX_MESSAGE)
        self._busy = False
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = self._early_bytes = 0
        self._refused: BaseException | None = None
        self._known = self._connected = self._closed = False
        self.heard_at = self.pinged_at = self._began_at = server.now()

    # The transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=MAX_EARLY)
        self.write = transport.write
        self._server.lines[self.sid] = self

    def pause_writing(self) -> None:
        """The other side takes nothing any more."""
        self.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        self._stop()
        self._server.lines.pop(self.sid, None)
        if not self._busy:
            self._part()

    def _part(self) -> None:
        if self._known:
            self._known = False
            self._server.call("disconnect", self.sid)

    def _stop(self) -> None:
        """Hear and say nothing any more."""
        self._closed = True
        self.write = _nowhere
        self._waiting.clear()

    def abort(self) -> None:
        """Close without a word."""
        self._stop()
        if self._transport is not None:
            self._transport.abort()

    def close(self, code: int) -> None:
        """Close with a reason."""
        if self._transport is not None and not self._closed:
            self._stop()
            self._transport.write(frames.frame(frames.CLOSE, code.to_bytes(2, "big")))
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._guarded(self._receive, data)

    def _guarded(self, take: Callable[..., None], *arguments: Any) -> None:
        """What cannot be understood ends this line and no other."""
        try:
            take(*arguments)
        except FrameError as error:
            self.close(error.code)
        except Exception:
            self._server.count_failure("a message could not be taken")
            self.close(frames.PROTOCOL_ERROR)

    def _receive(self, data: bytes) -> None:
        if self._head is not None:
            self._shake_hands(data)
            return
        self.heard_at = self._server.time
        if not self._connected:
            self._early_bytes += len(data)
            if self._early_bytes > MAX_EARLY:
                raise FrameError(frames.TOO_BIG)
        for opcode, payload in self._reader.feed(data):
            self._hear(opcode, payload)
            if self._closed:
                return

    # The handshake

    def _shake_hands(self, data: bytes) -> None:
        assert self._transport is not None
        assert self._head is not None
        self._head += data
        head, found, rest = self._head.partition(b"\r\n\r\n")
        if not found and len(head) <= MAX_HEAD:
            return
        try:
            environ = environ_of(head if found else b"", self._server.secure)
            key = key_in(environ)
        except BadHandshakeError as error:
            self._answer(HTTPStatus.BAD_REQUEST, str(error))
            return
        self._head = None
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + frames.accept_key(key).encode() + b"\r\n\r\n"
        )
        told = {"sid": self.sid, "upgrades": [], "maxPayload": MAX_MESSAGE, **self._server.pings}
        self.write(frames.frame(frames.TEXT, b"0" + json.dumps(told).encode()))
        self._ask_who(environ)
        if rest:
            self._receive(rest)

    def _ask_who(self, environ: dict[str, Any]) -> None:
        """Look up who it is while the other side still reads our greeting; what it says meanwhile waits."""
        self._busy = True
        self._server.ask("connect", self.sid, environ).add_done_callback(self._knows_who)

    def _knows_who(self, done: asyncio.Future[Any]) -> None:
        self._busy = False
        self._refused = done.exception()
        self._known = self._refused is None
        if self._closed:
            self._part()
            return
        if self._refused is not None and not isinstance(self._refused, Refused):
            self._server.count_failure("connect failed", self._refused)
        self._guarded(self._take_waiting)

    def _answer(self, status: HTTPStatus, words: str) -> None:
        assert self._transport is not None
        text = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\nContent-Length: {len(words)}\r\n"
        )
        self._transport.write(f"{text}Connection: close\r\n\r\n{words}".encode())
        self._transport.close()

    # Messages

    def _hear(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.BINARY:
            if self._busy:
                self._keep_waiting(payload)
            else:
                self._take(msgpack.unpackb(payload))
        elif opcode == frames.TEXT:
            if payload == PING:
                self.write(frames.frame(frames.TEXT, PONG))
            elif payload != PONG:
                self.close(frames.NORMAL)
        elif opcode == frames.PING:
            self.write(frames.frame(frames.PONG, payload))
        elif opcode == frames.CLOSE:
            self.close(frames.NORMAL)
        elif opcode != frames.PONG:
            raise FrameError(frames.PROTOCOL_ERROR)

    def _keep_waiting(self, payload: bytes) -> None:
        """Kept as it came: unpacked it may take many times the room."""
        self._waiting_bytes += len(payload)
        if len(self._waiting) >= MAX_WAITING or self._waiting_bytes > MAX_WAITING_BYTES:
            self.abort()
        else:
            self._waiting.append(payload)

    def _take_waiting(self) -> None:
        while self._waiting and not self._busy and not self._closed:
            payload = self._waiting.popleft()
            self._waiting_bytes -= len(payload)
            self._take(msgpack.unpackb(payload))

    def _take(self, packet: dict[str, Any]) -> None:
        kind = packet["type"]
        if kind == EVENT and self._connected and packet["nsp"] == self._server.namespace:
            name, data = packet["data"][0], (packet["data"][1:2] or NO_DATA)[0]
            if self._server.do_quickly(name, self.sid, data) or not self._server.is_event(name):
                self._reply(packet, None)
            else:
                self._go_and_ask(packet, name, data)
        elif kind == CONNECT and packet["nsp"] == self._server.namespace and not self._connected:
            self._welcome(packet["nsp"])
        elif kind == CONNECT:
            self._refuse(packet["nsp"], "unable_to_connect")
        elif kind == DISCONNECT:
            self.close(frames.NORMAL)

    def _go_and_ask(self, packet: dict[str, Any], name: str, *arguments: Any) -> None:
        """Do it in a native thread; what comes meanwhile waits."""
        self._busy = True
        asked = self._server.ask(name, self.sid, *arguments)
        asked.add_done_callback(lambda done: self._answered(packet, name, done))

    def _answered(self, packet: dict[str, Any], name: str, done: asyncio.Future[Any]) -> None:
        self._busy = False
        if self._closed:
            self._part()
            return
        error = done.exception()
        if error is None:
            self._reply(packet, done.result())
        else:
            self._server.count_failure(f"{name} failed", error)
        self._guarded(self._take_waiting)

    def _welcome(self, namespace: str) -> None:
        if self._refused is None:
            self._connected = True
            assert self._transport is not None
            self._transport.set_write_buffer_limits(high=self._server.max_unsent)
            self.send({"type": CONNECT, "data": {"sid": self.sid}, "nsp": namespace})
        elif isinstance(self._refused, Refused):
            self._refuse(namespace, self._refused.error_args["message"])
        else:
            self._refuse(namespace, "unexpected")

    def _refuse(self, namespace: str, why: str) -> None:
        self.send({"type": CONNECT_ERROR, "data": {"message": why}, "nsp": namespace})

    def _reply(self, packet: dict[str, Any], answer: Any) -> None:
        if packet.get("id") is not None:
            data = [] if answer is None else [answer]
            self.send({"type": ACK, "data": data, "nsp": packet["nsp"], "id": packet["id"]})

    def send(self, packet: dict[str, Any]) -> None:
        """Send one packet to this socket."""
        if not self._closed:
            self.write(encoded(packet))

    def is_idle(self, now: float) -> bool:
        """Whether this is a connection that never said what it wants."""
        return not self._connected and not self._busy and now - self._began_at > PATIENCE_S

    def ping(self) -> None:
        """Ask whether the other side is there."""
        self.pinged_at = self._server.time
        if self._head is None:
            self.write(frames.frame(frames.TEXT, PING))


def _nowhere(_data: bytes) -> None:
    """Where bytes go before there is a transport."""


def encoded(packet: dict[str, Any]) -> bytes:
    """A packet as the bytes that go over the wire."""
    return frames.frame(frames.BINARY, msgpack.packb(packet))


def environ_of(head: bytes, secure: bool) -> dict[str, Any]:
    """A request's first lines as WSGI has them, as far as signing in needs."""
    first, *rest = head.decode("latin-1").split("\r\n")
    try:
        method, target, _version = first.split(" ")
    except ValueError:
        raise BadHandshakeError("not HTTP") from None
    url = urlsplit(target)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": url.path,
        "QUERY_STRING": url.query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https" if secure else "http",
    }
    for line in rest:
        name, _, value = line.partition(":")
        environ["HTTP_" + name.strip().upper().replace("-", "_")] = value.strip()
    return environ


def key_in(environ: dict[str, Any]) -> str:
    """The client's key; BadHandshakeError for whatever is not a WebSocket of Socket.IO from our own pages."""
    query = parse_qs(environ["QUERY_STRING"])
    key: str = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != "/socket.io/":
        raise BadHandshakeError("only /socket.io/ is served here")
    if query.get("transport") != ["websocket"] or query.get("EIO") != ["4"]:
        raise BadHandshakeError("transport must be websocket, EIO 4")
    if (
        environ.get("HTTP_UPGRADE", "").lower() != "websocket"
        or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13"
        or not key
    ):
        raise BadHandshakeError("not a WebSocket")
    if not is_own_page(environ):
        raise BadHandshakeError("another site may not connect")
    return key


def is_own_page(environ: dict[str, Any]) -> bool:
    """Whether the page that connects is of this site; programs name no origin."""
    origin = environ.get("HTTP_ORIGIN")
    scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO", scheme), environ.get("HTTP_X_FORWARDED_HOST", host)
    outside = "://".join(value.split(",")[0].strip() for value in forwarded)
    return origin is None or origin in (f"{scheme}://{host}", outside)
