"""All lines of a process: one event loop, a few native threads for what has to ask the database.

It looks to handlers like the Socket.IO server (`on`) and to the document server like a transport (`send`), which any
thread may call: a message is encoded once and written straight to its sockets.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from yanxiu.web.lines import frames
from yanxiu.web.lines.line import EVENT, Line, encoded
from yanxiu.web.lines.loop import BusyLoop, LoopAlarm

log = logging.getLogger(__name__)

PING_EVERY_S, PING_PATIENCE_S = 20.0, 20.0
ROUND_S = 1.0
THREADS = 12
OWN_EVENTS = ("connect", "disconnect")
FAILURES_TOLD_S = 10.0
"""An error in a handler is logged with its traceback at most that often: one for each message would be the end."""

DoQuickly = Callable[[str, str, Any], bool]
"""Does what an event with its data asks of a socket if that cannot block; False if it could: then a native thread does."""


class LineServer:
    """Serves one namespace. `on`, `send` from any thread; the rest belongs to the loop."""

    def __init__(self, namespace: str, *, max_unsent: int, secure: bool = False) -> None:
        self.namespace = namespace
        self.max_unsent = max_unsent
        """Bytes that somebody did not take yet; then the line is closed, the client comes back and compares."""
        self.do_quickly: DoQuickly = lambda _name, _sid, _data: False
        self.secure = secure
        self.lines: dict[str, Line] = {}
        self.time = time.monotonic()
        self.pings = {"pingInterval": int(PING_EVERY_S * 1000), "pingTimeout": int(PING_PATIENCE_S * 1000)}
        self.failures = 0
        self.alarm = LoopAlarm()
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="line-asks")
        self._outbox: deque[tuple[Sequence[str], bytes]] = deque()
        self._woken = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listening: asyncio.Server | None = None
        self._loop_thread = 0
        self._told_at = -FAILURES_TOLD_S

    @staticmethod
    def now() -> float:
        return time.monotonic()

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> None:
        """Call `handler(sid, data)` on an event."""
        assert namespace == self.namespace
        self._handlers[event] = handler

    # Going out

    def send(self, sids: Sequence[str], event: str, payload: Any) -> None:
        """Encode once and write to each of `sids`; at once in the loop's thread, else as soon as the loop comes by."""
        data = encoded({"type": EVENT, "data": [event, payload], "nsp": self.namespace})
        if threading.get_ident() == self._loop_thread:
            self._write(sids, data)
            return
        self._outbox.append((sids, data))
        if not self._woken and self._loop is not None and not self._loop.is_closed():
            self._woken = True
            self._loop.call_soon_threadsafe(self._empty_outbox)

    def _empty_outbox(self) -> None:
        self._woken = False
        while self._outbox:
            self._write(*self._outbox.popleft())

    def _write(self, sids: Sequence[str], data: bytes) -> None:
        lines = self.lines
        for sid in sids:
            line = lines.get(sid)
            if line is not None:
                line.write(data)

    def busy(self) -> float:
        """Which share of its time the loop is busy, as far as it says so."""
        return self._loop.busy_share() if isinstance(self._loop, BusyLoop) else 0.0

    # Coming in

    def is_event(self, name: object) -> bool:
        """Whether a client may call this; that it came or went is ours to say."""
        return name in self._handlers and name not in OWN_EVENTS

    def call(self, event: str, sid: str, *data: Any) -> Any:
        """Call a handler now; an event that nobody knows is passed over."""
        handler = self._handlers.get(event)
        return None if handler is None else handler(sid, *data)

    def ask(self, event: str, sid: str, *data: Any) -> asyncio.Future[Any]:
        """Call a handler in a native thread."""
        assert self._loop is not None
        return self._loop.run_in_executor(self._threads, self.call, event, sid, *data)

    def count_failure(self, words: str, error: BaseException | None = None) -> None:
        """Note that a handler failed; inside `except`, or with the error."""
        self.failures += 1
        if self.now() - self._told_at >= FAILURES_TOLD_S:
            self._told_at = self.now()
            log.error("%s (%d so far)", words, self.failures, exc_info=error or True)

    # The loop

    async def open(self, host: str, port: int) -> int:
        """Listen; return the port."""
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self.alarm.belong_to(self._loop)
        self._listening = await self._loop.create_server(self._new_line, host, port, backlog=1024)
        self._loop.call_later(ROUND_S, self._go_round)
        return int(self._listening.sockets[0].getsockname()[1])

    def _new_line(self) -> Line:
        return Line(self, secrets.token_urlsafe(15))

    def _go_round(self) -> None:
        """Ping whom nothing was heard of, give up whom nothing was heard of for long."""
        assert self._loop is not None
        self.time = now = self.now()
        for line in list(self.lines.values()):
            if now - line.heard_at > PING_EVERY_S + PING_PATIENCE_S or line.is_idle(now):
                line.abort()
            elif now - line.pinged_at >= PING_EVERY_S:
                line.ping()
        self._loop.call_later(ROUND_S, self._go_round)

    async def close(self, before: Callable[[], None]) -> None:
        """Let nobody in any more, do `before` in a native thread (its messages still leave), then close every line."""
        assert self._loop is not None
        assert self._listening is not None
        self._listening.close()
        await self._loop.run_in_executor(self._threads, before)
        self._empty_outbox()
        for line in list(self.lines.values()):
            line.close(frames.GOING_AWAY)
        await asyncio.sleep(0)  # one turn of the loop: what can be written has been
        self._threads.shutdown(wait=False, cancel_futures=True)
