"""The blueprint of the library and how its pages load a resource."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, g

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import ForbiddenError, NotFoundError
from yanxiu.resources.models import Resource, ResourceFile
from yanxiu.resources.permissions import can_open_version, can_view_resource
from yanxiu.resources.queries import find_resource, find_version
from yanxiu.web.auth import current_viewer
from yanxiu.workshops.queries import visible_workshop_ids

bp = Blueprint("resources", __name__)


def viewer_workshops() -> set[int]:
    """The workshops whose inside the viewer may see, asked once per request."""
    if "resource_workshops" not in g:
        g.resource_workshops = visible_workshop_ids(current_viewer())
    found: set[int] = g.resource_workshops
    return found


def load_resource(resource_id: int, *, in_bin: bool = False) -> Resource:
    """Return a resource the viewer may see; NotFoundError otherwise, also for one in the bin unless asked for."""
    resource = find_resource(resource_id)
    if resource is None or not can_view_resource(current_viewer(), resource, viewer_workshops()):
        raise NotFoundError
    if resource.removed_at is not None and not in_bin:
        raise NotFoundError
    return resource


def load_for(predicate: Callable[[Viewer, Resource], bool], resource_id: int, *, in_bin: bool = False) -> Resource:
    """Return a resource with which the viewer may do what the predicate says."""
    resource = load_resource(resource_id, in_bin=in_bin)
    if not predicate(current_viewer(), resource):
        raise ForbiddenError
    return resource


def load_version(resource_id: int, file_id: int) -> ResourceFile:
    """Return a version of a resource the viewer may see; NotFoundError also for an older one that is its owner's only."""
    resource = load_resource(resource_id)
    file = find_version(resource_id, file_id)
    if file is None or not can_open_version(current_viewer(), resource, file):
        raise NotFoundError
    return file
