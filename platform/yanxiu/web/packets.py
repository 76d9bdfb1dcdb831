"""A packet of its own for every socket.

python-socketio hands one packet to all who are in a room, and python-engineio keeps in it how it was encoded first: bytes
for a WebSocket, base64 for long polling. Where both are in a room the polling ones would be answered with an error and
lose what was sent (engineio 4.15, `Packet.encode`).
"""

from __future__ import annotations

import socketio
from engineio.packet import Packet


def send_own_packets(server: socketio.Server) -> None:
    """Let the server put a fresh packet on each socket's queue; the text in it is not copied."""
    send = server._send_eio_packet

    def send_own(engine_sid: str, packet: Packet) -> None:
        send(engine_sid, Packet(packet.packet_type, packet.data))

    server._send_eio_packet = send_own  # type: ignore[method-assign]
