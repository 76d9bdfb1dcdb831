"""Live rooms of the resource bank."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.resources.permissions import can_view_resource
from yanxiu.resources.queries import find_resource
from yanxiu.web.live import RoomPredicate
from yanxiu.web.sockets import SocketEvent
from yanxiu.workshops.queries import visible_workshop_ids


def may_follow(viewer: Viewer, resource_id: int) -> bool:
    """Who may see a resource hears when its preview is ready."""
    resource = find_resource(resource_id)
    return resource is not None and can_view_resource(viewer, resource, visible_workshop_ids(viewer))


def may_listen(viewer: Viewer, resource_id: int) -> bool:
    """What is said of a resource is for those who are signed in."""
    return viewer.is_authenticated and may_follow(viewer, resource_id)


LIVE_ROOMS: dict[str, RoomPredicate] = {"resource": may_follow, "resource-talk": may_listen}
EVENTS: tuple[SocketEvent, ...] = ()
