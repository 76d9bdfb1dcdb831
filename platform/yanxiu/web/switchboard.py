"""All WebSockets of `yanxiu serve` on one thread, instead of four threads for each.

python-engineio's threading mode gives a socket the thread of its request, one that reads, one that writes and one that
waits for the next ping; a notice to 500 people wakes 500 threads. Here a connection is taken from the web server once
it is a WebSocket: one thread waits for all of them, a few do what messages ask for, and whoever has something to tell
writes it to the connection himself. What comes from one socket is taken in its order.

Where a connection cannot be taken over (no epoll, no plain socket, a change from long polling to WebSocket) Engine.IO's
own way remains.
"""

from __future__ import annotations

import contextlib
import functools
import heapq
import itertools
import logging
import os
import resource
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import socketio
from engineio.exceptions import SocketIsClosedError, UnknownPacketError
from engineio.packet import PING, PONG, Packet
from engineio.socket import Socket as EngineSocket

from yanxiu.web.held_line import HEARING, HeldLine, Message
from yanxiu.web.lines import frames

log = logging.getLogger(__name__)

HANDS = 16
"""Threads that do what messages ask for; most ask the database, which serves few at a time."""
MOST_LINES = 5000
SPARE_FILES = 500
"""Files and connections that the rest of the process may need open beside them."""
ROUND_S = 1.0
SIGN_OF_LIFE = str(PONG).encode()
RAW_SOCKETS = ("gunicorn.socket", "werkzeug.socket")
GONE = select.EPOLLHUP | select.EPOLLERR if hasattr(select, "epoll") else 0


