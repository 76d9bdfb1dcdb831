"""Live rooms of lesson plans."""

from __future__ import annotations

from flask import Flask

from yanxiu.web.live import RoomPredicate
from yanxiu.web.sockets import SocketEvent

LIVE_ROOMS: dict[str, RoomPredicate] = {}
EVENTS: tuple[SocketEvent, ...] = ()


def init_documents(app: Flask) -> None:
    """Bind the document protocol `/rt` to the Socket.IO server."""
