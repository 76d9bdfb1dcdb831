"""Who composes and who reads bulletins. `member` is the viewer's own row in the workshop, or None."""

from __future__ import annotations

from yanxiu.accounts.permissions import Viewer
from yanxiu.workshops.models import Bulletin, Right, Workshop, WorkshopMember
from yanxiu.workshops.permissions.teams import can_view_workshop, has_right, rights_of


def can_write_bulletins(viewer: Viewer, workshop: Workshop, member: WorkshopMember | None) -> bool:
    """Leaders, and helpers who may speak for the workshop, while it goes on."""
    return has_right(viewer, workshop, member, Right.ANNOUNCE)


def can_view_bulletin(viewer: Viewer, bulletin: Bulletin, member: WorkshopMember | None) -> bool:
    """A published one: whoever sees the inside of the workshop. Drafts and withdrawn ones: those who write them,
    also after the workshop has ended.
    """
    if bulletin.deleted_at is not None or not can_view_workshop(viewer, bulletin.workshop, member):
        return False
    mine = member is not None and member.user_id == viewer.user_id
    return bulletin.is_public or (mine and Right.ANNOUNCE.value in rights_of(member))


def can_edit_bulletin(viewer: Viewer, bulletin: Bulletin, member: WorkshopMember | None) -> bool:
    """What members read does not change under their eyes: it is withdrawn first."""
    if bulletin.deleted_at is not None or bulletin.is_public:
        return False
    return can_write_bulletins(viewer, bulletin.workshop, member)
