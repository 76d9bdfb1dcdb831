"""Who takes a whole workshop away."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Workshop, WorkshopMember
from yanxiu.workshops.permissions.teams import can_end_workshop


def can_archive_workshop(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Leaders and the county's administrators, also after its end: everything everybody wrote lies in it."""
    return can_end_workshop(viewer, workshop, member)
