"""Who finds what: the principals of a viewer, computed from the database at each request, never from the client."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.search_queue import (
    PUBLIC,
    SIGNED_IN,
    acl_county,
    acl_school,
    acl_user,
    principal_sources,
)


def can_edit_synonyms(viewer: Viewer) -> bool:
    """Which words mean the same is each county's own affair: its administrators say it, or who stands above them."""
    return viewer.county_id is not None and viewer.holds({"county_admin"}, viewer.county_path)


def principals_of(viewer: Viewer) -> frozenset[str]:
    """What stands on the documents this viewer may see: one query for each feature that has memberships."""
    if viewer.user_id is None:
        return frozenset({PUBLIC})
    found = {PUBLIC, SIGNED_IN, acl_user(viewer.user_id)}
    if viewer.school_id is not None:
        found.add(acl_school(viewer.school_id))
    if viewer.county_id is not None:
        found.add(acl_county(viewer.county_id))
    found.update(f"r{held.role}@{held.org_id}" for held in viewer.held)
    for memberships in principal_sources():
        found.update(memberships(viewer))
    return frozenset(found)
