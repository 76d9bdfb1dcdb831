"""Real Socket.IO clients that hang up without waiting."""

from __future__ import annotations

import threading
from typing import Any

import socketio
import websocket

PATIENCE_S = 20


class PatientClient(socketio.Client):
    """A client that gives a busy machine time to answer; the library's own patience is one second."""

    def connect(self, url: str, **options: Any) -> None:
        super().connect(url, **{"wait_timeout": PATIENCE_S, **options})


def new_socket() -> socketio.Client:
    """Return a client with the application's serializer that does not reconnect by itself."""
    return PatientClient(serializer="msgpack", reconnection=False)


def hang_up_at_once() -> None:
    """Make closing a socket not wait for the server's close frame.

    The client reads in a thread of its own, which takes that frame; the closing thread would wait 3 s for it in vain.
    """
    status, reason, _timeout = websocket.WebSocket.close.__defaults__ or (1000, b"", 3)
    websocket.WebSocket.close.__defaults__ = (status, reason, 0)


def hang_up(socket: socketio.Client) -> None:
    """Disconnect and close the connection beneath, whoever ended the conversation."""
    connection = getattr(socket.eio, "ws", None)
    socket.disconnect()
    if connection is not None:
        connection.shutdown()


class Ear:
    """What a socket has heard, by event."""

    def __init__(self, socket: socketio.Client) -> None:
        self.socket = socket
        self.heard: dict[str, list[dict[str, Any]]] = {"changed": [], "ejected": [], "here": []}
        self._lock = threading.Lock()
        for name in self.heard:
            socket.on(name, lambda message, name=name: self._note(name, message), namespace="/live")

    def _note(self, name: str, message: dict[str, Any]) -> None:
        with self._lock:
            self.heard[name].append(message)


def join(socket: socketio.Client, room: str) -> dict[str, Any]:
    """Ask to follow a list; return the acknowledgement."""
    answer: dict[str, Any] = socket.call("join", {"topic": room, "seq": 0}, namespace="/live")
    return answer
