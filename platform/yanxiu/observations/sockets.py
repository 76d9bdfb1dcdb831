"""Live rooms of lessons: whoever may watch may follow."""

from __future__ import annotations

from yanxiu.observations.queries import may_watch
from yanxiu.web.live import RoomPredicate
from yanxiu.web.sockets import SocketEvent

LIVE_ROOMS: dict[str, RoomPredicate] = {"lesson": may_watch}
EVENTS: tuple[SocketEvent, ...] = ()
