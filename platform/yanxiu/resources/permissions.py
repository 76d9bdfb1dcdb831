"""Who may see and change what in the library. Pure: the viewer's workshops are passed in."""

from __future__ import annotations

from collections.abc import Collection

from yanxiu.accounts.catalog import RESEARCH_ROLES
from yanxiu.accounts.permissions import Viewer
from yanxiu.resources.models import Resource, ResourceUpload


def can_view_resource(viewer: Viewer, resource: Resource, workshop_ids: Collection[int]) -> bool:
    """By visibility; the owner always, also in the bin. What is private is nobody else's business."""
    if owns(viewer, resource):
        return True
    if resource.removed_at is not None:
        return resource.visibility != "private" and viewer.is_admin_over(resource.org_path)
    if resource.visibility == "public":
        return True
    if not viewer.is_authenticated or resource.visibility == "private":
        return False
    if resource.visibility == "workshop":
        return resource.workshop_id in workshop_ids
    if resource.visibility == "county":
        return resource.county_id is not None and viewer.county_id == resource.county_id
    return _shares_school(viewer, resource) or viewer.researches(resource.org_path)


def can_edit_resource(viewer: Viewer, resource: Resource) -> bool:
    """The owner; for what others can see, also who manages the owner's school or above."""
    if owns(viewer, resource):
        return True
    if resource.visibility in {"private", "workshop"}:
        return False
    return viewer.is_admin_over(resource.org_path)


def can_remove_resource(viewer: Viewer, resource: Resource) -> bool:
    """Whoever may edit may also put it in the bin and fetch it back."""
    return can_edit_resource(viewer, resource)


def can_use_upload(viewer: Viewer, upload: ResourceUpload) -> bool:
    """A waiting upload belongs to who sent it."""
    return viewer.is_authenticated and upload.owner_id == viewer.user_id


def can_edit_textbooks(viewer: Viewer) -> bool:
    """The catalog of textbooks is the county's: its researchers and administrators keep it."""
    return viewer.county_id is not None and viewer.holds(RESEARCH_ROLES, viewer.county_path)


def owns(viewer: Viewer, resource: Resource) -> bool:
    """Whether the viewer published it."""
    return viewer.is_authenticated and resource.owner_id == viewer.user_id


def _shares_school(viewer: Viewer, resource: Resource) -> bool:
    return resource.school_id is not None and viewer.school_id == resource.school_id
