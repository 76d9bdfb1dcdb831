"""One WebSocket that holds no thread: bytes that came become messages, messages that leave go out at once."""

from __future__ import annotations

import select
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from yanxiu.web.lines import frames
from yanxiu.web.lines.frames import FrameError, FrameReader

CHUNK = 64 * 1024
TURN = 50
"""So many messages of one socket are taken before it is the others' turn."""
ENOUGH, ENOUGH_BYTES = 200, 1_000_000
"""With so much waiting to be taken nothing more is read: the other side must wait."""
FAREWELL_S = 10.0
"""So long the other side may take to close after it was told to."""
HEARING = select.EPOLLIN | select.EPOLLRDHUP if hasattr(select, "epoll") else 0

Message = str | bytes


class Board(Protocol):
    """What stands behind the line: who wakes it and who does its work."""

    max_unsent: int

    def watch(self, line: HeldLine, mask: int) -> None:
        """Wake the line for these events from now on."""

    def release(self, line: HeldLine) -> None:
        """Forget the line; its descriptor will be somebody else's."""

    def later(self, seconds: float, task: Callable[[], None]) -> None:
        """Do something short after that time."""

    def work(self, task: Callable[[], None]) -> None:
        """Do it in another thread."""


class HeldLine:
    """A connection after its handshake. `send` and `finish` may be called from any thread, the rest is the board's."""

    def __init__(
        self,
        raw: socket.socket,
        board: Board,
        limit: int,
        take: Callable[[Message], bool],
        part: Callable[[], None],
        sign_of_life: bytes = b"",
    ) -> None:
        """`take` gets each message in its order and says whether to go on; `part` is called once, when all is over.

        A text that is just a `sign_of_life` is taken at once in the listening thread: it must not wait behind the work of
        others, or who is alive would be given up while the server is busy.
        """
        self._raw = raw
        self._board = board
        self._take = take
        self._part = part
        self._sign_of_life = sign_of_life
        self._reader = FrameReader(limit)
        self._lock = threading.Lock()
        self._unsent: deque[memoryview] = deque()
        self._unsent_bytes = 0
        self._inbox: deque[Message] = deque()
        self._inbox_bytes = 0
        self._busy = self._deaf = self._finishing = self._over = False
        self.mask = HEARING
        """What the board wakes it for."""

    def fileno(self) -> int:
        """The descriptor, -1 once closed."""
        return self._raw.fileno()

    # Leaving

    def send(self, opcode: int, payload: bytes) -> None:
        """Send a message; what the other side does not take at once waits for it."""
        with self._lock:
            if not self._finishing and not self._over:
                self._write(frames.frame(opcode, payload))

    def send_raw(self, data: bytes) -> None:
        """Send bytes that are no frame: the answer to the handshake."""
        with self._lock:
            self._write(data)

    def finish(self, code: int = frames.NORMAL) -> None:
        """Say goodbye after everything that was sent; the other side closes, or the board does after a while."""
        with self._lock:
            if self._finishing or self._over:
                return
            self._finishing = True
            self._write(frames.frame(frames.CLOSE, code.to_bytes(2, "big")))
            self._say_no_more()
        self._board.later(FAREWELL_S, self.cut)

    def cut(self) -> None:
        """Give the connection up; the board notices and parts."""
        try:
            self._raw.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is gone already

    def _write(self, data: bytes) -> None:
        sent = 0 if self._unsent else self._pushed(data)
        if sent == len(data):
            return
        self._unsent.append(memoryview(data)[sent:])
        self._unsent_bytes += len(data) - sent
        if self._unsent_bytes > self._board.max_unsent:
            self.cut()
        self._listen_for(self.mask | select.EPOLLOUT)

    def _pushed(self, data: bytes | memoryview) -> int:
        try:
            return self._raw.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.cut()
            return len(data)

    def _say_no_more(self) -> None:
        if self._finishing and not self._unsent:
            try:
                self._raw.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it is gone already

    def flush(self) -> None:
        """The other side takes again."""
        with self._lock:
            while self._unsent:
                data = self._unsent.popleft()
                self._unsent_bytes -= len(data)
                sent = self._pushed(data)
                if sent < len(data):
                    self._unsent.appendleft(data[sent:])
                    self._unsent_bytes += len(data) - sent
                    return
            self._listen_for(self.mask & ~select.EPOLLOUT)
            self._say_no_more()

    def _listen_for(self, mask: int) -> None:
        if mask != self.mask and not self._over:
            self.mask = mask
            self._board.watch(self, mask)

    # Coming

    def hear(self) -> None:
        """Bytes are there, or the end of them."""
        try:
            data = self._raw.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.end()
            return
        if self._finishing:
            return  # read, so that our last word arrives, but not heard
        try:
            for opcode, payload in self._reader.feed(data):
                self._sort(opcode, payload)
        except (FrameError, UnicodeDecodeError) as error:
            self.finish(error.code if isinstance(error, FrameError) else frames.PROTOCOL_ERROR)

    def _sort(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.TEXT and payload == self._sign_of_life:
            self._take(payload.decode())
        elif opcode == frames.TEXT:
            self._put(payload.decode())
        elif opcode == frames.BINARY:
            self._put(payload)
        elif opcode == frames.PING:
            self.send(frames.PONG, payload)
        elif opcode == frames.CLOSE:
            self.finish()
        elif opcode != frames.PONG:
            raise FrameError(frames.PROTOCOL_ERROR)

    def _put(self, message: Message) -> None:
        with self._lock:
            if self._finishing or self._over:
                return
            self._inbox.append(message)
            self._inbox_bytes += len(message)
            if len(self._inbox) >= ENOUGH or self._inbox_bytes > ENOUGH_BYTES:
                self._deaf = True
                self._listen_for(self.mask & ~HEARING)
            if self._busy:
                return
            self._busy = True
        self._board.work(self._work)

    def _work(self) -> None:
        for _ in range(TURN):
            with self._lock:
                if not self._inbox:
                    self._busy = False
                    over = self._over
                    break
                message = self._inbox.popleft()
                self._inbox_bytes -= len(message)
                if self._deaf and not self._inbox and not self._finishing:
                    self._deaf = False
                    self._listen_for(self.mask | HEARING)
            if not self._take(message):
                self.finish()
                with self._lock:
                    self._inbox.clear()
        else:
            self._board.work(self._work)
            return
        if over:
            self._part()

    def end(self) -> None:
        """The connection is over: what came before is still taken, then the line parts. Called by the board alone."""
        with self._lock:
            if self._over:
                return
            self._over = True
            self._unsent.clear()
            waits = self._busy
        self._board.release(self)
        self._raw.close()
        if not waits:
            self._board.work(self._part)