class Switchboard:
    """The lines of this process. Its threads begin with the first of them."""

    def __init__(self, max_unsent: int) -> None:
        self.max_unsent = max_unsent
        self._lines: dict[int, HeldLine] = {}
        self._lock = threading.Lock()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._poll: Any = None
        self._hands: ThreadPoolExecutor | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody else is let in."""
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        room = MOST_LINES if files == resource.RLIM_INFINITY else min(MOST_LINES, files - SPARE_FILES)
        return len(self._lines) >= room

    def hold(self, line: HeldLine) -> None:
        """Begin to listen to a line."""
        self._start()
        self._lines[line.fileno()] = line
        self._poll.register(line.fileno(), line.mask)

    def release(self, line: HeldLine) -> None:
        """Forget a line before its descriptor is closed and may be given to another.

        Closing is not enough: a child process that is just being started may hold the same connection open.
        """
        with contextlib.suppress(OSError, ValueError):
            self._poll.unregister(line.fileno())
        self._lines.pop(line.fileno(), None)

    def watch(self, line: HeldLine, mask: int) -> None:
        """Wake the line for these events from now on."""
        try:
            self._poll.modify(line.fileno(), mask)
        except (OSError, ValueError):
            pass  # not held yet, or closed

    def work(self, task: Callable[[], None]) -> None:
        """Do it in one of the threads for that."""
        self._start()
        assert self._hands is not None
        with contextlib.suppress(RuntimeError):  # the process is ending
            self._hands.submit(_guarded, task)

    def later(self, seconds: float, task: Callable[[], None]) -> None:
        """Do something short in the listening thread, after that time or up to a second more."""
        self._start()
        with self._lock:
            heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), task))

    def _start(self) -> None:
        if self._poll is not None:
            return
        with self._lock:
            if self._poll is None:
                self._hands = ThreadPoolExecutor(HANDS, "socket-messages")
                self._poll = select.epoll()
                threading.Thread(target=self._listen, name="switchboard", daemon=True).start()

    def _listen(self) -> None:
        while True:
            for descriptor, events in self._poll.poll(ROUND_S):
                line = self._lines.get(descriptor)
                if line is not None:
                    _guarded(functools.partial(self._wake, line, events))
            self._do_what_is_due()

    def _wake(self, line: HeldLine, events: int) -> None:
        if events & select.EPOLLOUT:
            line.flush()
        if events & (HEARING | GONE):
            line.hear() if events & HEARING else line.end()

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        while True:
            with self._lock:
                if not self._timers or self._timers[0][0] > now:
                    return
                task = heapq.heappop(self._timers)[2]
            _guarded(task)


def _guarded(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception:
        log.exception("a socket's work failed")


class _Outgoing:
    """Stands where Engine.IO has the queue of a socket: what is put in has left."""

    def __init__(self, line: HeldLine) -> None:
        self._line = line

    def put(self, packet: Packet | None) -> None:
        """Send a packet; None closes."""
        if packet is None:
            self._line.finish()
            return
        encoded = packet.encode()
        if isinstance(encoded, str):
            self._line.send(frames.TEXT, encoded.encode())
        else:
            self._line.send(frames.BINARY, bytes(encoded))

    def join(self) -> None:
        """Nothing waits."""


class _Upgrade:
    """What Engine.IO calls where a request asks for a WebSocket."""

    def __init__(self, board: Switchboard, otherwise: Callable[..., Any], handler: Any, server: Any) -> None:
        self._board = board
        self._otherwise = otherwise
        self._handler = handler
        self._server = server
        self._engine: EngineSocket = handler.__self__

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        raw = next((environ[name] for name in RAW_SOCKETS if name in environ), None)
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY")
        if self._engine.connected or type(raw) is not socket.socket or not key or not HEARING:
            return self._otherwise(self._handler, self._server)(environ, start_response)
        if self._board.is_full:
            self._engine.close(wait=False, abort=True)
            return {"status": "503 Service Unavailable", "headers": [("Content-Length", "0")], "response": b""}
        self._take_over(raw, key)
        leave = (
            StopIteration if "gunicorn.socket" in environ else ConnectionError
        )  # what gunicorn, what Werkzeug lets go by
        for name in (*RAW_SOCKETS, "wsgi.input"):
            environ.pop(name, None)  # Engine.IO keeps the rest as long as the socket lives
        raise leave

    def _take_over(self, raw: socket.socket, key: str) -> None:
        engine = self._engine
        own = taken_from(raw)
        own.setblocking(False)
        own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = HeldLine(own, self._board, engine.server.max_http_buffer_size, self._take, self._part, SIGN_OF_LIFE)
        line.send_raw(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + frames.accept_key(key).encode() + b"\r\n\r\n"
        )
        waiting, engine.queue = engine.queue, _Outgoing(line)
        engine.connected = engine.upgraded = True
        for packet in _drained(waiting):
            engine.queue.put(packet)
        self._board.hold(line)

    def _take(self, message: Message) -> bool:
        try:
            self._engine.receive(Packet(encoded_packet=message))
        except UnknownPacketError:
            return True
        except SocketIsClosedError:
            return False
        except Exception:
            log.exception("a message could not be taken")
            return False
        return True

    def _part(self) -> None:
        engine = self._engine
        engine.close(wait=False, abort=True, reason=engine.server.reason.TRANSPORT_CLOSE)
        engine.server.sockets.pop(engine.sid, None)


def taken_from(raw: socket.socket) -> socket.socket:
    """The connection as a socket of our own; `raw` stays behind with a dead one, which the web server may close."""
    own = socket.socket(fileno=os.dup(raw.fileno()))
    dead, other = socket.socketpair()
    with dead, other:
        os.dup2(dead.fileno(), raw.fileno(), inheritable=False)
    return own


def _drained(waiting: Any) -> Iterable[Packet]:
    while not waiting.empty():
        yield waiting.get(block=False)


def init_switchboard(server: socketio.Server, max_unsent: int) -> Switchboard:
    """Let the server's WebSockets be held without threads; `max_unsent` bytes may wait for one that does not take them."""
    board = Switchboard(max_unsent)
    engine = server.eio
    otherwise = engine._async["websocket"]
    engine._async = {**engine._async, "websocket": lambda handler, server: _Upgrade(board, otherwise, handler, server)}
    begin = engine.start_background_task

    def start(target: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if getattr(target, "__func__", None) is not EngineSocket._send_ping:
            return begin(target, *arguments, **named)
        return board.later(engine.ping_interval, lambda: _ping(target.__self__))  # type: ignore[attr-defined]

    engine.start_background_task = start
    return board


def _ping(asked: EngineSocket) -> None:
    if not asked.closing and not asked.closed:
        asked.last_ping = time.time()
        asked.send(Packet(PING))
