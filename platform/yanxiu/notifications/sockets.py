"""Live rooms of notifications."""

from __future__ import annotations

from yanxiu.web.live import RoomPredicate
from yanxiu.web.sockets import SocketEvent

LIVE_ROOMS: dict[str, RoomPredicate] = {}
EVENTS: tuple[SocketEvent, ...] = ()
