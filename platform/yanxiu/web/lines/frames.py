"""WebSocket frames (RFC 6455) from bytes and to bytes; no extension is ever agreed on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NORMAL, GOING_AWAY, PROTOCOL_ERROR, TOO_BIG = 1000, 1001, 1002, 1009
FINAL, MASKED = 0x80, 0x80
FRAGMENT_SIZE = 64
"""What a fragment counts for beside its bytes: empty ones take memory too."""
MAX_CONTROLS = 100
"""Pings, pongs and closes that may come at once; a client of ours sends one in many seconds."""
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class FrameError(Exception):
    """The other side does not keep to the protocol; `code` is what the connection is closed with."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


def accept_key(key: str) -> str:
    """What the handshake answers to a client's key."""
    return base64.b64encode(hashlib.sha1(key.encode("latin-1") + GUID, usedforsecurity=False).digest()).decode()


def frame(opcode: int, payload: bytes) -> bytes:
    """A whole message of the server in one frame."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | opcode, size)) + payload
    if size < 65536:
        return bytes((FINAL | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((FINAL | opcode, 127)) + size.to_bytes(8, "big") + payload


def unmasked(payload: bytes | bytearray, mask: bytes | bytearray) -> bytes:
    """A client's payload without its mask, as one exclusive or of two large numbers."""
    size = len(payload)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "little")
    return (int.from_bytes(payload, "little") ^ key).to_bytes(size, "little")


class FrameReader:
    """Collects bytes and gives the messages that are complete: `(opcode, payload)`, fragments put together.

    Whatever comes, a byte costs the same: nothing is copied once more for every frame or every fragment.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._parts: list[bytes] = []
        self._parts_size = 0
        self._opcode = 0

    def feed(self, more: bytes) -> Iterator[tuple[int, bytes]]:
        """Take more bytes; FrameError if they cannot be what they should. Who stops in between is done with the line."""
        data: bytes | bytearray = more
        if self._rest:
            self._rest += more
            data = self._rest
        at, size, controls = 0, len(data), 0
        while size - at >= 6:  # a client's shortest frame: two bytes and the mask
            begin, end = self._place(data, at)
            if end > size:
                break
            payload = unmasked(data[begin:end], data[begin - 4 : begin]) if end > begin else b""
            first, at = data[at], end
            controls += first >> 3 & 1
            if controls > MAX_CONTROLS:
                raise FrameError(PROTOCOL_ERROR)
            if first & FINAL and first & 0x0F != CONTINUATION and (first & 0x08 or not self._parts):
                yield first & 0x0F, payload
            elif (whole := self._joined(first, payload)) is not None:
                yield whole
        if data is more:
            self._rest = bytearray(more[at:])
        else:
            del self._rest[:at]

    def _place(self, data: bytes | bytearray, at: int) -> tuple[int, int]:
        """Where the payload of the frame at `at` begins and ends; the header may not be whole yet."""
        first, second = data[at], data[at + 1]
        if first & 0x70 or not second & MASKED:
            raise FrameError(PROTOCOL_ERROR)
        length, begin = second & 0x7F, at + 6
        if first & 0x08 and (length > 125 or not first & FINAL):
            raise FrameError(PROTOCOL_ERROR)
        if length >= 126:
            more = 2 if length == 126 else 8
            if len(data) < begin + more:
                return begin, len(data) + 1
            length, begin = int.from_bytes(data[at + 2 : at + 2 + more], "big"), begin + more
        if length + self._parts_size > self._limit:
            raise FrameError(TOO_BIG)
        return begin, begin + length

    def _joined(self, first: int, payload: bytes) -> tuple[int, bytes] | None:
        opcode = first & 0x0F
        if (opcode == CONTINUATION) != bool(self._parts):
            raise FrameError(PROTOCOL_ERROR)
        self._opcode = self._opcode if self._parts else opcode
        self._parts.append(payload)
        self._parts_size += len(payload) + FRAGMENT_SIZE
        if not first & FINAL:
            return None
        parts, self._parts, self._parts_size = self._parts, [], 0
        return self._opcode, b"".join(parts)
