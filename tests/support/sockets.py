"""Real Socket.IO clients that hang up without waiting."""

from __future__ import annotations

import socketio
import websocket


def new_socket() -> socketio.Client:
    """Return a client with the application's serializer that does not reconnect by itself."""
    return socketio.Client(serializer="msgpack", reconnection=False)


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
