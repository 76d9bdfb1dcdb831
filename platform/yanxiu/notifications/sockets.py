"""Live rooms of the inbox: one's own, which also carries the number in the bell."""

from __future__ import annotations

from yanxiu.notifications.permissions import can_follow_inbox
from yanxiu.web.live import RoomPredicate
from yanxiu.web.sockets import SocketEvent

LIVE_ROOMS: dict[str, RoomPredicate] = {"user": can_follow_inbox}
EVENTS: tuple[SocketEvent, ...] = ()
