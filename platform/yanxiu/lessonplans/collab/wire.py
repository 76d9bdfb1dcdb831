"""The hub on python-socketio, or on the lines of `yanxiu realtime`: raw events, one msgpack frame a room.

`u` and `w` are registered on the python-socketio server itself: a Flask request context costs more than the whole of
the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import socketio
from engineio import packet as engine_packet
from socketio import packet as socket_packet

from yanxiu.lessonplans.collab.hub import Hub
from yanxiu.lessonplans.collab.protocol import (
    NAMESPACE,
    BadMessageError,
    parse_handle,
    parse_join,
    parse_numbered,
    parse_pair,
)
from yanxiu.lessonplans.collab.rights import Answer
from yanxiu.lessonplans.collab.room import Visitor

log = logging.getLogger(__name__)


@dataclass
class Guest:
    """Who is behind a socket and, until they join, what was found out about the document that its address names."""

    visitor: Visitor
    early: Answer | None = None


Identify = Callable[[dict[str, Any]], Guest | None]


class EventServer(Protocol):
    """What brings the events."""

    def on(self, event: str, handler: Callable[..., Any], namespace: str) -> Any:
        """Call `handler` with the socket's id and the data."""


class SocketTransport:
    """Encodes a message once and puts it on each socket's queue."""

    def __init__(self, server: socketio.Server) -> None:
        self._server = server

    def send(self, sids: Sequence[str], event: str, payload: Any) -> None:
        server = self._server
        packet = server.packet_class(socket_packet.EVENT, namespace=NAMESPACE, data=[event, payload])
        encoded = packet.encode()
        frames = encoded if isinstance(encoded, list) else [encoded]
        ready = [engine_packet.Packet(engine_packet.MESSAGE, frame) for frame in frames]
        for sid in sids:
            try:
                self._put(sid, ready)
            except Exception:
                log.exception("could not send to socket %s", sid)

    def _put(self, sid: str, frames: Sequence[engine_packet.Packet]) -> None:
        engine_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        if engine_sid is not None:
            for frame in frames:
                self._server._send_eio_packet(engine_sid, frame)


class Wire:
    """Registers the events of `/rt` and keeps who is behind each socket."""

    def __init__(self, server: EventServer, hub: Hub, identify: Identify) -> None:
        self._hub = hub
        self._identify = identify
        self._guests: dict[str, Guest] = {}
        self.bad_messages = 0
        for name, handler in self.handlers().items():
            server.on(name, handler=handler, namespace=NAMESPACE)

    def do_quickly(self, name: str, sid: str, data: Any) -> bool:
        """Do what needs no database, for a server with one thread; False, and nothing is done, if it does."""
        if name == "u":
            return self._take_update(sid, data, may_ask=False)
        if name not in ("leave", "w"):
            return False
        (self.leave if name == "leave" else self.presence)(sid, data)
        return True

    def handlers(self) -> dict[str, Callable[..., Any]]:
        return {
            "connect": self.connect,
            "disconnect": self.disconnect,
            "join": self.join,
            "leave": self.leave,
            "u": self.update,
            "w": self.presence,
            "sv": self.heartbeat,
        }

    def connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        guest = self._identify(environ)
        if guest is None:
            raise socketio.exceptions.ConnectionRefusedError("sign_in_required")
        self._guests[sid] = guest

    def disconnect(self, sid: str, reason: Any = None) -> None:
        self._guests.pop(sid, None)
        self._hub.disconnect(sid)

    def join(self, sid: str, data: Any = None) -> dict[str, Any]:
        guest = self._guests.get(sid)
        if guest is None:
            return {"ok": False, "code": "forbidden"}
        try:
            wanted = parse_join(data, self._hub.limits)
        except BadMessageError:
            self.bad_messages += 1
            return {"ok": False, "code": "upgrade"}
        early, guest.early = guest.early, None
        return self._hub.join(sid, guest.visitor, wanted, early)

    def leave(self, sid: str, data: Any = None) -> None:
        try:
            self._hub.leave(sid, parse_handle(data))
        except BadMessageError:
            self.bad_messages += 1

    def update(self, sid: str, data: Any = None) -> None:
        self._take_update(sid, data, may_ask=True)

    def _take_update(self, sid: str, data: Any, *, may_ask: bool) -> bool:
        try:
            handle, number, payload = parse_numbered(data)
        except BadMessageError:
            self.bad_messages += 1
            self._hub.refuse_malformed(sid, data)
            return True
        return self._hub.receive(sid, handle, number, payload, may_ask=may_ask)

    def presence(self, sid: str, data: Any = None) -> None:
        try:
            handle, frame = parse_pair(data)
        except BadMessageError:
            self.bad_messages += 1
            return
        self._hub.presence(sid, handle, frame)

    def heartbeat(self, sid: str, data: Any = None) -> bool:
        """Answered with an acknowledgement so that a client waking up knows whether the line is alive."""
        try:
            handle, vector = parse_pair(data)
        except BadMessageError:
            self.bad_messages += 1
            return False
        self._hub.heartbeat(sid, handle, vector)
        return True
